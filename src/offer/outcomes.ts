import { type Campaign, type Event, moneyOf, type OfferDecision, propertyNumber } from '../core/index.ts';
import type { OutcomeFormula, OutcomeName } from '../reward/index.ts';
import { isPassive } from '../state/index.ts';

/**
 * What came of a decision. Everything a shopper does within the window counts for one decision of a campaign: the one it
 * names as its `recommendationId`, else the shopper's newest. That holds for "no contact" too: what a shopper buys unasked
 * is what a message must beat. (Slates are told apart by the products shown, in reward/attribution.ts; a message has none.)
 */
export interface OpenOffer {
  readonly decision: OfferDecision;
  /** Whoever the shopper is known to be now. */
  owner: string;
  /** Milliseconds; at this moment it is closed. */
  readonly deadline: number;
  readonly sums: Sums;
  /** True once its cost was told to the budget's pace. */
  settled: boolean;
}

/** Running sums of what was credited; `reported` of what purchases say their discount was. */
export type Sums = Record<
  'visits' | 'purchases' | 'spend' | 'margin' | 'unsubscribed' | 'reported' | 'estimated',
  number
>;

export const noSums = (): Sums => ({
  visits: 0,
  purchases: 0,
  spend: 0,
  margin: 0,
  unsubscribed: 0,
  reported: 0,
  estimated: 0,
});

/** Adds what an event tells. */
export function credit(
  { decision: { offer }, sums }: OpenOffer,
  event: Event,
  { marginShare = 0 }: Campaign,
): void {
  if (event.eventType === 'unsubscribe') {
    sums.unsubscribed = 1;
    return;
  }
  if (event.eventType === 'refund') {
    sums.spend -= moneyOf(event) ?? 0;
    sums.margin -= propertyNumber(event, 'margin') ?? marginShare * (moneyOf(event) ?? 0);
    return;
  }
  if (isPassive(event.eventType)) return;
  sums.visits++;
  if (event.eventType !== 'purchase') return;
  const paid = moneyOf(event) ?? 0;
  const said = propertyNumber(event, 'discount');
  // A discount below 0 would put money into the budget.
  const reported = said === undefined ? undefined : Math.max(0, said);
  // An offer is used once: where nobody says which purchase it was, it was the first.
  const estimated = sums.purchases > 0 ? 0 : (paid * offer.percent) / (100 - offer.percent);
  sums.purchases++;
  sums.spend += paid;
  sums.margin += propertyNumber(event, 'margin') ?? marginShare * (paid + (reported ?? estimated));
  if (reported === undefined) sums.estimated += estimated;
  else sums.reported += reported;
}

/**
 * What the message and its offer cost: discounts as the purchases report them (`properties.discount`), else by the percentage,
 * but then never beyond what was set aside; free shipping once something was bought.
 */
export function costOf({ decision: { offer }, sums }: OpenOffer): number {
  const most = offer.mostCost - offer.contactCost;
  if (offer.kind === 'free shipping') return offer.contactCost + (sums.purchases > 0 ? most : 0);
  if (offer.kind !== 'discount' && offer.kind !== 'bundle') return offer.contactCost;
  return offer.contactCost + Math.max(sums.reported, Math.min(most, sums.reported + sums.estimated));
}

/** What of it the budget bears: never more than was set aside, whatever else the purchases took off. */
export const spentOn = (open: OpenOffer): number => Math.min(open.decision.offer.mostCost, costOf(open));

/** Whether its offer was used: what it cost is known then, and no later purchase uses it again. */
export const isUsed = (open: OpenOffer): boolean => spentOn(open) > open.decision.offer.contactCost;

/** What came of it, as the columns of a log of choices. */
export function outcomeOf(open: OpenOffer): Readonly<Record<OutcomeName, number>> {
  const { sums } = open;
  return {
    visit: sums.visits > 0 ? 1 : 0,
    conversion: sums.purchases > 0 ? 1 : 0,
    spend: sums.spend,
    margin: sums.margin,
    cost: costOf(open),
    unsubscribed: sums.unsubscribed,
  };
}

