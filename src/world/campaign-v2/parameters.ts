/**
 * What no data set at hand tells: declared, not measured. The rates that are measured are in calibration.data.ts.
 * Money is dollars, time is slots: two a day, at 10:00 and at 20:00.
 */
export const slotsADay = 2;
export const days = 56;
export const slots = days * slotsADay;

/** Share of the price that is left after the goods are paid. */
export const margin = 0.4;
/** What sending costs, by channel. */
export const contactCost = [0.01, 0.05, 0.005] as const;
export const freeShippingCost = 6;
/** A bundle sells this many times the goods, at this much less of the price. */
export const bundleBasket = 1.8;
export const bundleDepth = 0.05;
/** A shopper who withdraws a channel takes along this share of the margin of the past year's spend. */
export const lostByLeaving = 0.1;

/** An offer holds so long; an answer to one comes within it. */
export const offerSlots = 28 * slotsADay;
/** Of the log-odds between coupon households and others, this share is taken as what a discount does to them. */
export const takenOfCouponOdds = 0.5;
/** Odds of buying with free shipping, of who prefers it. */
export const freeShippingOdds = 2;

/** Chance that a shopper has agreed to each channel. */
export const consents = [0.95, 0.5, 0.6] as const;
/** Mean share of e-mails answered: Hillstrom's pull is that of this mean, and goes in proportion with a channel's rate. */
export const meanAnswerRate = 0.5 * 0.625 + 0.5 * 0.2;

/** Fatigue a message adds by channel, for engagement .5; half of it is gone in a week. */
export const fatigueOf = [1, 1.5, 1] as const;
export const fatigueKept = 0.5 ** (1 / (7 * slotsADay));
/** A pull is multiplied by exp(-this x fatigue). */
export const fatigueDulls = 0.35;
/** Chance that a message makes a shopper withdraw its channel: base + rise x fatigue^2. */
export const leaveBase = 0.001;
export const leaveRise = 0.004;

/** Goods that are out of stock come back after so many days on average. */
export const daysOutOfStock = 4;
/** Chance a day that goods in stock run out, for a share of days in stock. */
export const outOfStock = (share: number): number => (1 - share) / share / daysOutOfStock;
