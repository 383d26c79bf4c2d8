import type { Validation } from './agent.ts';

/** Histories looked at when a setting is picked: more does not change the pick, only the time it takes. */
const sampled = 4000;

/**
 * The setting of a small stated grid that ranks the validation targets best (NDCG@10, whole catalogue, items of the
 * history masked unless they may repeat, ties at mid-rank); of equals the first. `score` fills `out`, one number an
 * item, for a history given newest first.
 */
export function pickOnValidation<T>(
  validation: Validation,
  historySize: number,
  grid: readonly T[],
  score: (history: Int32Array, length: number, setting: T, out: Float32Array) => void,
): { readonly best: T; readonly ndcg: number } {
  const { inputs, targets, repeats } = validation;
  const out = new Float32Array(inputs.itemCount);
  const history = new Int32Array(historySize);
  const gains = new Float64Array(grid.length);
  const rows = evenly(inputs.n, sampled);
  for (const row of rows) {
    const end = inputs.offsets[row + 1]!;
    const length = Math.min(historySize, end - inputs.offsets[row]!);
    for (let age = 0; age < length; age++) history[age] = inputs.items[end - 1 - age]!;
    for (let g = 0; g < grid.length; g++) {
      score(history, length, grid[g]!, out);
      const rank = midRank(
        out,
        targets[row]!,
        repeats ? undefined : inputs.items.subarray(inputs.offsets[row]!, end),
      );
      if (rank < 10) gains[g]! += 1 / Math.log2(rank + 2);
    }
  }
  let best = 0;
  for (let g = 1; g < grid.length; g++) if (gains[g]! > gains[best]!) best = g;
  return { best: grid[best]!, ndcg: rows.length > 0 ? gains[best]! / rows.length : 0 };
}

/** `count` whole numbers of 0 .. n - 1 at even distances, all of them where there are no more. */
export function evenly(n: number, count: number): Int32Array {
  const size = Math.min(n, count);
  return Int32Array.from({ length: size }, (_, i) => Math.floor((i * n) / size));
}

/** Items with a higher score than the target's and half of those with the same; changes `scores` of masked items. */
export function midRank(scores: Float32Array, target: number, masked: Int32Array | undefined): number {
  const value = scores[target]!;
  if (masked) for (const item of masked) if (item !== target) scores[item] = -Infinity;
  let higher = 0;
  let same = -1;
  for (let i = 0; i < scores.length; i++) {
    if (scores[i]! > value) higher++;
    else if (scores[i] === value) same++;
  }
  return higher + same / 2;
}
