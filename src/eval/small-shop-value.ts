import type { Policy } from '../agent/index.ts';
import { smallShopModel, smallShopObservations, smallSlates } from '../world/index.ts';
import { optimalValue, policyValue } from './exact-value.ts';

/** Expected reward of a shopper of `shop-small-v1` under the best policy there is. */
export const smallShopOptimum = (): number => optimalValue(smallShopModel);

/** The same of the policy that takes the slate of the largest immediate reward: what looking ahead is worth. */
export function smallShopGreedy(): number {
  const immediate = (state: number, action: number): number =>
    smallShopModel.outcomes(state, action).reduce((sum, o) => sum + o.probability * o.reward, 0);
  const choices = Array.from({ length: smallShopModel.states }, (_, state) =>
    smallSlates.reduce((best, _slate, a) => (immediate(state, a) > immediate(state, best) ? a : best), 0),
  );
  return policyValue(smallShopModel, choices);
}

/** The exact value of an agent's policy without exploration. */
export async function smallShopValue(policy: Policy): Promise<number> {
  const { states } = smallShopModel;
  const scores = await policy.evaluate(smallShopObservations(), states);
  const choices = Array.from({ length: states }, (_, state) => {
    const [a, b] = policy.greedy(scores, state);
    return smallSlates.findIndex(([first, second]) => first === a && second === b);
  });
  return policyValue(smallShopModel, choices);
}
