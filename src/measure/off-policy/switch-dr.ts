import type { WeightedRows } from './weighted-rows.ts';

/**
 * Switch-DR (Wang, Agarwal & Dudik 2017): doubly robust where the weight is at most `threshold`, else the model alone.
 * A few huge weights cannot carry the estimate away; what they would have corrected stays as bias.
 */
export function switchDr(
  { n, reward, weight, predicted, expected }: WeightedRows,
  threshold: number,
): number {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const w = weight[i]!;
    sum += expected[i]! + (w <= threshold ? w * (reward[i]! - predicted[i]!) : 0);
  }
  return sum / n;
}
