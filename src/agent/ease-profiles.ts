import type { Sequences } from '../core/index.ts';
import type { EaseProfiles } from './ease-solve.ts';

export const nobody: EaseProfiles = {
  offsets: new Int32Array(1),
  items: new Int32Array(0),
  weights: new Float32Array(0),
};

/**
 * The profiles and those of more shoppers: the different items of each. Of one of whom a beginning is known that is taken
 * back, in a row of weight -1, and the whole put in its place; then rows of the same items are one, so that profiles do not grow
 * with the number of lessons.
 */
export function withMore(
  { offsets, items, weights }: EaseProfiles,
  more: Sequences,
  newFrom?: Int32Array,
): EaseProfiles {
  const ends = [...offsets];
  const added: number[] = [];
  const signs: number[] = [];
  const lastRow = new Int32Array(more.itemCount).fill(-1);
  let row = 0;
  const put = (from: number, to: number, sign: number): void => {
    if (from >= to) return;
    row++;
    for (let p = from; p < to; p++) {
      const item = more.items[p]!;
      if (lastRow[item] !== row) added.push(item);
      lastRow[item] = row;
    }
    ends.push(items.length + added.length);
    signs.push(sign);
  };
  for (let u = 0; u < more.n; u++) {
    const [from, to] = [more.offsets[u]!, more.offsets[u + 1]!];
    const known = from + (newFrom?.[u] ?? 0);
    if (known >= to) continue;
    put(from, known, -1);
    put(from, to, 1);
  }
  const all = new Int32Array(items.length + added.length);
  all.set(items);
  all.set(added, items.length);
  const both = {
    offsets: Int32Array.from(ends),
    items: all,
    weights: Float32Array.from([...weights, ...signs]),
  };
  return weights.length > 0 ? merged(both) : both;
}

/** Rows of the same items as one, with the sum of their weights, at the place of the first; none where that is 0. */
function merged({ offsets, items, weights }: EaseProfiles): EaseProfiles {
  const rowOf = new Map<string, number>();
  const sums = new Float64Array(weights.length);
  weights.forEach((weight, row) => {
    const key = items
      .slice(offsets[row], offsets[row + 1])
      .sort()
      .join();
    const first = rowOf.get(key) ?? row;
    rowOf.set(key, first);
    sums[first]! += weight;
  });
  const kept = [...sums.keys()].filter((row) => sums[row] !== 0);
  const ends = [0];
  for (const row of kept) ends.push(ends.at(-1)! + offsets[row + 1]! - offsets[row]!);
  const left = new Int32Array(ends.at(-1)!);
  kept.forEach((row, k) => {
    left.set(items.subarray(offsets[row], offsets[row + 1]), ends[k]);
  });
  return {
    offsets: Int32Array.from(ends),
    items: left,
    weights: Float32Array.from(kept, (row) => sums[row]!),
  };
}
