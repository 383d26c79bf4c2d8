import { percentile } from '../interval.ts';
import { type Refusal, ROUNDING, roughly } from './refusal.ts';
import type { WhoseRows } from './whose-rows.ts';

export type Verdict = 'better' | 'worse' | 'not distinguishable' | 'refused';

/**
 * What the interval of a difference says of a target worth `worth`. A difference within `ROUNDING` of that could come of
 * propensities written with few digits, so it is none.
 */
export function verdictOf(
  { value, low, high }: { readonly value: number; readonly low: number; readonly high: number },
  worth: number,
  { n, word }: Pick<WhoseRows, 'n' | 'word'>,
  confidence: number,
  observational = false,
): Refusal & { readonly verdict: Verdict } {
  const interval = `${observational ? 'by estimated propensities, whom to contact was not drawn by lot: ' : ''}the ${Math.round(100 * confidence)} % interval of the difference`;
  const margin = ROUNDING * Math.abs(worth);
  if (low > margin) return { verdict: 'better', reason: `${interval} lies above 0`, needed: '' };
  if (high < -margin) return { verdict: 'worse', reason: `${interval} lies below 0`, needed: '' };
  if (low > 0 || high < 0)
    return {
      verdict: 'not distinguishable',
      reason: `${interval} lies on one side of 0, but holds differences smaller than ${100 * ROUNDING} % of the value, which rounding of propensities could make`,
      needed: `a target that differs more, or more ${word}`,
    };
  // An interval shrinks with the square root of what is drawn.
  const needed = n * ((high - low) / 2 / Math.abs(value)) ** 2;
  return {
    verdict: 'not distinguishable',
    reason: `${interval} holds 0`,
    needed:
      high > low && needed < 1e8
        ? `about ${roughly(Math.max(needed, n))} ${word}, if the difference is as it seems`
        : 'a target that differs more',
  };
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
