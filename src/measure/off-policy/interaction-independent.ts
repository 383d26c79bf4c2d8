import type { SlateRows } from './slate-log.ts';

/**
 * Interaction-independent inverse propensity weighting of a slate (the item-position model of Li et al. 2018): mean over
 * slates of the sum over slots of w r, with w the ratio of the probabilities of this action at this slot, whatever stands
 * elsewhere (marginal). Unbiased where the reward of a slot depends on the action at that slot alone.
 */
export function interactionIndependent({ n, reward, weight }: SlateRows): number {
  let sum = 0;
  for (let i = 0; i < reward.length; i++) sum += weight[i]! * reward[i]!;
  return sum / n;
}
