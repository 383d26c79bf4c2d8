import {
  type Campaign,
  type Event,
  type OfferAction,
  type OfferDecision,
  offerActions,
  TendrilError,
} from '../core/index.ts';
import { type OutcomeFormula, parseOutcomeReward } from '../reward/index.ts';
import {
  banditPolicy,
  type LearnedRow,
  type OfferPolicy,
  type StoredPolicy,
  storedPolicy,
} from './offer-policy.ts';
import { credit, noSums, type OpenOffer, openOffers, rewardOf } from './outcomes.ts';

/** A campaign at work: its actions, who chooses, what is still open and what came of what was closed. A fold over the log. */
export interface RunningCampaign {
  readonly campaign: Campaign;
  readonly actions: readonly OfferAction[];
  readonly policy: OfferPolicy;
  /** The observations of the last decisions, oldest first: what a shopper is compared with. */
  readonly recent: readonly (readonly number[])[];
  /** Decisions whose window has passed, and the sum of their rewards. */
  readonly closed: { readonly decisions: number; readonly reward: number };
  /** Decisions that were not forced by the rules, and those among them at a visit. */
  readonly asked: { readonly decisions: number; readonly atVisits: number };
  readonly open: number;
  /** Of the decisions to come. */
  readonly windowMs: number;
  /** When the window of a decision is over, milliseconds. */
  deadlineOf(decision: OfferDecision): number;
  decided(decision: OfferDecision, owner: string): void;
  /** An event of a shopper; answers the decision it counts for. */
  happened(event: Event, owner: string): OpenOffer | undefined;
  join(anonymous: string, owner: string): void;
  /** Everything about a shopper but what was learned; answers the decisions that were open. */
  forget(owner: string): readonly OpenOffer[];
  /** Whether the window of a decision has passed. */
  due(now: number): boolean;
  /** Takes out the decisions whose window has passed; what they teach waits for `learn`. */
  close(now: number): readonly OpenOffer[];
  /**
   * Learns from what was closed, in that order. What cannot be learned stays first in the row, and the error is thrown; the fifth time
   * it is left out and told instead, so that it does not hold up the others for ever.
   */
  learn(leftOut: (recommendationId: string, error: Error) => void): Promise<void>;
  /** Outcomes that wait for `learn`. */
  readonly unlearned: number;
}

const recentKept = 100;
/** Times an outcome is tried to be learned from. */
const attempts = 5;
const hour = 3_600_000;

/** Throws `bad-request` where the reward is no formula, `bad-setting` where it is none for the beliefs, and what `banditPolicy` and `storedPolicy` throw. */
export async function runCampaign(
  campaign: Campaign,
  openStored: (file: string) => Promise<StoredPolicy>,
): Promise<RunningCampaign> {
  const actions = offerActions(campaign);
  const formula = formulaOf(campaign);
  refuseBeta(campaign, formula);
  const policy =
    campaign.policy && 'file' in campaign.policy
      ? storedPolicy(await openStored(campaign.policy.file), actions)
      : await banditPolicy(campaign, actions);
  const windows = openOffers();
  const recent: { readonly owner: string; readonly observation: readonly number[] }[] = [];
  const lessons: { readonly recommendationId: string; readonly row: LearnedRow }[] = [];
  /** Times the first of them failed. */
  let failures = 0;
  const closed = { decisions: 0, reward: 0 };
  const asked = { decisions: 0, atVisits: 0 };
  const windowMs = (campaign.windowHours ?? 72) * hour;
  // The window it was made under: another one would give money back that was spent, or count what came after it was given back.
  // Decisions of earlier versions did not log it; for them it is the campaign's of today.
  const deadlineOf = ({ deadline, timestamp }: OfferDecision): number => deadline ?? timestamp + windowMs;
  /** Under the campaign as it is now; -1 for what it no longer offers. */
  const actionNow = ({ offer }: OfferDecision): number =>
    actions.findIndex(
      ({ kind, percent, channel }) =>
        kind === offer.kind && percent === offer.percent && channel === offer.channel,
    );
  return {
    campaign,
    actions,
    policy,
    get recent() {
      return recent.map(({ observation }) => observation);
    },
    closed,
    asked,
    windowMs,
    deadlineOf,
    get open() {
      return windows.size;
    },
    decided(decision, owner) {
      // Where the rules left nothing but no contact nothing was chosen, and nothing is to be learned.
      const forced =
        decision.offer.kind === 'no contact' && decision.masked.length === decision.propensities.length - 1;
      if (!forced) {
        windows.open({ decision, owner, deadline: deadlineOf(decision), sums: noSums(), settled: false });
        asked.decisions++;
        if (decision.atVisit) asked.atVisits++;
      }
      if (decision.observation.length !== policy.spec.size) return;
      recent.push({ owner, observation: decision.observation });
      if (recent.length > recentKept) recent.shift();
    },
    happened(event, owner) {
      const offer = windows.creditedTo(owner, event);
      if (offer) credit(offer, event, campaign);
      return offer;
    },
    join: windows.join,
    forget(owner) {
      const others = recent.filter((one) => one.owner !== owner);
      recent.splice(0, recent.length, ...others);
      return windows.forget(owner);
    },
    due: windows.due,
    close(now) {
      const done = windows.close(now);
      for (const offer of done) {
        const { observation, recommendationId } = offer.decision;
        const [action, reward] = [actionNow(offer.decision), rewardOf(offer, formula)];
        closed.decisions++;
        closed.reward += reward;
        if (policy.learn && action >= 0 && observation.length === policy.spec.size)
          lessons.push({ recommendationId, row: { observation, action, reward } });
      }
      return done;
    },
    async learn(leftOut) {
      // One by one, so that nothing is learned twice where one of them fails.
      let done = 0;
      try {
        for (; done < lessons.length; done++) {
          const { recommendationId, row } = lessons[done]!;
          try {
            await policy.learn!(row);
          } catch (error) {
            if (++failures < attempts) throw error;
            leftOut(recommendationId, error as Error);
          }
          failures = 0;
        }
      } finally {
        lessons.splice(0, done);
      }
    },
    get unlearned() {
      return lessons.length;
    },
  };
}

function formulaOf({ reward }: Campaign): OutcomeFormula {
  const formula = parseOutcomeReward(reward);
  if (!formula.ok) throw new TendrilError('bad-request', formula.error.message);
  return formula.value;
}

const shares: readonly string[] = ['visit', 'conversion', 'unsubscribed'];

/** Beta beliefs are of shares of successes; another reward would be refused when its window is over, with nobody to hear it. */
function refuseBeta({ policy }: Campaign, { text, terms }: OutcomeFormula): void {
  if (!policy || !('agent' in policy) || policy.settings?.beliefs !== 'beta') return;
  const most = terms.reduce((sum, { weight }) => sum + weight, 0);
  if (most <= 1 && terms.every(({ weight, signal }) => weight >= 0 && shares.includes(signal))) return;
  throw new TendrilError(
    'bad-setting',
    `policy.settings.beliefs is "beta", which takes rewards from 0 to 1, and reward "${text}" may be others; accepted: terms of ${shares.join(', ')} with weights from 0 that sum to at most 1, or "beliefs": "linear"`,
  );
}
