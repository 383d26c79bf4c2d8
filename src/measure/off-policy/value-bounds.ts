import { TendrilError } from '../../core/index.ts';
import type { WeightedRows } from './weighted-rows.ts';

/**
 * Bounds of the target's value that hold for any number of rows and any distribution with a known largest value, unlike
 * those of the bootstrap, which are true only for many: the empirical Bernstein bound (Maurer & Pontil 2009, theorem 4)
 *
 *   |mean - truth| <= sqrt(2 V ln(2 / d) / n) + 7 R ln(2 / d) / (3 (n - 1)),   V the sample variance, values in [0, R]
 *
 * at d on each side. Below on min(w, clip) r, which can only be too low (Thomas, Theocharous & Ghavamzadeh 2015); above on
 * w r. R is the largest weight times the largest reward that are possible: as stated by `mostWeight` and `mostReward`, and
 * where they are not stated the largest seen, which makes the bounds true only if none is larger. Rewards must not be
 * negative: undefined where one is, or where there are fewer than two rows. Throws `bad-setting` where more was seen than is
 * stated to be possible.
 */
export interface BoundSettings {
  readonly confidence: number;
  readonly clip: number;
  readonly mostWeight?: number | undefined;
  readonly mostReward?: number | undefined;
}

export function valueBounds(
  { n, reward, weight }: WeightedRows,
  { confidence, clip, mostWeight, mostReward }: BoundSettings,
): { readonly low: number; readonly high: number } | undefined {
  let largestReward = 0;
  let largestWeight = 0;
  for (let i = 0; i < n; i++) {
    if (reward[i]! < 0) return undefined;
    largestReward = Math.max(largestReward, reward[i]!);
    largestWeight = Math.max(largestWeight, weight[i]!);
  }
  if (n < 2) return undefined;
  if (largestReward > (mostReward ?? Infinity) || largestWeight > (mostWeight ?? Infinity) * (1 + 1e-9))
    throw new TendrilError(
      'bad-setting',
      `a weight of ${largestWeight} and an outcome of ${largestReward} were seen: more than what was said to be the most`,
    );
  largestReward = mostReward ?? largestReward;
  largestWeight = mostWeight ?? largestWeight;
  const log = Math.log(4 / (1 - confidence));
  const bound = (most: number, side: -1 | 1): number => {
    let mean = 0;
    for (let i = 0; i < n; i++) mean += (Math.min(weight[i]!, most) * reward[i]!) / n;
    let spread = 0;
    for (let i = 0; i < n; i++) spread += (Math.min(weight[i]!, most) * reward[i]! - mean) ** 2;
    const deviation =
      Math.sqrt((2 * spread * log) / (n - 1) / n) + (7 * most * largestReward * log) / (3 * (n - 1));
    return mean + side * deviation;
  };
  return {
    low: Math.max(0, bound(Math.min(clip, largestWeight), -1)),
    high: Math.min(largestReward, bound(largestWeight, 1)),
  };
}
