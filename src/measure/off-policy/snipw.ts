import type { WeightedRows } from './weighted-rows.ts';

/**
 * Self-normalised inverse propensity weighting (Swaminathan & Joachims 2015): sum of w r / sum of w. Weights that happen
 * to be too large or too small in sum cancel: slightly biased, of less variance, never outside the rewards seen.
 * 0 where no row has a weight.
 */
export function snipw({ n, reward, weight }: WeightedRows): number {
  let sum = 0;
  let weights = 0;
  for (let i = 0; i < n; i++) {
    sum += weight[i]! * reward[i]!;
    weights += weight[i]!;
  }
  return weights > 0 ? sum / weights : 0;
}
