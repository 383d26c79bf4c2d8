import { type ObservationSpec, observationSpec, type Rng } from '../../core/index.ts';
import { channels, offers } from './actions.ts';
import { cells, coupons } from './calibration.data.ts';
import { consents, days, offerSlots, slotsADay } from './parameters.ts';

/**
 * What is seen: campaign-v1's ten features, kept up to date, and what timing needs. Not seen: fatigue itself, whether
 * an answer is on its way, and how much the shopper prefers the evening (`eveningShare` is what ten visits showed of it).
 */
export function campaignSpec(budget: number): ObservationSpec {
  return observationSpec([
    { name: 'recency', kind: 'real', size: 1, low: 0, high: 365 },
    { name: 'frequency', kind: 'real', size: 1, low: 0, high: 200 },
    { name: 'monetaryValue', kind: 'real', size: 1, low: 0, high: 100_000 },
    { name: 'engagementScore', kind: 'real', size: 1, low: 0, high: 1 },
    { name: 'discountSensitive', kind: 'index', size: 1, n: 1 },
    { name: 'freeShippingPreferred', kind: 'index', size: 1, n: 1 },
    { name: 'emailOpens', kind: 'real', size: 1, low: 0, high: 1 },
    { name: 'smsResponse', kind: 'real', size: 1, low: 0, high: 1 },
    { name: 'pushResponse', kind: 'real', size: 1, low: 0, high: 1 },
    { name: 'lastPurchaseDays', kind: 'real', size: 1, low: 0, high: 730 },
    { name: 'department', kind: 'index', size: 1, n: 3 },
    { name: 'consent', kind: 'index', size: channels.length, n: 1 },
    { name: 'weekday', kind: 'index', size: 1, n: 7 },
    { name: 'slot', kind: 'index', size: 1, n: slotsADay },
    { name: 'day', kind: 'real', size: 1, low: 0, high: days },
    { name: 'daysSinceContact', kind: 'real', size: 1, low: 0, high: 90 },
    { name: 'contactsLastWeek', kind: 'real', size: 1, low: 0, high: 7 * slotsADay },
    { name: 'eveningShare', kind: 'real', size: 1, low: 0, high: 1 },
    { name: 'offer', kind: 'index', size: 1, n: offers.length },
    { name: 'offerDaysLeft', kind: 'real', size: 1, low: 0, high: offerSlots / slotsADay },
    { name: 'bundleInStock', kind: 'index', size: 1, n: 1 },
    { name: 'budgetLeft', kind: 'real', size: 1, low: 0, high: budget },
  ]);
}

/** Where each feature stands in a row. */
export const feature = {
  recency: 0,
  frequency: 1,
  monetaryValue: 2,
  engagementScore: 3,
  discountSensitive: 4,
  freeShippingPreferred: 5,
  emailOpens: 6,
  smsResponse: 7,
  pushResponse: 8,
  lastPurchaseDays: 9,
  department: 10,
  consent: 11,
  weekday: 14,
  slot: 15,
  day: 16,
  daysSinceContact: 17,
  contactsLastWeek: 18,
  eveningShare: 19,
  offer: 20,
  offerDaysLeft: 21,
  bundleInStock: 22,
  budgetLeft: 23,
} as const;

const cumulative = Float64Array.from(cells);
cells.reduce((sum, [share], i) => (cumulative[i] = sum + share!), 0);

/** From and up to, of each band of months since the last purchase (in days) and of money spent in the past year. */
const recencyFrom = [1, 91, 183, 274, 366] as const;
const historyFrom = [30, 100, 200, 350, 500, 1500] as const;

/**
 * Draws a shopper into `out`: the cell with Hillstrom's shares, days and money uniformly (money in its logarithm) within
 * it, purchases one for each 120 dollars or so. Discount-sensitive with Complete Journey's share; 35 % prefer free
 * shipping; channels as in campaign-v1. Answers how much the evening is preferred, which is not seen.
 */
export function drawShopper(stream: Rng, out: Float32Array, at: number): number {
  const which = stream.float();
  let cell = 0;
  while (cell < cells.length - 1 && which >= cumulative[cell]!) cell++;
  const [department, recency, history] = [Math.floor(cell / 20), Math.floor(cell / 5) % 4, cell % 5];
  const [from, to] = [recencyFrom[recency]!, recencyFrom[recency + 1]!];
  out[at + feature.lastPurchaseDays] = from + stream.int(to - from);
  const [least, most] = [historyFrom[history]!, historyFrom[history + 1]!];
  const spent = least * (most / least) ** stream.float();
  out[at + feature.monetaryValue] = spent;
  out[at + feature.frequency] = 1 + Math.floor((spent / 120) * (0.5 + stream.float()));
  out[at + feature.recency] = Math.min(365, Math.floor(-20 * Math.log(1 - stream.float())));
  out[at + feature.engagementScore] = (stream.float() + stream.float()) / 2;
  out[at + feature.discountSensitive] = stream.float() < coupons.sensitiveShare ? 1 : 0;
  out[at + feature.freeShippingPreferred] = stream.float() < 0.35 ? 1 : 0;
  const favourite = stream.float();
  const best = favourite < 0.5 ? 0 : favourite < 0.7 ? 1 : 2;
  for (let channel = 0; channel < channels.length; channel++) {
    const u = stream.float();
    out[at + feature.emailOpens + channel] = channel === best ? 0.3 + 0.65 * u : 0.4 * u;
    out[at + feature.consent + channel] = stream.float() < consents[channel]! ? 1 : 0;
  }
  out[at + feature.department] = department + 1;
  out[at + feature.daysSinceContact] = 7 + stream.int(60);
  const evening = (stream.float() + stream.float()) / 2;
  let evenings = 0;
  for (let visit = 0; visit < 10; visit++) if (stream.float() < evening) evenings++;
  out[at + feature.eveningShare] = evenings / 10;
  out[at + feature.weekday] = 1 + stream.int(7);
  out[at + feature.slot] = 1;
  out[at + feature.day] = 0;
  out[at + feature.contactsLastWeek] = 0;
  out[at + feature.offer] = 0;
  out[at + feature.offerDaysLeft] = 0;
  return evening;
}
