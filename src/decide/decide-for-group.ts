import type { Policy } from '../agent/index.ts';
import { type Combination, type Decision, type RecommendRequest, TendrilError } from '../core/index.ts';
import type { ShopperState } from '../state/index.ts';
import { chosenLast, inTurn } from './candidate-sources.ts';
import { combineMembers, placesOf, satisfactionWith, utilitiesOf } from './combine-members.ts';
import { countPolicy } from './count-policy.ts';
import { decide } from './decide.ts';
import { boughtBy, type ShopperDecisionInput } from './decide-for-shopper.ts';
import type { DecisionInput } from './decision-input.ts';
import { allowedItems } from './rules.ts';
import { degraded, refuseStranger } from './stranger.ts';

export interface GroupMember {
  readonly shopper: string;
  readonly state: ShopperState;
  readonly reasons: DecisionInput['reasons'];
}

export interface GroupDecisionInput extends Omit<ShopperDecisionInput, 'shopper' | 'state' | 'reasons'> {
  readonly members: readonly GroupMember[];
}

export interface GroupDecision {
  /** Alike but for the shopper, the reasons and the satisfaction; one for each member, in their order. */
  readonly decisions: readonly Decision[];
  /** By item of the slate, then by member: the item's place among what that member could be shown, 1 for the favourite. */
  readonly places: readonly (readonly number[])[];
  readonly failure?: { readonly degraded: string; readonly error: unknown };
}

/** Where nobody says how members are to be combined. */
export const defaultCombination: Combination = 'fair';

/**
 * One slate for several shoppers. The policy scores for each of them, the scores are combined into the group's, and from there on
 * the group is a shopper like any: rules first, then drawn slot by slot, with exact propensities. What a member bought is
 * left out where it is left out for them; chance has the share that the least known member needs.
 */
export async function decideForGroup(given: GroupDecisionInput): Promise<GroupDecision> {
  refuseWrong(given.request);
  const { served, catalogue, counts } = given;
  const { manifest } = served;
  try {
    refuseStranger(served.known);
    return await decideTogether(given, served.policy, manifest.agent, String(manifest.version));
  } catch (error) {
    const counted = countPolicy(catalogue.size, counts.interactions);
    const answer = await decideTogether(given, counted, 'popularity', 'counts');
    return { ...answer, failure: { degraded: degraded(served.known), error } };
  }
}

async function decideTogether(
  given: GroupDecisionInput,
  policy: Policy,
  policyId: string,
  policyVersion: string,
): Promise<GroupDecision> {
  const { members, served, catalogue, counts, now } = given;
  const request = {
    ...given.request,
    excludeBought: given.request.excludeBought ?? served.repeats === false,
  };
  const combine = request.combine ?? defaultCombination;
  const bought = new Set(members.flatMap(({ state }) => [...boughtBy(state)]));
  const allowed = allowedItems(catalogue, request, bought);
  const { size } = policy.observation;
  const observations = new Float32Array(members.length * size);
  // Counts look at nobody, and a model that failed may have failed here.
  if (policy === served.policy)
    members.forEach(({ state }, m) => {
      served.encode(state, now, observations.subarray(m * size, (m + 1) * size));
    });
  const { values, choices } = await policy.evaluate(observations, members.length);
  const scores = members.map((_, m) => values.slice(m * choices, (m + 1) * choices));
  const utilities = scores.map((of) => utilitiesOf(of, allowed));
  const before = members.map(({ state }) => state.shared ?? 0);
  const together = combineMembers(combine, { utilities, allowed, before }, request.limit ?? 10);
  // What is best for one of them is not asked.
  const { best: _, ...alone } = policy;
  const decision = await decide({
    ...given,
    request,
    shopper: members[0]!.shopper,
    // Items beyond the choices are new to the policy: they must look so.
    policy: { ...alone, evaluate: async () => ({ n: 1, choices, values: together.slice(0, choices) }) },
    policyId,
    policyVersion,
    observation: new Float32Array(size),
    stateVersion: 0,
    actions: Math.min(...members.map(({ state }) => state.actions)),
    bought,
    items: catalogue.items,
    indexOf: catalogue.indexOf,
    stocked: catalogue.stocked,
    counts,
    recent: inTurn(members.map(({ state }) => chosenLast(state, catalogue.indexOf))),
    reasons: () => [],
  });
  const slate = decision.items.map(({ itemId }) => catalogue.indexOf(itemId)!);
  const placesOfMembers = scores.map((of) => placesOf(of, allowed));
  return {
    decisions: members.map(({ shopper, state, reasons }, m) => ({
      ...decision,
      shopper,
      stateVersion: state.version,
      items: decision.items.map((item, slot) => ({ ...item, reasons: reasons(slate[slot]!, item.explored) })),
      group: {
        size: members.length,
        combine,
        satisfaction: satisfactionWith(slate, utilities[m]!, allowed),
      },
    })),
    places: slate.map((item) => placesOfMembers.map((places) => Math.ceil(places[item]!))),
  };
}

function refuseWrong({ userIds = [], userId, anonymousId, sessionId }: RecommendRequest): void {
  if (userId !== undefined || anonymousId !== undefined || sessionId !== undefined)
    throw new TendrilError(
      'bad-request',
      'userIds stands beside another id; accepted: userIds alone, or one shopper',
    );
  const twice = userIds.find((id, i) => userIds.indexOf(id) !== i);
  if (twice !== undefined)
    throw new TendrilError(
      'bad-request',
      `userIds names ${JSON.stringify(twice)} twice; accepted: every member once`,
    );
}
