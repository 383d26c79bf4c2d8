import type { Policy } from '../agent/index.ts';
import { type Progress, silent } from '../core/index.ts';
import { bestOf, rankOf } from '../measure/index.ts';
import type { Cases } from './split.ts';

export interface Ranked {
  /** Rank of each target from 0, ties at mid-rank, Infinity where it could not be recommended. */
  readonly ranks: Float32Array;
  /** Cases x k: what would have been recommended, -1 for an empty slot. */
  readonly lists: Int32Array;
  readonly k: number;
}

/** Writes the observation of a shopper after the first `end` interactions of row `row`. */
export type Observe = (row: number, end: number, out: Float32Array, at: number) => void;

/** Numbers scored at once: 4 MB of scores. */
const batchNumbers = 1 << 20;

/** Ranks every case against the whole catalogue. `repeats` leaves items of the history in. */
export async function rankCases(
  policy: Policy,
  cases: Cases,
  observe: Observe,
  {
    k,
    repeats,
    progress = silent,
  }: { readonly k: number; readonly repeats: boolean; readonly progress?: Progress },
): Promise<Ranked> {
  const { sequences, rows, ends, targets } = cases;
  const items = sequences.itemCount;
  const n = rows.length;
  const width = policy.observation.size;
  const batch = Math.max(1, Math.min(n, Math.floor(batchNumbers / Math.max(items, width))));
  const observations = new Float32Array(batch * width);
  const ranks = new Float32Array(n);
  const lists = new Int32Array(n * k);
  for (let from = 0; from < n; from += batch) {
    const size = Math.min(batch, n - from);
    for (let i = 0; i < size; i++) observe(rows[from + i]!, ends[from + i]!, observations, i * width);
    const { values } = await policy.evaluate(observations.subarray(0, size * width), size);
    for (let i = 0; i < size; i++) {
      const c = from + i;
      const first = sequences.offsets[rows[c]!]!;
      if (!repeats) {
        for (let p = first; p < first + ends[c]!; p++) values[i * items + sequences.items[p]!] = -Infinity;
      }
      ranks[c] = rankOf(values, i * items, items, targets[c]!);
      bestOf(values, i * items, items, k, lists, c * k);
    }
    progress(from + size, n);
  }
  return { ranks, lists, k };
}
