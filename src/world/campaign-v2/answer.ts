import type { MessageKind } from './actions.ts';
import { coupons } from './calibration.data.ts';
import { fatigueDulls, meanAnswerRate, offerSlots, slotsADay } from './parameters.ts';
import { cellOf, pull, weekdayFactor } from './rates.ts';
import { feature } from './shoppers.ts';

/**
 * Chance that a message brings a visit: Hillstrom's pull of the shopper's cell, in proportion with the rate of the
 * channel, the weekday and how the shopper likes this half of the day, dulled by fatigue.
 */
export function pullOf(
  seen: Float32Array,
  at: number,
  kind: MessageKind,
  channel: number,
  evening: number,
  fatigue: number,
): number {
  const cell = cellOf(
    seen[at + feature.department]! - 1,
    seen[at + feature.lastPurchaseDays]!,
    seen[at + feature.monetaryValue]!,
  );
  const rate = seen[at + feature.emailOpens + channel]! / meanAnswerRate;
  const liking = 2 * (seen[at + feature.slot]! === 2 ? evening : 1 - evening);
  const weekday = weekdayFactor[seen[at + feature.weekday]! - 1]!;
  return Math.min(
    0.9,
    pull[kind === 'bundle' ? 1 : 0]![cell]! * rate * liking * weekday * Math.exp(-fatigueDulls * fatigue),
  );
}

const stays = (1 - coupons.dailyHazard) ** (1 / slotsADay);
/** Of answers to offers with Complete Journey's hazard, the share that comes before the offer ends. */
const withinOffer = 1 - stays ** offerSlots;

/**
 * Chance that a shopper would answer an offer some day, where `pulled` is the chance that they do before it ends. Nobody can
 * be more than interested: a pull above `withinOffer` is one that so slow an answer cannot reach.
 */
export const interestedIn = (pulled: number): number => Math.min(1, pulled / withinOffer);

/**
 * Chance that an answer on its way comes in this slot, by what it answers to (1 a message, 2 a bundle, 3 an offer): delays
 * are geometric, of `meanDays` for messages and bundles, with Complete Journey's hazard for a discount or free shipping.
 */
export function answerHazards(meanDays: number): readonly [0, number, number, number] {
  const message = 1 / (1 + meanDays * slotsADay);
  return [0, message, message, 1 - stays];
}
