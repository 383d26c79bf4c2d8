import {
  type Campaign,
  type Event,
  type OfferAction,
  type OfferDecision,
  readIsoTime,
  shopperOf,
  TendrilError,
} from '../core/index.ts';
import type { Log } from '../log/index.ts';
import { offerOf } from '../state/index.ts';
import { type BudgetEntry, budgetEntryOf, budgetEvent, ledger } from './ledger.ts';
import type { StoredPolicy } from './offer-policy.ts';
import { isUsed, type OpenOffer, spentOn } from './outcomes.ts';
import { type Pace, pace } from './pace.ts';
import { type RunningCampaign, runCampaign } from './running-campaign.ts';

/** All that is known of the campaigns: money, open decisions, models, prices. A fold over the log, made anew by reading it. */
export interface Books {
  readonly running: ReadonlyMap<string, RunningCampaign>;
  /** Takes in a stored event, in order of arrival. */
  apply(event: Event): void;
  budgetOf(campaign: Campaign): Budget;
  /** What an action of a campaign is expected to cost if it is taken now. */
  expected(one: RunningCampaign, now: number): (offer: OfferAction) => number;
  given(campaignId: string, kind: string): number;
  contacts(campaignId: string): number;
  spent(campaignId: string): number;
  /** Closes what is over by this time, and learns from it. */
  close(now: number): Promise<void>;
  /** Changes of budgets since it was asked last: what was set aside and not used. */
  settlements(now: number): readonly Event[];
  /** Decisions of which such a change is still to be asked for. */
  readonly waiting: number;
}

export interface Budget {
  readonly amount: number;
  /** Neither spent nor set aside. */
  readonly left: number;
  /** Its end, milliseconds. */
  readonly until: number | undefined;
  readonly pace: Pace;
}

/** Events that tell nothing of what a shopper did. */
const silent = new Set(['impression', 'decision', 'item_changed', 'shopper_changed', 'budget']);

