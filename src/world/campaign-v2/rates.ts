import type { Message } from './actions.ts';
import { basketQuantiles, cells, coupons } from './calibration.data.ts';
import {
  bundleBasket,
  bundleDepth,
  freeShippingCost,
  freeShippingOdds,
  margin,
  slotsADay,
  takenOfCouponOdds,
} from './parameters.ts';

/**
 * What the data say of a shopper, by cell of department (0 first, 1 second, 2 both), days since the last purchase and
 * money spent in the past year:
 *
 *   hazard    chance of a visit of their own in one slot: 1 - (1 - visits without e-mail)^(1 / slots of two weeks)
 *   pull      chance that one e-mail brings a visit that would not have been: 1 - (1 - visits with) / (1 - visits without),
 *             of the men's e-mail for any message, of the women's for a bundle
 *   buys      chance that a visit ends in a purchase: of their own, and of one that was pulled,
 *             (visits with x bought with - visits without x bought without) / (visits with - visits without)
 */
const recencyBands = 4;
const historyBands = 5;
const historyFrom = [100, 200, 350, 500] as const;
const slotsOfTrial = 14 * slotsADay;

export function cellOf(department: number, lastPurchaseDays: number, spent: number): number {
  const recency = lastPurchaseDays < 91 ? 0 : lastPurchaseDays < 183 ? 1 : lastPurchaseDays < 274 ? 2 : 3;
  let history = 0;
  while (history < historyFrom.length && spent >= historyFrom[history]!) history++;
  return (department * recencyBands + recency) * historyBands + history;
}

const table = (of: (cell: readonly number[]) => number): Float64Array => Float64Array.from(cells, of);
const pulled = (arm: number) => (c: readonly number[]) => Math.max(0, 1 - (1 - c[1 + arm]!) / (1 - c[1]!));
const bought = (arm: number) => (c: readonly number[]) => {
  const more = c[1 + arm]! - c[1]!;
  const ofMore = more > 0.01 ? (c[1 + arm]! * c[4 + arm]! - c[1]! * c[4]!) / more : c[4 + arm]!;
  return Math.min(0.5, Math.max(0.01, ofMore));
};

export const hazard = table((c) => 1 - (1 - c[1]!) ** (1 / slotsOfTrial));
/** By kind of message: 0 any, 1 a bundle. */
export const pull = [table(pulled(1)), table(pulled(2))] as const;
/** By what brought the visit: 0 nothing, 1 a message, 2 a bundle. */
export const buys = [table((c) => c[4]!), table(bought(1)), table(bought(2))] as const;

/** Visits and answers on a weekday (0 Monday) against the mean day. */
export const weekdayFactor = Float64Array.from(coupons.weekdays, (share) => share * 7);

/** What of the log-odds between two kinds of households a discount of a given depth moves. */
const logit = (p: number): number => Math.log(p / (1 - p));
const oddsAtMedian =
  takenOfCouponOdds * (logit(coupons.redeemedBySensitive) - logit(coupons.redeemedByOthers));

/** Chance of buying `p` under an open offer: discounts move the discount-sensitive, free shipping who prefers it. */
export function buysWith(
  p: number,
  offer: Omit<Message, 'channel'> | undefined,
  sensitive: boolean,
  freeShipping: boolean,
): number {
  if (!offer) return p;
  let odds = p / (1 - p);
  if (offer.kind === 'discount' && sensitive)
    odds *= Math.exp((oddsAtMedian * offer.depth) / coupons.medianDepth);
  if (offer.kind === 'free shipping' && freeShipping) odds *= freeShippingOdds;
  return odds / (1 + odds);
}

/** Dollars of a purchase for a uniform number, by Hillstrom's quantiles, and their mean. */
export function basket(u: number): number {
  const place = u * (basketQuantiles.length - 1);
  const below = Math.min(basketQuantiles.length - 2, Math.floor(place));
  return basketQuantiles[below]! + (place - below) * (basketQuantiles[below + 1]! - basketQuantiles[below]!);
}
export const largestBasket = basketQuantiles.at(-1)!;
export const meanBasket =
  basketQuantiles.slice(1).reduce((sum, q, i) => sum + (q + basketQuantiles[i]!) / 2, 0) /
  (basketQuantiles.length - 1);

/** What a purchase of `dollars` brings under an offer, and what of that the offer itself took. */
export function earned(
  dollars: number,
  offer: Omit<Message, 'channel'> | undefined,
): { margin: number; offer: number } {
  switch (offer?.kind) {
    case 'discount':
      return { margin: dollars * margin - dollars * offer.depth, offer: dollars * offer.depth };
    case 'free shipping':
      return { margin: dollars * margin - freeShippingCost, offer: freeShippingCost };
    case 'bundle': {
      const off = dollars * bundleBasket * bundleDepth;
      return { margin: dollars * bundleBasket * margin - off, offer: off };
    }
    default:
      return { margin: dollars * margin, offer: 0 };
  }
}