export function rewardOf(open: OpenOffer, { terms }: OutcomeFormula): number {
  const outcome = outcomeOf(open);
  return terms.reduce((sum, { weight, signal }) => sum + weight * outcome[signal], 0);
}

/** The decisions of one campaign whose window is open. */
export interface OpenOffers {
  /**
   * Opens a decision's window. No contact is compared with contact only where both are left alone for as long: it is not
   * opened while another window of the shopper is open, and a message that follows ends it without an outcome.
   */
  open(offer: OpenOffer): void;
  /** The decision an event counts for, or undefined. */
  creditedTo(owner: string, event: Event): OpenOffer | undefined;
  /** Whether there is one whose window has passed. */
  due(now: number): boolean;
  /** Takes out those whose window has passed, the oldest first. */
  close(now: number): readonly OpenOffer[];
  /** An anonymous shopper turned out to be this one. */
  join(anonymous: string, owner: string): void;
  /** Everything about a shopper; answers what was open. */
  forget(owner: string): readonly OpenOffer[];
  readonly size: number;
}

const isSilent = ({ decision }: OpenOffer): boolean => decision.offer.kind === 'no contact';

export function openOffers(): OpenOffers {
  const byId = new Map<string, OpenOffer>();
  const byOwner = new Map<string, OpenOffer[]>();
  /** By deadline, from `head` on; some were taken out since. */
  let queue: OpenOffer[] = [];
  let head = 0;
  const isOpen = (offer: OpenOffer): boolean => byId.get(offer.decision.recommendationId) === offer;
  const next = (): OpenOffer | undefined => {
    while (head < queue.length && !isOpen(queue[head]!)) head++;
    return queue[head];
  };
  const add = (offer: OpenOffer): void => {
    byId.set(offer.decision.recommendationId, offer);
    // At the end, but where the clock was put back.
    let at = queue.length;
    while (at > head && queue[at - 1]!.deadline > offer.deadline) at--;
    queue.splice(at, 0, offer);
    byOwner.set(offer.owner, [...(byOwner.get(offer.owner) ?? []), offer]);
  };
  const remove = (offer: OpenOffer): void => {
    byId.delete(offer.decision.recommendationId);
    const left = (byOwner.get(offer.owner) ?? []).filter((one) => one !== offer);
    if (left.length > 0) byOwner.set(offer.owner, left);
    else byOwner.delete(offer.owner);
  };
  const holds = ({ decision, deadline }: OpenOffer, { timestamp }: Event): boolean =>
    timestamp >= decision.timestamp && timestamp < deadline;
  return {
    open(offer) {
      const others = byOwner.get(offer.owner) ?? [];
      if (isSilent(offer) && others.length > 0) return;
      for (const other of others.filter(isSilent)) remove(other);
      add(offer);
    },
    creditedTo(owner, event) {
      const named = event.recommendationId === undefined ? undefined : byId.get(event.recommendationId);
      if (named) return holds(named, event) ? named : undefined;
      // Who is tired of messages is tired of the last one, not of none.
      const counts = (offer: OpenOffer): boolean => event.eventType !== 'unsubscribe' || !isSilent(offer);
      return byOwner.get(owner)?.findLast((offer) => holds(offer, event) && counts(offer));
    },
    due: (now) => (next()?.deadline ?? Infinity) <= now,
    close(now) {
      const closed: OpenOffer[] = [];
      for (let offer = next(); offer && offer.deadline <= now; offer = next()) {
        closed.push(offer);
        remove(offer);
      }
      if (head > 1_000 && head > queue.length / 2) {
        queue = queue.slice(head);
        head = 0;
      }
      return closed;
    },
    join(anonymous, owner) {
      const moved = byOwner.get(anonymous);
      if (!moved) return;
      for (const offer of moved) offer.owner = owner;
      byOwner.delete(anonymous);
      const all = [...(byOwner.get(owner) ?? []), ...moved];
      byOwner.set(
        owner,
        all.sort((a, b) => a.decision.timestamp - b.decision.timestamp),
      );
    },
    forget(owner) {
      const open = byOwner.get(owner) ?? [];
      for (const offer of open) byId.delete(offer.decision.recommendationId);
      byOwner.delete(owner);
      return open;
    },
    get size() {
      return byId.size;
    },
  };
}
