import type { OfferDecision } from '../core/index.ts';

/**
 * The price of a budget: how much of the reward a unit of money must bring, lest a later shopper make better use of it. All
 * campaigns that share a budget are asked the same price, so money goes where it pays most, whoever asks. It is the
 * multiplier of the Lagrangian of "most reward within the budget", found by dual mirror descent with the entropy as the mirror
 * (Balseiro, Lu & Mirrokni 2020, "Dual mirror descent for online allocation problems", algorithm 1 with h(x) = x log x):
 *
 *   price <- price x exp(step x (cost / (ahead x money left / decisions left) - 1))
 *
 * after each decision. Its cost is the mean over the draw, every action's expected cost by its probability, not that of the
 * action drawn: the same on average, and so much less noisy that the price need not swing. Money left is that not spent and
 * not expected to be; the decisions left are those to come until the end at the pace so far. So the money lasts, and where too
 * little is spent the price falls until nothing but the money itself speaks against spending. Spending runs a little ahead,
 * so that what is set aside has come back and was spent again by the end: at a steady pace (time left / time in all) ** ahead of
 * the money is left. Without an end there is nothing to pace: price 0.
 *
 * What is left to chance spends whatever the price, and a burst looks like a flow that never ends: both would drive the price
 * without bound. So it stays below twice the highest one at which the policy itself still wanted to write. That highest one
 * is forgotten by half with time, so a price that silenced everybody gives way after a pause.
 */
export interface Pace {
  readonly price: number;
  /**
   * What a contact is expected to cost: the message, and the share of its offer that earlier ones came to. Where what is not used
   * does not return before the end it is of no use to anybody else, and counts in full.
   */
  expected(offer: Costs, returns: boolean): number;
  /** A decision, with the money that is neither spent nor set aside after it, and the end of the campaign. */
  decided(
    decision: { readonly timestamp: number; readonly offer: Costs },
    money: {
      readonly left: number;
      readonly until: number | undefined;
      readonly returns: boolean;
      /** What the draw was expected to cost; and the part of it whose cost is certain when it is made. */
      readonly spends: number;
      readonly certain: number;
      /** Whether at this price the policy, not chance alone, might have spent something. */
      readonly wanted: boolean;
    },
  ): void;
  /**
   * Whether this is more money than offers of certain cost can use until the end: then it may as well be set aside for
   * something of which the rest comes back too late to be spent.
   */
  spare(money: number, now: number, until: number): boolean;
  /** A contact came to cost so much. */
  settled(offer: Costs, cost: number, returns: boolean): void;
  /** Of a contact nothing more will be heard: what was set aside for it does not come back. */
  kept(offer: Costs, returns: boolean): void;
}

type Costs = Pick<OfferDecision['offer'], 'contactCost' | 'mostCost'>;

/** Large at first, when the price is a guess, then small, lest it swings; and large at the end, when little time is left to follow. */
const stepAt = (decisions: number, toCome: number): number =>
  0.01 + Math.min(0.2, 1.5 / Math.min(decisions, Math.max(20, toCome)));
const ahead = 1.25;
/** One decision moves the logarithm of the price by no more. */
const mostStep = 0.5;
const [first, lowest] = [0.01, 1e-4];
/** The price is at most so many times the highest one that was wanted. */
const mostAbove = 2;
const hour = 3_600_000;
/** A burst is the pace of a day, or of this part of the time until the end: a shop that asks once a night is no flow that never ends. */
const parts = 100;
/** Which is halved in half a day, or in four times the usual time between two that were wanted. */
const usualTimes = 4;
/** One pause halves it no more often: a shop that asks once a week starts near the price it had. */
const mostHalvings = 2;
/** Offers of certain cost can use so many times what they used on average so far, as the price falls. */
const mostReach = 3;
/** Decisions before their pace is believed. */
const warmUp = 10;
/** As if so many offers had come to cost all that was set aside. */
const prior = 5;

export function pace(): Pace {
  const now = {
    price: first,
    decisions: 0,
    since: 0,
    last: 0,
    wanted: 0,
    highest: first,
    came: prior,
    offered: prior,
    outstanding: 0,
    certain: 0,
    paced: false,
  };
  const expected: Pace['expected'] = ({ contactCost, mostCost }, returns) =>
    contactCost + (returns ? now.came / now.offered : 1) * (mostCost - contactCost);
  /** Decisions until the end, at the pace so far. */
  const toCome = (at: number, until: number): number => {
    const since = Math.max(1, at - now.since, Math.min(24 * hour, (until - now.since) / parts));
    return Math.max(1, (now.decisions * (until - at)) / since);
  };
  return {
    get price() {
      return now.paced ? now.price : 0;
    },
    expected,
    spare: (money, at, until) =>
      now.decisions < warmUp || money > (mostReach * toCome(at, until) * now.certain) / now.decisions,
    decided({ timestamp, offer }, { left, until, returns, spends, certain, wanted }) {
      if (now.decisions++ === 0) now.since = now.last = timestamp;
      const half = Math.max(12 * hour, (usualTimes * (timestamp - now.since)) / Math.max(1, now.wanted));
      now.highest *= 0.5 ** Math.min(mostHalvings, Math.max(0, timestamp - now.last) / half);
      now.last = timestamp;
      if (wanted) {
        now.wanted++;
        now.highest = Math.max(now.highest, now.price);
      }
      now.certain += certain;
      now.paced = until !== undefined;
      if (returns) now.outstanding += offer.mostCost - offer.contactCost;
      if (until === undefined || now.decisions < warmUp || timestamp <= now.since) return;
      const coming = toCome(timestamp, until);
      const hoped = left + (1 - now.came / now.offered) * now.outstanding;
      const over = hoped > 0 ? spends / ((ahead * hoped) / coming) - 1 : Infinity;
      const next = now.price * Math.exp(Math.min(mostStep, stepAt(now.decisions, coming) * over));
      now.price = Math.max(lowest, Math.min(next, mostAbove * now.highest));
    },
    settled({ contactCost, mostCost }, cost, returns) {
      if (mostCost <= contactCost) return;
      if (returns) now.outstanding -= mostCost - contactCost;
      now.offered++;
      now.came += (cost - contactCost) / (mostCost - contactCost);
    },
    kept({ contactCost, mostCost }, returns) {
      if (returns) now.outstanding -= mostCost - contactCost;
    },
  };
}
