import type { SlateRows } from './slate-log.ts';

/**
 * Reward-interaction inverse propensity weighting of a slate (McInerney et al. 2020, RIPS), for a shopper who looks from the
 * top down: the reward of a slot may depend on everything above it. Its weight is the product, from the first slot to this
 * one, of the ratios of the probabilities of the action there given the actions before it. With `normalise` (as the authors
 * propose) the weights of each slot are divided by their mean: slightly biased, of far less variance.
 */
export function rewardInteraction(
  { n, slots, reward, weight }: SlateRows,
  { normalise = true }: { readonly normalise?: boolean } = {},
): number {
  const products = new Float64Array(n).fill(1);
  let value = 0;
  for (let slot = 0; slot < slots; slot++) {
    let weights = 0;
    let sum = 0;
    for (let i = 0; i < n; i++) {
      products[i]! *= weight[i * slots + slot]!;
      weights += products[i]!;
      sum += products[i]! * reward[i * slots + slot]!;
    }
    if (!normalise) value += sum / n;
    else if (weights > 0) value += sum / weights;
  }
  return value;
}
