import type { WeightedRows } from './weighted-rows.ts';

/**
 * The direct method (Beygelzimer & Langford 2009): the mean of what the outcome model foretells for the target. Weights
 * play no part: little variance, and all the bias of the model.
 */
export function directMethod({ n, expected }: WeightedRows): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += expected[i]!;
  return sum / n;
}
