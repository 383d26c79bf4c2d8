import type { Scores } from '../agent/index.ts';
import type { Catalogue, OfferDecision, OfferRequest, Rng } from '../core/index.ts';
import { type Evidence, type ShopperState, segmentOf } from '../state/index.ts';
import type { Books } from './books.ts';
import { bundleFor } from './bundle.ts';
import { localTime } from './calendar.ts';
import { type Choice, chooseOffer, costsOf } from './choose.ts';
import { blockedActions, maskOf, policyFailed, type Rules } from './rules.ts';
import type { RunningCampaign } from './running-campaign.ts';
import { namesOf, offerSpec, writeFeatures } from './shopper-features.ts';
import { sayAction } from './words.ts';

/** So long after the last action a shopper is taken to be in the shop, milliseconds. */
const visit = 30 * 60_000;

export interface MadeOffer {
  readonly decision: OfferDecision;
  readonly observation: Float32Array;
  readonly choice: Choice;
  /** By action, why it could not be chosen. */
  readonly blocked: readonly (Rules | undefined)[];
  /** Why the policy could not be asked, for the operator. */
  readonly failure: string | undefined;
}

/** From a shopper's state to a decision: features, scores, then without a break rules, draw and `taken`. */
export async function decideOffer(given: {
  readonly request: OfferRequest;
  readonly recommendationId: string;
  readonly shopper: string;
  readonly state: ShopperState;
  readonly clock: number;
  readonly running: RunningCampaign;
  books(): Books;
  readonly catalogue: Catalogue;
  readonly counts: Evidence;
  readonly rng: Rng;
  taken(decision: OfferDecision): void;
}): Promise<MadeOffer> {
  const { request, state, running, catalogue, recommendationId } = given;
  const { campaign, actions, policy } = running;
  const now = given.clock;
  const local = localTime(now, request.timeZone ?? campaign.timeZone ?? 'UTC');
  const observation = new Float32Array(policy.spec.size);
  writeFeatures(policy.spec, state, now, local, observation);
  // Read before anything is waited for: a lesson meanwhile makes another version, and the scores are of this one.
  const { id, version } = policy;
  const asked = await ask(running, observation);
  const books = given.books();
  const { left, pace } = books.budgetOf(campaign);
  const bundle = actions.some(({ kind }) => kind === 'bundle')
    ? bundleFor(state, now, catalogue, given.counts)
    : undefined;
  const ruled = blockedActions(actions, {
    campaign,
    now,
    local,
    state,
    segment: segmentOf(state, Math.max(now, state.asOf)),
    left,
    tooLate: books.tooLate(running, now),
    given: (kind) => books.given(campaign.campaignId, kind),
    inStock: (itemId) => (catalogue.items[catalogue.indexOf(itemId) ?? -1]?.stock ?? 1) > 0,
    bundle,
    knows: (action) => policy.actionOf.includes(action),
    channels: request.channels,
  });
  const failed = 'failure' in asked;
  const blocked = ruled.map(
    (why, action) => why ?? (failed && action > 0 ? ([policyFailed] as const) : undefined),
  );
  const open = maskOf(blocked);
  const choice = chooseOffer({
    policy,
    scores: failed ? nothingKnown(policy.actionOf.length) : asked.scores,
    actions,
    open,
    costs: costsOf(policy, actions, pace.price, books.expected(running, now)),
    rng: given.rng,
  });
  const { kind, percent, channel, contactCost, mostCost } = actions[choice.action]!;
  const decision: OfferDecision = {
    recommendationId,
    campaignId: campaign.campaignId,
    shopper: given.shopper,
    timestamp: now,
    deadline: now + running.windowMs,
    policy: { id, version },
    stateVersion: state.version,
    action: choice.action,
    offer: {
      kind,
      percent,
      channel,
      ...(kind === 'bundle' && bundle && { itemIds: bundle }),
      contactCost,
      mostCost,
    },
    propensity: choice.propensity,
    propensities: [...choice.propensities],
    observation: [...observation],
    ...(policy.spec !== offerSpec && { features: namesOf(policy.spec) }),
    masked: blocked.flatMap((why, action) =>
      why
        ? [{ action, code: why[0].code, ...(why.length > 1 && { codes: why.map(({ code }) => code) }) }]
        : [],
    ),
    allowed: actions
      .filter((_, action) => !blocked[action] || (!failed && blocked[action][0].code === 'not-known'))
      .map(sayAction),
    atVisit: state.lastTime > now - visit && state.lastTime <= now,
    explored: choice.explored,
    price: pace.price,
  };
  given.taken(decision);
  return {
    decision,
    observation,
    choice,
    blocked,
    failure: failed ? asked.failure : undefined,
  };
}

async function ask(
  { policy }: RunningCampaign,
  observation: Float32Array,
): Promise<{ readonly scores: Scores } | { readonly failure: string }> {
  try {
    return { scores: await policy.policy.evaluate(observation, 1) };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}

const nothingKnown = (choices: number): Scores => ({
  n: 1,
  choices,
  values: new Float32Array(choices),
  deviations: new Float32Array(choices),
});
