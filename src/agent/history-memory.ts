import type { PackedArray, Rng, Sequences } from '../core/index.ts';

/**
 * A bounded, uniformly random sample of all histories that were learned (reservoir sampling, Vitter 1985, algorithm R):
 * what a model looks at again while it learns something new, so that it does not forget.
 */
export interface HistoryMemory {
  /** Adds every history of at least two interactions. */
  remember(sequences: Sequences, rng: Rng): void;
  /** Up to `count` different ones. */
  recall(count: number, itemCount: number, rng: Rng): Sequences;
  readonly saved: () => { readonly seen: number; readonly arrays: Readonly<Record<string, PackedArray>> };
}

interface Kept {
  readonly items: Int32Array;
  readonly types: Uint8Array | undefined;
}

export function historyMemory(
  capacity: number,
  restored?: { readonly seen: number; readonly arrays: Readonly<Record<string, PackedArray>> },
): HistoryMemory {
  const kept: Kept[] = restored ? unpack(restored.arrays) : [];
  let seen = restored?.seen ?? 0;
  return {
    remember({ n, offsets, items, types }, rng) {
      for (let u = 0; u < n && capacity > 0; u++) {
        const [from, to] = [offsets[u]!, offsets[u + 1]!];
        if (to - from < 2) continue;
        const place = seen < capacity ? seen : rng.int(seen + 1);
        seen++;
        if (place < capacity) kept[place] = { items: items.slice(from, to), types: types?.slice(from, to) };
      }
    },
    recall(count, itemCount, rng) {
      const order = kept.map((_, i) => i);
      const chosen: Kept[] = [];
      while (chosen.length < count && order.length > 0) {
        const at = rng.int(order.length);
        chosen.push(kept[order[at]!]!);
        order[at] = order.at(-1)!;
        order.pop();
      }
      return { ...joined(chosen), itemCount };
    },
    saved() {
      const { offsets, items, types } = joined(kept);
      return {
        seen,
        arrays: { 'memory.offsets': offsets, 'memory.items': items, ...(types && { 'memory.types': types }) },
      };
    },
  };
}

function joined(histories: readonly Kept[]): Omit<Sequences, 'itemCount'> {
  const offsets = new Int32Array(histories.length + 1);
  histories.forEach(({ items }, u) => {
    offsets[u + 1] = offsets[u]! + items.length;
  });
  const items = new Int32Array(offsets.at(-1)!);
  const types = histories.some((history) => history.types) ? new Uint8Array(items.length) : undefined;
  histories.forEach((history, u) => {
    items.set(history.items, offsets[u]!);
    if (history.types) types?.set(history.types, offsets[u]!);
  });
  return { n: histories.length, offsets, items, ...(types && { types }) };
}

function unpack(arrays: Readonly<Record<string, PackedArray>>): Kept[] {
  const offsets = arrays['memory.offsets'] as Int32Array;
  const items = arrays['memory.items'] as Int32Array;
  const types = arrays['memory.types'] as Uint8Array | undefined;
  return Array.from({ length: offsets.length - 1 }, (_, u) => {
    const [from, to] = [offsets[u]!, offsets[u + 1]!];
    return { items: items.slice(from, to), types: types?.slice(from, to) };
  });
}
