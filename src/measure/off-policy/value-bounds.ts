import { TendrilError } from '../../core/index.ts';
import type { WeightedRows } from './weighted-rows.ts';
import { sumsOf, type WhoseRows } from './whose-rows.ts';

/**
 * Bounds of the target's value that hold for any number of shoppers and any distribution between known ends, unlike those of the
 * bootstrap, which are true only for many: the empirical Bernstein bound (Maurer & Pontil 2009, theorem 4, whose proof
 * asks values to be independent, not alike)
 *
 *   |mean - truth| <= sqrt(2 V ln(2 / d) / n) + 7 R ln(2 / d) / (3 (n - 1)),   V the sample variance, values in [0, R]
 *
 * at d on each side, of n independent values: one a shopper, the sum over his rows times shoppers / rows, so that their mean is
 * that of the rows. How many rows each has is taken as given. Below on min(w, clip) (r - least), which can only be too low
 * (Thomas, Theocharous & Ghavamzadeh 2015); above on w (r - least); least is added again, as weights have mean 1. R is the
 * largest weight times the widest outcome that are possible, times the most rows of a shopper / the mean rows of one.
 */
export interface BoundSettings {
  readonly confidence: number;
  readonly clip: number;
  /**
   * What is possible. Where it is not stated the largest weight and outcome that were seen, and 0 or the least outcome below it:
   * the bounds are true only if none is beyond.
   */
  readonly mostWeight?: number | undefined;
  readonly mostReward?: number | undefined;
  readonly leastReward?: number | undefined;
}

/** With the least outcome they take for possible. Undefined for a single shopper; throws `bad-setting` where more was seen. */
export function valueBounds(
  { n, reward, weight }: WeightedRows,
  whose: WhoseRows,
  settings: BoundSettings,
): { readonly low: number; readonly high: number; readonly least: number } | undefined {
  if (whose.n < 2) return undefined;
  const seen = {
    weight: weight.reduce((most, w) => Math.max(most, w), 0),
    most: reward.reduce((most, r) => Math.max(most, r), -Infinity),
    least: reward.reduce((least, r) => Math.min(least, r), Infinity),
  };
  const { confidence, clip, mostWeight = seen.weight, mostReward = seen.most } = settings;
  const least = settings.leastReward ?? Math.min(0, seen.least);
  if (seen.most > mostReward || seen.least < least || seen.weight > mostWeight * (1 + 1e-9))
    throw new TendrilError(
      'bad-setting',
      `a weight of ${seen.weight} and outcomes from ${seen.least} to ${seen.most} were seen: more than what was said to be possible`,
    );
  const log = Math.log(4 / (1 - confidence));
  const scale = whose.n / n;
  const fullest = scale * sumsOf(whose, () => 1).reduce((most, rows) => Math.max(most, rows), 0);
  const bound = (most: number, side: -1 | 1): number => {
    const values = sumsOf(whose, (i) => Math.min(weight[i]!, most) * (reward[i]! - least) * scale);
    let mean = 0;
    for (const value of values) mean += value / whose.n;
    let spread = 0;
    for (const value of values) spread += (value - mean) ** 2;
    const deviation =
      Math.sqrt((2 * spread * log) / (whose.n - 1) / whose.n) +
      (7 * most * (mostReward - least) * fullest * log) / (3 * (whose.n - 1));
    return least + mean + side * deviation;
  };
  return {
    low: Math.max(least, bound(Math.min(clip, mostWeight), -1)),
    high: Math.min(mostReward, bound(mostWeight, 1)),
    least,
  };
}
