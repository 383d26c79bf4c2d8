import type { Sequences } from '../core/index.ts';

/** Adds to each item's count how often it was taken, without what was counted before; answers how much there was. */
export function addCounts(
  counts: Float64Array,
  { n, offsets, items }: Sequences,
  newFrom?: Int32Array,
): number {
  let added = 0;
  for (let u = 0; u < n; u++) {
    for (let p = offsets[u]! + (newFrom?.[u] ?? 0); p < offsets[u + 1]!; p++) {
      counts[items[p]!]!++;
      added++;
    }
  }
  return added;
}
