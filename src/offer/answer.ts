import { likeliestChoice, type Policy } from '../agent/index.ts';
import type { OfferRequest } from '../core/index.ts';
import type { ShopperState } from '../state/index.ts';
import type { OfferWords } from '../world/index.ts';
import type { Budget } from './books.ts';
import { pricedPolicy } from './choose.ts';
import type { MadeOffer } from './decide-offer.ts';
import type { OfferPolicy } from './offer-policy.ts';
import type { RunningCampaign } from './running-campaign.ts';
import { sayAction, shownMoney, wordsOf } from './words.ts';

/** What a shop is told of a decision. */
export interface OfferAnswer {
  readonly recommendationId: string;
  readonly campaignId: string;
  readonly offer: {
    readonly action: number;
    readonly kind: string;
    readonly words: string;
    readonly percent?: number;
    readonly channel?: string;
    readonly itemIds?: readonly string[];
    /** Set aside of the budget. */
    readonly mostCost: number;
    /** When it must end, ISO 8601: used later it costs the budget nothing. Missing of no contact. */
    readonly until?: string;
  };
  readonly propensity: number;
  readonly explored: boolean;
  readonly policy: { readonly id: string; readonly version: string };
  /** In sentences: what speaks for it, or why nobody is written to. */
  readonly reasons: readonly string[];
  /** Every rule that forbade something, with the actions it forbade; several may forbid the same one. */
  readonly masked: readonly {
    readonly code: string;
    readonly reason: string;
    readonly actions: readonly number[];
  }[];
  readonly budget: { readonly amount: number; readonly left: number; readonly price: number };
  readonly degraded?: string;
  /** On request: every action with its probability, and the features' Shapley values. */
  readonly actions?: readonly {
    readonly action: number;
    readonly words: string;
    readonly propensity: number;
  }[];
  readonly explanation?: unknown;
}

/** Says why: in a sentence always, with Shapley values where they are asked for. Given by whoever knows how. */
export interface ExplainOffer {
  sentence(about: AboutChoice): Promise<string>;
  whole(about: AboutChoice): Promise<Explained>;
}

interface Explained {
  readonly action: number;
  readonly preferred: { readonly action: number; readonly words: string };
  readonly otherwise?: { readonly action: number; readonly words: string; readonly probability: number };
  readonly sentence: string;
}

export interface AboutChoice {
  readonly policy: Policy;
  readonly observation: Float32Array;
  /** Of other shoppers' decisions. */
  readonly background: readonly (readonly number[])[];
  readonly words: OfferWords;
  /** The policy's choice, not the campaign's action. */
  readonly choice: number;
  readonly mask: Uint8Array;
  /** Which rules forbid what the mask does, as they are said. */
  readonly rules: readonly string[];
  readonly seed: string;
}

