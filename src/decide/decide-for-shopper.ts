import type { Policy } from '../agent/index.ts';
import {
  type Catalogue,
  type Decision,
  eventTypeCode,
  type RecommendRequest,
  type Rng,
} from '../core/index.ts';
import type { Manifest } from '../registry/index.ts';
import type { Evidence, ShopperState } from '../state/index.ts';
import { chosenLast } from './candidate-sources.ts';
import { countPolicy } from './count-policy.ts';
import { decide } from './decide.ts';
import type { DecisionInput } from './decision-input.ts';
import type { Exploration } from './exploration.ts';
import { degraded, refuseStranger } from './stranger.ts';

/** A stored policy, ready to serve shoppers. */
export interface ServedPolicy {
  readonly policy: Policy;
  /** Writes a state as the row this policy was taught to read. */
  encode(state: ShopperState, now: number, out: Float32Array): void;
  /** True where the catalogue has products by now that it could take in if it were restored again. */
  stale?(): boolean;
  /** False where shoppers do not come back to what they bought: then it is left out unless a request says otherwise. */
  readonly repeats?: boolean;
  /** How many of the shop's products it knows, where that is counted: with 0 it is a model of another shop. */
  readonly known?: number;
  /** Names of the categories it knows, from number 1. */
  readonly categories?: readonly string[];
}

export interface ShopperDecisionInput {
  readonly request: RecommendRequest;
  readonly recommendationId: string;
  readonly shopper: string;
  readonly state: ShopperState;
  /** Not before the state. */
  readonly now: number;
  readonly served: ServedPolicy & { readonly manifest: Manifest };
  readonly catalogue: Catalogue;
  readonly counts: Evidence;
  readonly reasons: DecisionInput['reasons'];
  readonly exploration: Exploration;
  readonly rng: Rng;
}

export interface ShopperDecision {
  readonly decision: Decision;
  /** Where the policy failed: what the client is told, and the error, which is for the operator alone. */
  readonly failure?: { readonly degraded: string; readonly error: unknown };
}

/** A slate for a shopper in this state. Where the policy fails, popularity answers, and `failure` says so. */
export async function decideForShopper(given: ShopperDecisionInput): Promise<ShopperDecision> {
  const { request, state, now, served, catalogue, counts } = given;
  const { manifest, policy } = served;
  const observation = new Float32Array(policy.observation.size);
  const input: DecisionInput = {
    request: { ...request, excludeBought: request.excludeBought ?? served.repeats === false },
    recommendationId: given.recommendationId,
    shopper: given.shopper,
    now,
    policy,
    policyId: manifest.agent,
    policyVersion: String(manifest.version),
    observation,
    stateVersion: state.version,
    actions: state.actions,
    bought: boughtBy(state),
    items: catalogue.items,
    indexOf: catalogue.indexOf,
    stocked: catalogue.stocked,
    counts,
    recent: chosenLast(state, catalogue.indexOf),
    reasons: given.reasons,
    exploration: given.exploration,
    rng: given.rng,
  };
  try {
    refuseStranger(served.known);
    served.encode(state, now, observation);
    return { decision: await decide(input) };
  } catch (error) {
    const decision = await decide({
      ...input,
      policy: countPolicy(catalogue.size, counts.interactions),
      policyId: 'popularity',
      policyVersion: 'counts',
    });
    return { decision, failure: { degraded: degraded(served.known), error } };
  }
}

const purchase = eventTypeCode('purchase');
export const boughtBy = (state: ShopperState): ReadonlySet<string> =>
  new Set(state.tokens.filter((token) => token.type === purchase).map((token) => token.item));
