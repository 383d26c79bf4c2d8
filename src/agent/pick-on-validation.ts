import type { Validation } from './agent.ts';

/** Histories looked at when a setting is picked: more does not change the pick, only the time it takes. */
const sampled = 20_000;

/**
 * The setting of a small stated grid with the most hits at 10 on validation, of equals the one with the higher NDCG@10,
 * then the first (whole catalogue, items of the history masked unless they may repeat, ties at mid-rank). `score` fills `out`, one number an
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
  const tally = tallyOf(grid.length);
  const rows = evenly(inputs.n, sampled);
  for (const row of rows) {
    const end = inputs.offsets[row + 1]!;
    const length = Math.min(historySize, end - inputs.offsets[row]!);
    for (let age = 0; age < length; age++) history[age] = inputs.items[end - 1 - age]!;
    for (let g = 0; g < grid.length; g++) {
      score(history, length, grid[g]!, out);
      if (!repeats) for (let p = inputs.offsets[row]!; p < end; p++) out[inputs.items[p]!] = -Infinity;
      tally.add(g, rankWithin10(out, targets[row]!));
    }
  }
  const best = tally.best();
  return { best: grid[best]!, ndcg: rows.length > 0 ? tally.ndcg[best]! / rows.length : 0 };
}

/** Hits and NDCG at 10 of each of a number of settings. */
export interface Tally {
  add(setting: number, rank: number): void;
  /** The best setting, `part` of the tally left out where it is given. */
  best(part?: Tally): number;
  readonly hits: Int32Array;
  readonly ndcg: Float64Array;
}

export function tallyOf(settings: number): Tally {
  const hits = new Int32Array(settings);
  const ndcg = new Float64Array(settings);
  return {
    hits,
    ndcg,
    add(setting, rank) {
      if (rank >= 10) return;
      hits[setting]!++;
      ndcg[setting]! += 1 / Math.log2(rank + 2);
    },
    best(part) {
      let best = 0;
      for (let s = 1; s < settings; s++) {
        const more = hits[s]! - hits[best]! - (part ? part.hits[s]! - part.hits[best]! : 0);
        const gained = ndcg[s]! - ndcg[best]! - (part ? part.ndcg[s]! - part.ndcg[best]! : 0);
        if (more > 0 || (more === 0 && gained > 0)) best = s;
      }
      return best;
    },
  };
}

/** `count` whole numbers of 0 .. n - 1 at even distances, all of them where there are no more. */
export function evenly(n: number, count: number): Int32Array {
  const size = Math.min(n, count);
  return Int32Array.from({ length: size }, (_, i) => Math.floor((i * n) / size));
}

/** The rank of the target from 0, ties at mid-rank; Infinity as soon as ten are higher, which for most is soon. */
export function rankWithin10(scores: Float32Array, target: number): number {
  const value = scores[target]!;
  let higher = 0;
  let same = -1;
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i]!;
    if (score === value) same++;
    // Not "higher": NaN counts against whoever says it.
    else if (!(score < value) && ++higher === 10) return Number.POSITIVE_INFINITY;
  }
  return higher + same / 2;
}