/** A campaign that cannot be run, or whose shared budget is none, is refused with its error and left out. */
export async function openBooks(
  campaigns: readonly Campaign[],
  given: {
    readonly reserved: Map<string, BudgetEntry>;
    ownerOf(shopper: string): string;
    openStored(file: string): Promise<StoredPolicy>;
    refused(campaign: Campaign, error: Error): void;
    /** Hears of every decision that is closed. */
    closed?(one: RunningCampaign, offer: OpenOffer): void;
  },
): Promise<Books> {
  const known = new Map(campaigns.map((campaign) => [campaign.campaignId, campaign]));
  const running = new Map<string, RunningCampaign>();
  for (const campaign of campaigns) {
    try {
      hostOf(campaign, known);
      running.set(campaign.campaignId, await runCampaign(campaign, given.openStored));
    } catch (error) {
      given.refused(campaign, error as Error);
    }
  }
  const money = ledger(given.reserved);
  const paces = new Map<string, Pace>();
  /** By decision, the last reason only: what is settled is the difference to what was set aside. */
  const unsettled = new Map<string, { readonly offer: OpenOffer; readonly why: string }>();

  function budgetOf(campaign: Campaign): Budget {
    const host = hostOf(campaign, known);
    const id = host.campaignId;
    const members = campaigns.filter(({ campaignId, budget }) =>
      typeof budget === 'number' ? campaignId === id : budget.sharedWith === id,
    );
    const own = paces.get(id) ?? pace();
    paces.set(id, own);
    const amount = host.budget as number;
    const spent = members.reduce((sum, { campaignId }) => sum + money.spent(campaignId), 0);
    const until = host.until === undefined ? undefined : readIsoTime(host.until);
    return { amount, left: amount - spent, until, pace: own };
  }

  function decided(decision: OfferDecision): void {
    const one = running.get(decision.campaignId);
    if (!one) return;
    one.decided(decision, given.ownerOf(decision.shopper));
    const { left, until, pace: own } = budgetOf(one.campaign);
    own.decided(decision, {
      left,
      until,
      returns: returns(one, decision.timestamp),
      wanted: mightSpend(decision) > one.policy.chance + 0.05,
    });
  }

  /** Whether what a message sets aside now comes back while the budget still runs. */
  function returns(one: RunningCampaign, now: number): boolean {
    return now + one.windowMs <= (budgetOf(one.campaign).until ?? Infinity);
  }

  function settle(one: RunningCampaign, offer: OpenOffer, why: string): void {
    if (offer.decision.offer.kind === 'no contact') return;
    const { timestamp, offer: made } = offer.decision;
    if (!offer.settled) budgetOf(one.campaign).pace.settled(made, spentOn(offer), returns(one, timestamp));
    offer.settled = true;
    unsettled.set(offer.decision.recommendationId, { offer, why });
    settledAlready(offer.decision.recommendationId);
  }

  /** Forgets a decision of which the log holds all that is to be told: else a start would keep every one there ever was. */
  function settledAlready(id: string): void {
    const waiting = unsettled.get(id);
    if (!waiting || !isSettled(waiting.offer)) return;
    unsettled.delete(id);
    if (waiting.why === 'closed') money.forget(id);
  }

  const stillOwed = (offer: OpenOffer): number =>
    spentOn(offer) - money.setAside(offer.decision.recommendationId);
  const isSettled = (offer: OpenOffer): boolean => Math.abs(stillOwed(offer)) < 1e-9;

  return {
    running,
    budgetOf,
    expected(one, now) {
      const inTime = returns(one, now);
      const own = budgetOf(one.campaign).pace;
      return (offer) => own.expected(offer, inTime);
    },
    given: money.given,
    contacts: money.contacts,
    spent: money.spent,
    apply(event) {
      money.apply(event);
      if (event.eventType === 'budget') settledAlready(budgetEntryOf(event)!.recommendationId);
      const decision = offerOf(event);
      if (decision) return decided(decision);
      const shopper = shopperOf(event);
      if (shopper === undefined) return;
      const owner = given.ownerOf(shopper);
      const { anonymousId = owner } = event;
      if (anonymousId !== owner && given.ownerOf(anonymousId) === owner)
        for (const one of running.values()) one.join(anonymousId, owner);
      if (silent.has(event.eventType)) return;
      for (const one of running.values()) {
        if (event.eventType === 'erased') one.forget(owner);
        else {
          const offer = one.happened(event, owner);
          if (offer && event.eventType === 'purchase' && isUsed(offer)) settle(one, offer, event.eventId);
        }
      }
    },
    async close(now) {
      for (const one of running.values())
        for (const offer of await one.close(now)) {
          given.closed?.(one, offer);
          settle(one, offer, 'closed');
        }
    },
    settlements(now) {
      const all = [...unsettled.values()];
      unsettled.clear();
      return all.map(({ offer, why }) => {
        const { recommendationId, campaignId } = offer.decision;
        const amount = stillOwed(offer);
        if (why === 'closed') money.forget(recommendationId);
        return budgetEvent({ campaignId, recommendationId, amount }, why, now);
      });
    },
    get waiting() {
      return unsettled.size;
    },
  };
}

/** The probability of all actions but no contact. */
const mightSpend = ({ propensities }: OfferDecision): number => 1 - propensities[0]!;

/** Folds the whole log into books; tells each event once it is in. */
export async function* replay(log: Log, books: Books): AsyncIterable<Event> {
  for await (const { event } of log.read()) {
    // A decision bears the server's own time: what was over by then was learned by then.
    const decision = offerOf(event);
    if (decision) await books.close(decision.timestamp);
    books.apply(event);
    yield event;
  }
}

/** The campaign whose budget this one draws from: itself, or the one it names. Throws `bad-request`. */
function hostOf({ campaignId, budget }: Campaign, known: ReadonlyMap<string, Campaign>): Campaign {
  if (typeof budget === 'number') return known.get(campaignId)!;
  const host = known.get(budget.sharedWith);
  if (host && typeof host.budget === 'number') return host;
  throw new TendrilError(
    'bad-request',
    host
      ? `budget.sharedWith of campaign "${campaignId}" names "${budget.sharedWith}", which has no budget of its own; accepted: a campaign whose budget is an amount`
      : `budget.sharedWith of campaign "${campaignId}" names "${budget.sharedWith}", which is no campaign; accepted: ${[...known.keys()].filter((id) => id !== campaignId).join(', ') || 'an amount, there is no other campaign yet'}`,
  );
}
