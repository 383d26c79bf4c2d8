import { type ObservationSpec, type OfferDecision, observationSpec } from '../core/index.ts';
import { earliest, type ShopperState } from '../state/index.ts';
import { shopperSpec } from '../world/index.ts';
import type { LocalTime } from './calendar.ts';
import { longest, longestPause, partsOfDay } from './words.ts';

/** Where shoppers of shops differ: beyond it a linear model would have most of its scale for few of them. */
const highest = { ...longest, frequency: 20, monetaryValue: 2_000 } as const;

/**
 * What a policy sees of a real shopper: the ten features of campaign-v1, told by the shopper's own events, and when it
 * would be. Where nothing tells them: recency and lastPurchaseDays are at their largest, rates at 1 in 5 (as if of two messages
 * .4 had been answered), flags 0, and engagement, the share of shown slates that were answered, at one half of one more slate.
 */
export const offerSpec: ObservationSpec = observationSpec([
  ...shopperSpec.parts.map((part) =>
    part.kind === 'real' ? { ...part, high: highest[part.name as keyof typeof highest] ?? part.high! } : part,
  ),
  { name: 'partOfDay', kind: 'index', size: 1, n: partsOfDay.length },
  { name: 'weekday', kind: 'index', size: 1, n: 7 },
  { name: 'daysSinceContact', kind: 'real', size: 1, low: 0, high: longestPause },
]);

export const namesOf = ({ parts }: ObservationSpec): readonly string[] => parts.map(({ name }) => name);

const allNames = namesOf(offerSpec);

/** Names of what the policy of a decision saw, in its order; undefined where an earlier version did not log them. */
export const featuresOf = ({ features, observation }: OfferDecision): readonly string[] | undefined =>
  features ?? (observation.length === allNames.length ? allNames : undefined);

const day = 86_400_000;
const year = 365 * day;

/** The ten features of campaign-v1 in their order, within the bounds of `spec`; then, where it has them, the times. */
export function writeFeatures(
  spec: ObservationSpec,
  state: ShopperState,
  now: number,
  local: LocalTime,
  out: Float32Array,
): void {
  const values = valuesOf(state, now, local);
  spec.parts.forEach(({ name, low = 0, high, n }, i) => {
    out[i] = Math.min(high ?? n ?? Infinity, Math.max(low, values[name as keyof typeof values]));
  });
}

function valuesOf(state: ShopperState, now: number, local: LocalTime) {
  const daysSince = (time: number): number => (time === earliest ? Infinity : Math.floor((now - time) / day));
  const thisYear = state.orderTimes.filter((time) => now - time < year).length;
  // Of more orders than are kept the last ten are known; if all of them are of this year, so may be those before.
  const frequency =
    thisYear === state.orderTimes.length && now - state.firstTime < year ? state.orders : thisYear;
  const shipped = state.offers['free shipping'] ?? none;
  const all = Object.values(state.offers).reduce(
    (sum, { sent, answered }) => ({ sent: sum.sent + sent, answered: sum.answered + answered }),
    none,
  );
  return {
    recency: daysSince(state.lastAnswer),
    frequency,
    monetaryValue: state.orders > 0 ? (state.spent * frequency) / state.orders : 0,
    engagementScore: (state.answered + 0.5) / (state.shown + 1),
    // Half of what was bought, or more, was bought at a discount.
    discountSensitive: state.bought > 0 && 2 * state.discounted >= state.bought ? 1 : 0,
    // Free shipping was answered, and more often than messages are on average.
    freeShippingPreferred:
      shipped.answered > 0 && shipped.answered * all.sent > all.answered * shipped.sent ? 1 : 0,
    emailOpens: rateOf(state, 'email'),
    smsResponse: rateOf(state, 'sms'),
    pushResponse: rateOf(state, 'push'),
    lastPurchaseDays: daysSince(state.orderTimes.at(-1) ?? earliest),
    partOfDay: 1 + Math.floor(local.minute / 360),
    weekday: local.weekday,
    daysSinceContact: daysSince(state.contacts.at(-1)?.time ?? earliest),
  };
}

const none = { sent: 0, answered: 0 };

function rateOf({ channels }: ShopperState, channel: string): number {
  const { sent, answered } = channels[channel] ?? none;
  return Math.min(1, (answered + 0.4) / (sent + 2));
}
