import type { Rng } from '../../core/index.ts';
import { percentile } from '../interval.ts';
import { type Refusal, ROUNDING, roughly } from './refusal.ts';

export type Verdict = 'better' | 'worse' | 'not distinguishable' | 'refused';

/**
 * What the interval of a difference says of a target worth `worth`. A difference within `ROUNDING` of that could come of
 * propensities written with few digits, so it is none.
 */
export function verdictOf(
  { value, low, high }: { readonly value: number; readonly low: number; readonly high: number },
  worth: number,
  { n: rows, observational = false }: { readonly n: number; readonly observational?: boolean },
  confidence: number,
): Refusal & { readonly verdict: Verdict } {
  const interval = `${observational ? 'by estimated propensities, whom to contact was not drawn by lot: ' : ''}the ${Math.round(100 * confidence)} % interval of the difference`;
  const margin = ROUNDING * Math.abs(worth);
  if (low > margin) return { verdict: 'better', reason: `${interval} lies above 0`, needed: '' };
  if (high < -margin) return { verdict: 'worse', reason: `${interval} lies below 0`, needed: '' };
  if (low > 0 || high < 0)
    return {
      verdict: 'not distinguishable',
      reason: `${interval} lies on one side of 0, but holds differences smaller than ${100 * ROUNDING} % of the value, which rounding of propensities could make`,
      needed: 'a target that differs more, or more rows',
    };
  // An interval shrinks with the square root of the rows.
  const needed = rows * ((high - low) / 2 / Math.abs(value)) ** 2;
  return {
    verdict: 'not distinguishable',
    reason: `${interval} holds 0`,
    needed:
      high > low && needed < 1e8
        ? `about ${roughly(Math.max(needed, rows))} rows, if the difference is as it seems`
        : 'a target that differs more',
  };
}

/** n rows with replacement, in ascending order: which order does not matter to the estimators, and it is faster. */
export function drawRows(n: number, rng: Rng): Int32Array {
  const times = new Int32Array(n);
  for (let i = 0; i < n; i++) times[rng.int(n)]!++;
  const rows = new Int32Array(n);
  let at = 0;
  for (let row = 0; row < n; row++) for (let k = 0; k < times[row]!; k++) rows[at++] = row;
  return rows;
}

/** Of the middle `confidence` of values, which are sorted in place. */
export function ends(
  values: Float64Array,
  confidence: number,
): { readonly low: number; readonly high: number } {
  values.sort();
  return {
    low: percentile(values, (1 - confidence) / 2),
    high: percentile(values, (1 + confidence) / 2),
  };
}
