import type { OfferDecision } from '../core/index.ts';

/**
 * The price of a budget: how much of the reward a unit of money must bring, lest a later shopper make better use of it. All
 * campaigns that share a budget are asked the same price, so money goes where it pays most, whoever asks. It is the
 * multiplier of the Lagrangian of "most reward within the budget", found by dual mirror descent with the entropy as the mirror
 * (Balseiro, Lu & Mirrokni 2020, "Dual mirror descent for online allocation problems", algorithm 1 with h(x) = x log x):
 *
 *   price <- price x exp(step x (cost / (money left / decisions left) - 1))
 *
 * after each decision, with what the decision is expected to cost. Money left is that not spent and not expected to be; the
 * decisions left are those to come until the end at the pace so far. So the money lasts, and where too little is spent
 * the price falls until nothing but the money itself speaks against spending. Without an end there is nothing to pace: price 0.
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
      /** Whether at this price the policy, not chance alone, might have spent something. */
      readonly wanted: boolean;
    },
  ): void;
  /** A contact came to cost so much. */
  settled(offer: Costs, cost: number, returns: boolean): void;
  /** Of a contact nothing more will be heard: what was set aside for it does not come back. */
  kept(offer: Costs, returns: boolean): void;
}

type Costs = Pick<OfferDecision['offer'], 'contactCost' | 'mostCost'>;

/** Large at first, when the price is a guess, then small, lest it swings. */
const stepAfter = (decisions: number): number => 0.01 + Math.min(0.2, 4 / decisions);
/** One decision moves the logarithm of the price by no more. */
const mostStep = 0.5;
const [first, lowest] = [0.01, 1e-4];
/** The price is at most so many times the highest one that was wanted. */
const mostAbove = 2;
const hour = 3_600_000;
/** A burst is the pace of an hour at least, or of this part of the time until the end. */
const parts = 100;
/** Which is halved in half a day, or in four times the usual time between two that were wanted. */
const usualTimes = 4;
/** One pause halves it no more often: a shop that asks once a week starts near the price it had. */
const mostHalvings = 2;
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
    paced: false,
  };
  const expected: Pace['expected'] = ({ contactCost, mostCost }, returns) =>
    contactCost + (returns ? now.came / now.offered : 1) * (mostCost - contactCost);
  return {
    get price() {
      return now.paced ? now.price : 0;
    },
    expected,
    decided({ timestamp, offer }, { left, until, returns, wanted }) {
      if (now.decisions++ === 0) now.since = now.last = timestamp;
      const half = Math.max(12 * hour, (usualTimes * (timestamp - now.since)) / Math.max(1, now.wanted));
      now.highest *= 0.5 ** Math.min(mostHalvings, Math.max(0, timestamp - now.last) / half);
      now.last = timestamp;
      if (wanted) {
        now.wanted++;
        now.highest = Math.max(now.highest, now.price);
      }
      now.paced = until !== undefined;
      if (returns) now.outstanding += offer.mostCost - offer.contactCost;
      if (until === undefined || now.decisions < warmUp || timestamp <= now.since) return;
      const since = Math.max(timestamp - now.since, Math.min(hour, (until - now.since) / parts));
      const toCome = Math.max(1, (now.decisions * (until - timestamp)) / since);
      const hoped = left + (1 - now.came / now.offered) * now.outstanding;
      const over = hoped > 0 ? expected(offer, returns) / (hoped / toCome) - 1 : Infinity;
      const next = now.price * Math.exp(Math.min(mostStep, stepAfter(now.decisions) * over));
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