export async function answerOf(
  { decision, observation, choice, blocked, failure }: MadeOffer,
  { actions, policy }: RunningCampaign,
  given: {
    readonly background: readonly (readonly number[])[];
    readonly state: ShopperState;
    readonly budget: Budget;
    readonly request: OfferRequest;
    readonly explain: ExplainOffer;
    /** Hears what the operator must know. */
    warn(message: string): void;
  },
): Promise<OfferAnswer> {
  const { background, state, request, explain } = given;
  const { amount, left, pace } = given.budget;
  const { action, offer } = decision;
  const masked = new Map<string, { code: string; reason: string; actions: number[] }>();
  blocked.forEach((rules, i) => {
    for (const rule of rules ?? []) {
      const entry = masked.get(rule.reason) ?? { ...rule, actions: [] };
      masked.set(rule.reason, entry);
      entry.actions.push(i);
    }
  });
  // A sentence is told the first rule of each action; more would be a list.
  const why = [...new Set(blocked.flatMap((rules) => rules?.[0].reason ?? []))];
  const words = wordsOf(actions, state);
  // Where nothing but no contact was left, the rules decided and not the policy.
  const asked = choice.mask.some((open, i) => open === 1 && policy.actionOf[i]! > 0);
  const about: AboutChoice = {
    policy: pricedPolicy(policy.policy, choice.costs),
    observation,
    background,
    words: { ...words, action: (i) => words.action(Math.max(0, policy.actionOf[i]!)) },
    choice: policy.actionOf.indexOf(action),
    mask: choice.mask,
    rules: why,
    seed: decision.recommendationId,
  };
  const said = sayAction(offer);
  let reasons = why.map((reason) => `No contact: ${reason}.`);
  let explanation: unknown;
  let degraded: string | undefined;
  if (failure !== undefined) {
    reasons = ['No contact: the policy could not be asked.'];
    degraded = 'the policy failed; nobody is written to';
  }
  if (asked)
    try {
      const known =
        nothingToSay(said, policy, background.length, choice.costs) ??
        (await savingFor(about, policy, choice.costs));
      const whole =
        request.explain && background.length > 0 ? inActions(await explain.whole(about), policy) : undefined;
      // One answer, one sentence; beside bars the one that goes by them.
      const sentence = known ?? whole?.sentence ?? (await explain.sentence(about));
      if (whole) explanation = { ...whole, sentence };
      reasons = [sentence];
    } catch (error) {
      // The decision is logged and its money set aside: it is to be carried out, whether or not anybody can say why.
      reasons = [`${capital(said)}: the reasons could not be worked out.`];
      degraded = 'the offer stands, but its reasons could not be worked out';
      given.warn(
        `the reasons of offer ${decision.recommendationId} of campaign ${decision.campaignId} could not be worked out: ${(error as Error).message}`,
      );
    }
  return {
    recommendationId: decision.recommendationId,
    campaignId: decision.campaignId,
    offer: {
      action,
      kind: offer.kind,
      words: said,
      ...(offer.percent > 0 && { percent: offer.percent }),
      ...(offer.channel !== '' && { channel: offer.channel }),
      ...(offer.itemIds && { itemIds: offer.itemIds }),
      mostCost: offer.mostCost,
      ...(offer.kind !== 'no contact' && { until: new Date(decision.deadline!).toISOString() }),
    },
    propensity: decision.propensity,
    explored: decision.explored,
    policy: decision.policy,
    reasons,
    masked: [...masked.values()],
    budget: { amount, left: shownMoney(left), price: pace.price },
    ...(degraded !== undefined && { degraded }),
    ...(request.explain && {
      actions: actions.map((one, i) => ({
        action: i,
        words: sayAction(one),
        propensity: decision.propensities[i]!,
      })),
      ...(explanation !== undefined && { explanation }),
    }),
  };
}

/** Before anything is learned, and before there is anybody to compare with, there is no reason but this. */
function nothingToSay(said: string, policy: OfferPolicy, others: number, costs: Float64Array) {
  const opening = capital(said);
  const saving = costs.some((cost) => cost > 0) ? ', the dearer the less, for the budget is to last' : '';
  if (policy.learn && policy.learned === 0)
    return `${opening}: nothing was learned yet; what is allowed is tried by chance${saving}.`;
  return others === 0
    ? `${opening}: nobody else was decided for yet to compare this shopper with.`
    : undefined;
}

/** Where the price of the budget turned the choice, it is the reason and not the shopper. */
async function savingFor(
  { policy: priced, observation, words, choice, mask }: AboutChoice,
  { policy }: OfferPolicy,
  costs: Float64Array,
): Promise<string | undefined> {
  if (costs.every((cost) => cost === 0)) return undefined;
  const best = async (of: Policy): Promise<number> =>
    likeliestChoice(of, await of.evaluate(observation, 1), 0, mask);
  const free = await best(policy);
  if (free === choice || (await best(priced)) !== choice) return undefined;
  const said = words.action(choice);
  return `${capital(said)}: the budget is being saved for offers that bring more; if money had no price it would be ${words.action(free)}.`;
}

const capital = (text: string): string => `${text[0]!.toUpperCase()}${text.slice(1)}`;

/** The policy's choices as the campaign's actions. */
const inActions = <T extends Explained>(explanation: T, { actionOf }: OfferPolicy): T => ({
  ...explanation,
  action: actionOf[explanation.action]!,
  preferred: { ...explanation.preferred, action: actionOf[explanation.preferred.action]! },
  ...(explanation.otherwise && {
    otherwise: { ...explanation.otherwise, action: actionOf[explanation.otherwise.action]! },
  }),
});
