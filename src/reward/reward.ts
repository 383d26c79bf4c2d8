import { type Event, moneyOf, ok, propertyNumber, type Result, ratingOf, textOf } from '../core/index.ts';
import { parseTerms, type Term } from './formula.ts';

/**
 * How good it was, as one declared formula: a weighted sum of what followed a decision.
 *
 *   1*purchase + 0.2*rating + 0.1*sentiment - 0.5*refund
 *
 * A term is `weight*signal`, `signal` alone (weight 1) or `-signal`. Each signal is a number told by one event; the
 * reward is the sum over the events that are credited to the decision (attribution.ts says which).
 */
export interface RewardFormula {
  /** As it was declared. */
  readonly text: string;
  readonly terms: readonly RewardTerm[];
}

export type RewardTerm = Term<SignalName>;

/** What an event tells, where it tells it; `sentiment` gives the compound score of a text. */
type Signal = (event: Event, sentiment: (text: string) => number) => number | undefined;
const happened =
  (...types: string[]): Signal =>
  (event) =>
    types.includes(event.eventType) ? 1 : undefined;

export const signals = {
  click: { doc: 'clicks', of: happened('click') },
  view: { doc: "looks at an item's page", of: happened('view') },
  cart: {
    doc: 'items put into the cart, less those taken out',
    of: (event) =>
      event.eventType === 'add_to_cart' ? 1 : event.eventType === 'remove_from_cart' ? -1 : undefined,
  },
  checkout: { doc: 'payments begun', of: happened('begin_checkout') },
  purchase: { doc: 'purchases', of: happened('purchase') },
  revenue: {
    doc: 'money paid',
    of: (event) => (event.eventType === 'purchase' ? moneyOf(event) : undefined),
  },
  margin: {
    doc: 'money earned: `properties.margin` of purchases',
    of: (event) => (event.eventType === 'purchase' ? propertyNumber(event, 'margin') : undefined),
  },
  refund: { doc: 'items given back', of: happened('refund') },
  wishlist: { doc: 'items saved for later', of: happened('add_to_wishlist') },
  rating: { doc: 'stars as given, 1 to 5; nothing where none were given', of: ratingOf },
  satisfaction: {
    doc: 'stars around their middle: (stars - 3) / 2, so 1 star is -1 and 5 stars are 1',
    of: (event) => {
      const stars = ratingOf(event);
      return stars === undefined ? undefined : (stars - 3) / 2;
    },
  },
  sentiment: {
    doc: 'compound sentiment of what was written, -1 to 1',
    of: (event, sentiment) => {
      const text = textOf(event);
      return text === '' ? undefined : sentiment(text);
    },
  },
  like: { doc: 'likes', of: happened('like') },
  dislike: { doc: 'dislikes', of: happened('dislike') },
  dismiss: { doc: 'items closed or hidden', of: happened('dismiss') },
  leave: { doc: 'departures from the shop', of: happened('leave') },
  dwell: { doc: 'minutes spent: `properties.seconds` (0 to 86400) / 60', of: (event) => minutesOf(event) },
} as const satisfies Record<string, { readonly doc: string; readonly of: Signal }>;

export type SignalName = keyof typeof signals;

/** What is wanted where nobody says otherwise. */
export const defaultReward =
  '1*purchase + 0.3*cart + 0.1*click + 0.2*satisfaction + 0.1*sentiment - 0.5*refund';

/** Reads a formula; what is wrong is named with its place and what would be accepted. */
export function parseReward(text: string): Result<RewardFormula> {
  const terms = parseTerms(text, signals, 'rating');
  return terms.ok ? ok({ text: text.trim(), terms: terms.value }) : terms;
}

/** What one event adds to the reward of the decision it is credited to. */
export function rewardOf(
  { terms }: RewardFormula,
  event: Event,
  sentiment: (text: string) => number,
): number {
  let sum = 0;
  for (const { weight, signal } of terms) {
    if (weight !== 0) sum += weight * (signals[signal].of(event, sentiment) ?? 0);
  }
  return sum;
}

function minutesOf(event: Event): number | undefined {
  const seconds = propertyNumber(event, 'seconds');
  return seconds === undefined || seconds < 0 || seconds > 86_400 ? undefined : seconds / 60;
}
