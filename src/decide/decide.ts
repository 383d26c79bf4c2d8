import type { Policy } from '../agent/index.ts';
import type { Decision, Item, RecommendRequest, Rng } from '../core/index.ts';
import { bestItems } from './best-items.ts';
import { drawSlate, type Support } from './draw-slate.ts';
import { type Exploration, explorationRate, newItemInteractions } from './exploration.ts';
import { alikenessAmong, allowedItems, boostsOf } from './rules.ts';

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
  const support = supportOf(input, allowed, scores.values.subarray(0, scores.choices));
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

/**
 * Pinned items first; then the best score first, ties to the lowest number. Items the policy was not trained on come last,
 * with the lowest score.
 */
function supportOf(
  { request, items, indexOf, exploration, interactions }: DecisionInput,
  allowed: Uint8Array,
  given: Float32Array,
): Support {
  const values = request.boost ? boosted(given, allowed, boostsOf(items, indexOf, request.boost)) : given;
  const pinned = [...new Set(request.pin?.map(indexOf))].filter(
    (i): i is number => i !== undefined && allowed[i] === 1,
  );
  for (const i of pinned) allowed[i] = 0;
  const best = bestItems(values, allowed, supportSize);
  const lowest = best.length > 0 ? values[best.at(-1)!]! : 0;
  const isNew = (i: number): boolean => interactions(i) < newItemInteractions;
  const room = best.length === 0 ? supportSize : newItems;
  const fresh = freshItems(values, allowed, new Set(best), isNew, room);
  const chosen = [...pinned, ...best, ...fresh];
  const known = (i: number): boolean => i < values.length && Number.isFinite(values[i]);
  const { diversity = 0 } = request;
  return {
    items: Int32Array.from(chosen),
    scores: Float32Array.from(chosen, (i, place) =>
      place < pinned.length + best.length && known(i) ? values[i]! : lowest,
    ),
    weights: Float32Array.from(chosen, (i) => (isNew(i) ? exploration.newItemWeight : 1)),
    pinned: pinned.length,
    ...(diversity > 0 && {
      diversity: {
        share: diversity,
        alike: alikenessAmong(chosen.map((i) => items[i]!)),
      },
    }),
  };
}

/** Scores with what the request adds, in shares of the distance from the worst to the best that is allowed. */
function boosted(values: Float32Array, allowed: Uint8Array, boosts: Float32Array): Float32Array {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    if (!allowed[i] || !Number.isFinite(values[i])) continue;
    low = Math.min(low, values[i]!);
    high = Math.max(high, values[i]!);
  }
  const range = high > low ? high - low : 1;
  return values.map((value, i) => value + range * (boosts[i] ?? 0));
}

/** The newest that the policy does not know, by number; beside them the least seen of what it knows but ranks low. */
function freshItems(
  values: Float32Array,
  allowed: Uint8Array,
  taken: ReadonlySet<number>,
  isNew: (i: number) => boolean,
  room: number,
): number[] {
  const known = (i: number): boolean => i < values.length && Number.isFinite(values[i]);
  const fresh: number[] = [];
  for (let i = allowed.length - 1; i >= 0 && fresh.length < room; i--)
    if (allowed[i] && !known(i)) fresh.push(i);
  for (let i = 0; i < allowed.length && fresh.length < room; i++)
    if (allowed[i] && known(i) && isNew(i) && !taken.has(i)) fresh.push(i);
  return fresh;
}
