import type { WeightedRows } from './weighted-rows.ts';

/**
 * Doubly robust (Dudik, Langford & Li 2011): the model's forecast, corrected by the weighted errors it makes on the log,
 * mean of q(x, target) + w (r - q(x, a)). Right where either the propensities or the model are.
 */
export function doublyRobust({ n, reward, weight, predicted, expected }: WeightedRows): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += expected[i]! + weight[i]! * (reward[i]! - predicted[i]!);
  return sum / n;
}
