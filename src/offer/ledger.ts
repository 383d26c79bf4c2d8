import type { Event, Json, OfferDecision } from '../core/index.ts';

/**
 * The money of all campaigns, as a fold over events of type `budget`. Each says whose budget changes by how much and names no
 * shopper, so that an erasure gives no money back: what was spent on somebody stays spent.
 *
 *   decision   + the most the message and its offer may cost     set aside before it is answered
 *   purchase   - what of it is not used                          settled as soon as the cost is known
 *   window     - what of it is not used                          nobody came
 *
 * What is being decided right now is set aside in memory until its event is stored: requests at the same time never take
 * the same money.
 */
export interface Ledger {
  apply(event: Event): void;
  /** Spent or set aside, by this campaign alone. */
  spent(campaignId: string): number;
  /** The same without what is being decided right now. */
  stored(campaignId: string): number;
  contacts(campaignId: string): number;
  /** Times a kind of offer was made. */
  given(campaignId: string, kind: string): number;
  /** Set aside for a decision and not settled yet. */
  setAside(id: string): number;
  /** It is settled: nothing more will come of it. */
  forget(id: string): void;
}

export interface BudgetEntry {
  readonly campaignId: string;
  readonly recommendationId: string;
  /** Where it is a new contact. */
  readonly kind?: string;
  /** Money, below 0 where some is given back. */
  readonly amount: number;
}

interface Account {
  spent: number;
  given: Record<string, number>;
}

/** `reserved` by the id of the decision that is being stored. */
export function ledger(reserved: Map<string, BudgetEntry>): Ledger {
  const accounts = new Map<string, Account>();
  const open = new Map<string, number>();
  const accountOf = (campaignId: string): Account => {
    const account = accounts.get(campaignId) ?? { spent: 0, given: {} };
    accounts.set(campaignId, account);
    return account;
  };
  function take({ campaignId, kind, amount }: BudgetEntry): void {
    const account = accountOf(campaignId);
    account.spent += amount;
    if (kind !== undefined) account.given[kind] = (account.given[kind] ?? 0) + 1;
  }
  const givenOf = (campaignId: string, kind?: string): number => {
    const stored = accounts.get(campaignId)?.given ?? {};
    let sum = kind === undefined ? Object.values(stored).reduce((all, n) => all + n, 0) : (stored[kind] ?? 0);
    for (const entry of reserved.values())
      if (entry.campaignId === campaignId && entry.kind !== undefined && (kind ?? entry.kind) === entry.kind)
        sum++;
    return sum;
  };
  return {
    apply(event) {
      const entry = budgetEntryOf(event);
      if (!entry) return;
      const { recommendationId: id } = entry;
      if (entry.kind !== undefined) reserved.delete(id);
      take(entry);
      const left = (open.get(id) ?? 0) + entry.amount;
      if (entry.kind !== undefined || open.has(id)) open.set(id, left);
    },
    spent(campaignId) {
      let sum = accounts.get(campaignId)?.spent ?? 0;
      for (const entry of reserved.values()) if (entry.campaignId === campaignId) sum += entry.amount;
      return sum;
    },
    stored: (campaignId) => accounts.get(campaignId)?.spent ?? 0,
    contacts: (campaignId) => givenOf(campaignId),
    given: givenOf,
    setAside: (id) => open.get(id) ?? 0,
    forget: (id) => void open.delete(id),
  };
}

/** The event that changes a budget. Its id says why, so that nothing is counted twice. */
export function budgetEvent(
  entry: BudgetEntry,
  why: 'decided' | 'closed' | string,
  timestamp: number,
): Event {
  return {
    eventId: `budget:${entry.recommendationId}:${why}`,
    eventType: 'budget',
    timestamp,
    properties: { budget: entry as unknown as Json },
  };
}

/** What an event changes of a budget; undefined for other events. */
export function budgetEntryOf(event: Event): BudgetEntry | undefined {
  if (event.eventType !== 'budget') return undefined;
  return event.properties?.budget as unknown as BudgetEntry;
}

/** What a decision sets aside; undefined where nobody is written to. */
export function setAsideFor({ campaignId, recommendationId, offer }: OfferDecision): BudgetEntry | undefined {
  if (offer.kind === 'no contact') return undefined;
  return { campaignId, recommendationId, kind: offer.kind, amount: offer.mostCost };
}
