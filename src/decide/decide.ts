import type { Policy } from '../agent/index.ts';
import type { Decision, Item, RecommendRequest, Rng } from '../core/index.ts';
import { drawSlate } from './draw-slate.ts';
import { type Exploration, explorationRate } from './exploration.ts';
import { allowedItems } from './rules.ts';
import { supportOf } from './support.ts';

/** Everything a decision depends on; the same inputs give the same decision. */
export interface DecisionInput {
  readonly request: RecommendRequest;
  readonly recommendationId: string;
  readonly shopper: string;
  readonly now: number;
  readonly policy: Policy;
  readonly policyId: string;
  readonly policyVersion: string;
  /** One row as `policy.observation` describes it. */
  readonly observation: Float32Array;
  readonly stateVersion: number;
  /** Things the shopper did: the less, the more is left to chance. */
  readonly actions: number;
  readonly bought: ReadonlySet<string>;
  readonly items: readonly Item[];
  indexOf(itemId: string): number | undefined;
  interactions(index: number): number;
  reasons(index: number, explored: boolean): readonly string[];
  readonly exploration: Exploration;
  /** Of this decision alone: `rng.fork(recommendationId)`. */
  readonly rng: Rng;
}

/** From a state and a policy to a slate, under the rules, with the probability of everything chosen and why. */
export async function decide(input: DecisionInput): Promise<Decision> {
  const { request, items, exploration, rng } = input;
  const allowed = allowedItems(items, input.indexOf, request, input.bought);
  const support = await supportOf(input, allowed);
  const epsilon = explorationRate(input.actions, exploration);
  const slate = drawSlate(support, request.limit ?? 10, epsilon, rng);
  return {
    recommendationId: input.recommendationId,
    shopper: input.shopper,
    timestamp: input.now,
    placement: request.placement ?? 'default',
    policy: { id: input.policyId, version: input.policyVersion },
    stateVersion: input.stateVersion,
    items: Array.from(slate.places, (place, slot) => {
      const index = support.items[place]!;
      const explored = slate.explored[slot] === 1;
      return {
        itemId: items[index]!.itemId,
        position: slot + 1,
        score: support.scores[place]!,
        propensity: slate.propensities[slot]!,
        explored,
        reasons: input.reasons(index, explored),
      };
    }),
  };
}
