import type { WeightedRows } from './weighted-rows.ts';

/**
 * Inverse propensity weighting (Horvitz & Thompson 1952; Strehl et al. 2010): mean of w r. Each row counts as often as
 * the target would have made its choice for each time the log did. Unbiased where the log could show whatever the
 * target shows; its variance grows with the weights.
 */
export function ipw({ n, reward, weight }: WeightedRows): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += weight[i]! * reward[i]!;
  return sum / n;
}
