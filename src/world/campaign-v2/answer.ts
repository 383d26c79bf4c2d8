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

/**
 * Slots until the answer, from a uniform number: geometric, cut at two weeks; to a discount or free shipping with Complete
 * Journey's hazard, cut when the offer ends.
 */
export function answerDelay(kind: MessageKind, meanDays: number, u: number): number {
  const offer = kind === 'discount' || kind === 'free shipping';
  if (!offer && meanDays === 0) return 0;
  const most = offer ? offerSlots : 14 * slotsADay;
  const stays = offer ? (1 - coupons.dailyHazard) ** (1 / slotsADay) : 1 - 1 / (1 + meanDays * slotsADay);
  // The inverse of 1 - stays^(d + 1), within 0 .. most - 1.
  return Math.min(most - 1, Math.floor(Math.log(1 - u * (1 - stays ** most)) / Math.log(stays)));
}
