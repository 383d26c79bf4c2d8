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
  readonly times: Float64Array | undefined;
}

export function historyMemory(
  capacity: number,
  /** Whether the times of interactions are kept too. */
  timed: boolean,
  restored?: { readonly seen: number; readonly arrays: Readonly<Record<string, PackedArray>> },
): HistoryMemory {
  // A capacity that was lowered or raised meanwhile: what is too much is left out, what is free is filled.
  const kept: Kept[] = restored ? unpack(restored.arrays).slice(0, capacity) : [];
  let seen = restored?.seen ?? 0;
  return {
    remember({ n, offsets, items, types, times }, rng) {
      for (let u = 0; u < n && capacity > 0; u++) {
        const [from, to] = [offsets[u]!, offsets[u + 1]!];
        if (to - from < 2) continue;
        const place = kept.length < capacity ? kept.length : rng.int(seen + 1);
        seen++;
        if (place >= capacity) continue;
        kept[place] = {
          items: items.slice(from, to),
          types: types?.slice(from, to),
          times: timed ? times?.slice(from, to) : undefined,
        };
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
      const { offsets, items, types, times } = joined(kept);
      return {
        seen,
        arrays: {
          'memory.offsets': offsets,
          'memory.items': items,
          ...(types && { 'memory.types': types }),
          ...(times && { 'memory.times': times }),
        },
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
  const times = histories.some((history) => history.times) ? new Float64Array(items.length) : undefined;
  histories.forEach((history, u) => {
    items.set(history.items, offsets[u]!);
    if (history.types) types?.set(history.types, offsets[u]!);
    if (history.times) times?.set(history.times, offsets[u]!);
  });
  return { n: histories.length, offsets, items, ...(types && { types }), ...(times && { times }) };
}

function unpack(arrays: Readonly<Record<string, PackedArray>>): Kept[] {
  const offsets = arrays['memory.offsets'] as Int32Array;
  const items = arrays['memory.items'] as Int32Array;
  const types = arrays['memory.types'] as Uint8Array | undefined;
  const times = arrays['memory.times'] as Float64Array | undefined;
  return Array.from({ length: offsets.length - 1 }, (_, u) => {
    const [from, to] = [offsets[u]!, offsets[u + 1]!];
    return {
      items: items.slice(from, to),
      types: types?.slice(from, to),
      times: times?.slice(from, to),
    };
  });
}
