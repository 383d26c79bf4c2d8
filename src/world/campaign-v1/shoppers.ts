import { observationSpec, type Rng } from '../../core/index.ts';

/**
 * Who is to be written to: ten features. `recency` is days since the last message was answered, `frequency` purchases in
 * the last year, `monetaryValue` money spent in it; the three rates are shares of messages answered through a channel.
 */
export const shopperSpec = observationSpec([
  { name: 'recency', kind: 'real', size: 1, low: 0, high: 365 },
  { name: 'frequency', kind: 'real', size: 1, low: 0, high: 60 },
  { name: 'monetaryValue', kind: 'real', size: 1, low: 0, high: 10_000 },
  { name: 'engagementScore', kind: 'real', size: 1, low: 0, high: 1 },
  { name: 'discountSensitive', kind: 'index', size: 1, n: 1 },
  { name: 'freeShippingPreferred', kind: 'index', size: 1, n: 1 },
  { name: 'emailOpens', kind: 'real', size: 1, low: 0, high: 1 },
  { name: 'smsResponse', kind: 'real', size: 1, low: 0, high: 1 },
  { name: 'pushResponse', kind: 'real', size: 1, low: 0, high: 1 },
  { name: 'lastPurchaseDays', kind: 'real', size: 1, low: 0, high: 730 },
]);

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
} as const;

/**
 * Draws a shopper, in this order and independently: days and counts from exponential distributions (means 20, 4 and,
 * for the last purchase, 60) rounded down, money from a log-normal one (median 180), engagement as the mean of two
 * uniform numbers, two in five are discount-sensitive, seven in twenty prefer free shipping. One channel is the favourite
 * (half e-mail, a fifth SMS, else push), answered with a rate from .3 to .95, the others with rates from 0 to .4: now and
 * then another channel is answered better than the favourite.
 */
export function drawShopper(stream: Rng, out: Float32Array, at: number): void {
  out[at + feature.recency] = Math.min(365, days(stream, 20));
  out[at + feature.frequency] = Math.min(60, days(stream, 4));
  out[at + feature.monetaryValue] = Math.min(10_000, 180 * Math.exp(0.8 * stream.normal()));
  out[at + feature.engagementScore] = (stream.float() + stream.float()) / 2;
  out[at + feature.discountSensitive] = stream.float() < 0.4 ? 1 : 0;
  out[at + feature.freeShippingPreferred] = stream.float() < 0.35 ? 1 : 0;
  const which = stream.float();
  const favourite = which < 0.5 ? 0 : which < 0.7 ? 1 : 2;
  for (let channel = 0; channel < 3; channel++) {
    const u = stream.float();
    out[at + feature.emailOpens + channel] = channel === favourite ? 0.3 + 0.65 * u : 0.4 * u;
  }
  out[at + feature.lastPurchaseDays] = Math.min(730, days(stream, 60));
}

const days = (stream: Rng, mean: number): number => Math.floor(-mean * Math.log(1 - stream.float()));
