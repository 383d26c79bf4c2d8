import type { Policy } from '../agent/index.ts';
import type { Decision, Item, RecommendRequest, Rng } from '../core/index.ts';
import { drawSlate, type Support } from './draw-slate.ts';
import { type Exploration, explorationRate, newItemInteractions } from './exploration.ts';
import { allowedItems } from './rules.ts';

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

/** Items that can be drawn: the best by score, and beside them new ones that no score knows yet. */
const supportSize = 500;
const newItems = 50;

/** From a state and a policy to a slate, under the rules, with the probability of everything chosen and why. */
export async function decide(input: DecisionInput): Promise<Decision> {
  const { request, items, policy, exploration, rng } = input;
  const allowed = allowedItems(items, input.indexOf, request, input.bought);
  const scores = await policy.evaluate(input.observation, 1);
  const support = supportOf(input, allowed, scores.values);
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

/** Best score first, ties to the lowest number. Items the policy was not trained on come last, with the lowest score. */
function supportOf(
  { items, exploration, interactions }: DecisionInput,
  allowed: Uint8Array,
  values: Float32Array,
): Support {
  const known: number[] = [];
  const unknown: number[] = [];
  for (let i = 0; i < items.length; i++) {
    if (allowed[i]) (i < values.length && Number.isFinite(values[i]) ? known : unknown).push(i);
  }
  const best = bestOf(known, values, supportSize);
  const lowest = best.length > 0 ? values[best.at(-1)!]! : 0;
  const isNew = (i: number): boolean => interactions(i) < newItemInteractions;
  // The newest by number; beside them the least seen of what the policy knows but ranks low.
  const taken = new Set(best);
  const fresh = [...unknown.reverse(), ...known.filter((i) => isNew(i) && !taken.has(i))];
  const room = best.length === 0 ? supportSize : newItems;
  const chosen = [...best, ...fresh.slice(0, room)];
  return {
    items: Int32Array.from(chosen),
    scores: Float32Array.from(chosen, (i, place) => (place < best.length ? values[i]! : lowest)),
    weights: Float32Array.from(chosen, (i) => (isNew(i) ? exploration.newItemWeight : 1)),
  };
}

/** The `most` items of the highest values, in order: a threshold first, so that few are sorted. */
function bestOf(items: readonly number[], values: Float32Array, most: number): number[] {
  let among = items;
  if (items.length > most) {
    const sorted = Float32Array.from(items, (i) => values[i]!).sort();
    const threshold = sorted[sorted.length - most]!;
    const above = items.filter((i) => values[i]! > threshold);
    const equal = items.filter((i) => values[i] === threshold).slice(0, most - above.length);
    among = [...above, ...equal];
  }
  return [...among].sort((a, b) => values[b]! - values[a]! || a - b);
}
