import type { Policy, Scores } from '../agent/index.ts';
import type { OfferAction, Rng } from '../core/index.ts';
import type { OfferPolicy } from './offer-policy.ts';

export interface Choice {
  /** The campaign's. */
  readonly action: number;
  readonly propensity: number;
  /** One for each of the campaign's actions; they sum to one. */
  readonly propensities: Float64Array;
  readonly explored: boolean;
  /** Which of the policy's choices were open, and what was taken off their scores. */
  readonly costs: Float64Array;
  readonly mask: Uint8Array;
}

/**
 * Draws one of the open actions: what a price costs is taken off the scores, masks work before the softmax, and every
 * probability is exactly that it was drawn with. Where the policy has no open choice, no contact is certain.
 */
export function chooseOffer(given: {
  readonly policy: OfferPolicy;
  readonly scores: Scores;
  readonly actions: readonly OfferAction[];
  /** 1 where a campaign's action may be chosen; of action 0 always. */
  readonly open: Uint8Array;
  /** By the policy's choices: what is taken off their scores. */
  readonly costs: Float64Array;
  readonly rng: Rng;
}): Choice {
  const { policy: offers, actions, open } = given;
  const { policy, actionOf } = offers;
  const mask = Uint8Array.from(actionOf, (action) => (action >= 0 ? open[action]! : 0));
  const propensities = new Float64Array(actions.length);
  const scores = priced(given.scores, given.costs);
  if (!mask.includes(1)) {
    propensities[0] = 1;
    return { action: 0, propensity: 1, propensities, explored: false, costs: given.costs, mask };
  }
  actionOf.forEach((action, choice) => {
    if (mask[choice])
      propensities[action] = Math.exp(policy.logProb(scores, 0, Int32Array.of(choice), mask)[0]!);
  });
  const { action, explored } = policy.sample(scores, 0, given.rng, mask);
  const chosen = actionOf[action[0]!]!;
  return {
    action: chosen,
    propensity: propensities[chosen]!,
    propensities,
    explored: explored[0] === 1,
    costs: given.costs,
    mask,
  };
}

/** What each choice of a policy costs at this price, in units of the reward; nothing where scores are no rewards. */
export function costsOf(
  { actionOf, scoresAreRewards }: OfferPolicy,
  actions: readonly OfferAction[],
  price: number,
  expected: (action: OfferAction) => number,
): Float64Array {
  return Float64Array.from(actionOf, (action) =>
    scoresAreRewards && action > 0 ? price * expected(actions[action]!) : 0,
  );
}

/** The policy that chooses with these costs taken off. */
export const pricedPolicy = (policy: Policy, costs: Float64Array): Policy => ({
  ...policy,
  evaluate: async (observations, n) => priced(await policy.evaluate(observations, n), costs),
});

function priced(scores: Scores, costs: Float64Array): Scores {
  if (costs.every((cost) => cost === 0)) return scores;
  return { ...scores, values: scores.values.map((value, i) => value - costs[i % scores.choices]!) };
}
