import type { Decision } from '../core/index.ts';
import type { DecisionInput } from './decision-input.ts';
import { drawSlate } from './draw-slate.ts';
import { explorationRate } from './exploration.ts';
import { allowedItems, release } from './rules.ts';
import { supportOf, supportVersion } from './support.ts';

/** From a state and a policy to a slate, under the rules, with the probability of everything chosen and why. */
export async function decide(input: DecisionInput): Promise<Decision> {
  const { request, items, exploration, rng } = input;
  const allowed = allowedItems(input, request, input.bought);
  const support = await supportOf(input, allowed).finally(() => release(allowed));
  const epsilon = explorationRate(input.actions, exploration);
  const slate = drawSlate(support, request.limit ?? 10, epsilon, rng);
  return {
    recommendationId: input.recommendationId,
    shopper: input.shopper,
    timestamp: input.now,
    placement: request.placement ?? 'default',
    policy: { id: input.policyId, version: input.policyVersion },
    stateVersion: input.stateVersion,
    support: { version: supportVersion, size: support.items.length },
    items: Array.from(slate.places, (place, slot) => {
      const index = support.items[place]!;
      const explored = slate.explored[slot] === 1;
      return {
        itemId: items[index]!.itemId,
        position: slot + 1,
        score: support.scores[place]!,
        propensity: slate.propensities[slot]!,
        explored,
        sources: support.sourcesOf(place),
        reasons: input.reasons(index, explored),
      };
    }),
  };
}
