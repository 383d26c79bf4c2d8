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
import { identityLinks, offerOf } from '../state/index.ts';
import { type BudgetEntry, budgetEntryOf, budgetEvent, ledger } from './ledger.ts';
import type { StoredPolicy } from './offer-policy.ts';
import { isUsed, type OpenOffer, spentOn } from './outcomes.ts';
import { type Pace, pace } from './pace.ts';
import { type RunningCampaign, runCampaign } from './running-campaign.ts';

/**
 * All that is known of the campaigns: money, open decisions, models, prices. A fold over the log in order of arrival and
 * nothing else, so that a restart finds what was there before. Windows too are closed where the log says so: at a decision,
 * which bears the server's own time, and at an event `windows_closed`.
 */
export interface Books {
  readonly running: ReadonlyMap<string, RunningCampaign>;
  /** Takes in a stored event, in order of arrival. */
  apply(event: Event): void;
  budgetOf(campaign: Campaign): Budget;
  /** What an action of a campaign is expected to cost if it is taken now. */
  expected(one: RunningCampaign, now: number): (offer: OfferAction) => number;
  /** Whether what an action sets aside and does not use comes back too late, while other offers can use the money. */
  tooLate(one: RunningCampaign, now: number): (offer: OfferAction) => boolean;
  given(campaignId: string, kind: string): number;
  contacts(campaignId: string): number;
  spent(campaignId: string): number;
  /** Whether the window of a decision is over by this time. */
  due(now: number): boolean;
  /** Closes what is over by this time, without the log hearing of it: for whoever looks at outcomes. */
  close(now: number): void;
  /**
   * Learns from what was closed. Never fails: what cannot be learned is told once, kept, and tried again the next times, and an
   * outcome that fails every time is left out and told.
   */
  learn(): Promise<void>;
  /** Outcomes that wait for `learn`. */
  readonly unlearned: number;
  /** Changes of budgets that the log does not hold yet: what was set aside and not used. The same ones until they are applied. */
  settlements(now: number): readonly Event[];
  /** Decisions that wait for such a change. */
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

/** In windows: so long before the end money comes back that is of use. */
const timeToSpend = 0.5;

/** Events that tell nothing of what a shopper did. */
const silent = new Set(['impression', 'decision', 'item_changed', 'shopper_changed', 'budget']);

/** A campaign that cannot be run, or whose shared budget is none, is refused with its error and left out. */
export async function openBooks(
  campaigns: readonly Campaign[],
  given: {
    readonly reserved: Map<string, BudgetEntry>;
    openStored(file: string): Promise<StoredPolicy>;
    refused(campaign: Campaign, error: Error): void;
    /** Hears what the operator must know. */
    warn(message: string): void;
    /** Hears of every decision that is closed. */
    closed?(one: RunningCampaign, offer: OpenOffer): void;
  },
): Promise<Books> {
  const known = new Map(campaigns.map((campaign) => [campaign.campaignId, campaign]));
  const running = new Map<string, RunningCampaign>();
  // In one order whatever was declared last: sums of money are the same then to the last digit.
  for (const campaign of [...campaigns].sort((a, b) => (a.campaignId < b.campaignId ? -1 : 1))) {
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
  /** Who is who so far. The shop's own state knows what comes later in the log, and this must not. */
  const links = identityLinks();
  const ownerOf = (shopper: string): string => links.userOf(shopper) ?? shopper;
  /** Campaigns whose learning failed and was told. */
  const told = new Set<RunningCampaign>();

  /** By default with what is being decided right now. */
  function budgetOf(campaign: Campaign, spentBy: (campaignId: string) => number = money.spent): Budget {
    const host = hostOf(campaign, known);
    const id = host.campaignId;
    const members = campaigns.filter(({ campaignId, budget }) =>
      typeof budget === 'number' ? campaignId === id : budget.sharedWith === id,
    );
    const own = paces.get(id) ?? pace();
    paces.set(id, own);
    const amount = host.budget as number;
    const spent = members.reduce((sum, { campaignId }) => sum + spentBy(campaignId), 0);
    const until = host.until === undefined ? undefined : readIsoTime(host.until);
    return { amount, left: amount - spent, until, pace: own };
  }

  function decided(decision: OfferDecision): void {
    const one = running.get(decision.campaignId);
    if (!one) return;
    one.decided(decision, ownerOf(decision.shopper));
    const { left, until, pace: own } = budgetOf(one.campaign, money.stored);
    const inTime = returns(one, decision.timestamp, one.deadlineOf(decision));
    own.decided(decision, {
      left,
      until,
      returns: inTime,
      ...costOfDraw(one, decision, (offer) => own.expected(offer, inTime)),
      wanted: mightSpend(decision) > one.policy.chance + 0.05,
    });
  }

  /** Whether what a message sets aside now comes back while the budget still runs, and long enough before its end to be spent again. */
  function returns(one: RunningCampaign, now: number, deadline = now + one.windowMs): boolean {
    return deadline + timeToSpend * (deadline - now) <= (budgetOf(one.campaign).until ?? Infinity);
  }

  function settle(one: RunningCampaign, offer: OpenOffer, why: string): void {
    if (offer.decision.offer.kind === 'no contact') return;
    const { timestamp, offer: made } = offer.decision;
    if (!offer.settled)
      budgetOf(one.campaign).pace.settled(made, spentOn(offer), returns(one, timestamp, offer.deadline));
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
  const isSettled = (offer: OpenOffer): boolean =>
    Math.abs(stillOwed(offer)) < 1e-9 * Math.max(1, offer.decision.offer.mostCost);

  function close(now: number): void {
    for (const one of running.values())
      for (const offer of one.close(now)) {
        given.closed?.(one, offer);
        settle(one, offer, 'closed');
      }
  }

  /**
   * Nobody can say any more what came of what was sent to an erased shopper, and it may still be redeemed: what is set aside for
   * it stays spent.
   */
  function forget(owner: string): void {
    for (const one of running.values())
      for (const { decision, deadline, settled } of one.forget(owner)) {
        const { offer, timestamp } = decision;
        if (!settled) budgetOf(one.campaign).pace.kept(offer, returns(one, timestamp, deadline));
        money.forget(decision.recommendationId);
      }
    for (const [id, { offer }] of unsettled) if (offer.owner === owner) unsettled.delete(id);
  }

  return {
    running,
    budgetOf,
    expected(one, now) {
      const inTime = returns(one, now);
      const own = budgetOf(one.campaign).pace;
      return (offer) => own.expected(offer, inTime);
    },
    tooLate(one, now) {
      const { left, until, pace: own } = budgetOf(one.campaign);
      if (until === undefined || returns(one, now)) return () => false;
      return ({ contactCost, mostCost }) => mostCost > contactCost && !own.spare(left - mostCost, now, until);
    },
    given: money.given,
    contacts: money.contacts,
    spent: money.spent,
    apply(event) {
      if (running.size === 0) return;
      money.apply(event);
      if (event.eventType === 'budget') return settledAlready(budgetEntryOf(event)!.recommendationId);
      if (event.eventType === 'windows_closed') return close(event.timestamp);
      links.apply(event);
      const decision = offerOf(event);
      if (decision) {
        close(decision.timestamp);
        return decided(decision);
      }
      const shopper = shopperOf(event);
      if (shopper === undefined) return;
      const owner = ownerOf(shopper);
      const { anonymousId = owner } = event;
      if (anonymousId !== owner && ownerOf(anonymousId) === owner)
        for (const one of running.values()) one.join(anonymousId, owner);
      if (silent.has(event.eventType)) return;
      if (event.eventType === 'erased') {
        for (const one of new Set([owner, shopper])) forget(one);
        return links.forget(owner);
      }
      for (const one of running.values()) {
        const offer = one.happened(event, owner);
        if (offer && event.eventType === 'purchase' && isUsed(offer)) settle(one, offer, event.eventId);
      }
    },
    due: (now) => [...running.values()].some((one) => one.due(now)),
    close,
    async learn() {
      for (const one of running.values()) {
        if (one.unlearned === 0) continue;
        try {
          await one.learn((recommendationId, { message }) =>
            given.warn(
              `campaign ${one.campaign.campaignId} learns nothing from the outcome of offer ${recommendationId}, which failed every time: ${message}`,
            ),
          );
          told.delete(one);
        } catch (error) {
          if (!told.has(one))
            given.warn(
              `campaign ${one.campaign.campaignId} cannot learn from ${one.unlearned} outcomes; they are kept and tried again: ${(error as Error).message}`,
            );
          told.add(one);
        }
      }
    },
    get unlearned() {
      let sum = 0;
      for (const one of running.values()) sum += one.unlearned;
      return sum;
    },
    settlements: (now) =>
      [...unsettled.values()].map(({ offer, why }) => {
        const { recommendationId, campaignId } = offer.decision;
        return budgetEvent({ campaignId, recommendationId, amount: stillOwed(offer) }, why, now);
      }),
    get waiting() {
      return unsettled.size;
    },
  };
}

/** What the draw was expected to cost; of a decision under other actions than there are now, what the drawn one was. */
function costOfDraw(
  { actions }: RunningCampaign,
  { offer, propensities }: OfferDecision,
  expected: (offer: Pick<OfferAction, 'contactCost' | 'mostCost'>) => number,
): { readonly spends: number; readonly certain: number } {
  const drawn = actions.length === propensities.length ? actions : [offer];
  let [spends, certain] = [0, 0];
  for (const [i, action] of drawn.entries()) {
    const cost = (drawn === actions ? propensities[i]! : 1) * expected(action);
    spends += cost;
    if (action.mostCost === action.contactCost) certain += cost;
  }
  return { spends, certain };
}

/** The probability of all actions but no contact. */
const mightSpend = ({ propensities }: OfferDecision): number => 1 - propensities[0]!;

/** Folds the whole log into books; tells each event once it is in. */
export async function* replay(log: Log, books: Books): AsyncIterable<Event> {
  for await (const { event } of log.read()) {
    books.apply(event);
    yield event;
  }
}

/** Outcomes that may wait to be learned while the log is read. */
const learnedAtOnce = 1_000;

/** The same, learning along the way. What cannot be learned is tried again when as many more wait, not at every event. */
export async function* relearn(log: Log, books: Books, atOnce = learnedAtOnce): AsyncIterable<Event> {
  let kept = 0;
  for await (const event of replay(log, books)) {
    yield event;
    if (books.unlearned < kept + atOnce) continue;
    await books.learn();
    kept = books.unlearned;
  }
  await books.learn();
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
