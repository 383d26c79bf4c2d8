import { eventTypes } from './event-type.ts';
import { type ObservationPart, type ObservationSpec, observationSpec } from './observation.ts';
import { gapBuckets } from './time-gap.ts';

/**
 * What every shop, real or simulated, shows an agent about one shopper: the last interactions as tokens, and these
 * numbers, all scaled to [0, 1] and all of *previous* interactions, never of the one to be predicted.
 */
export const shopFeatures = [
  'shopper', // the source's userId: the shopper's label divided by the number of shoppers, 0 for an unknown one
  'lastItem', // productId: the label of the last item divided by the number of items
  'lastPrice', // min-max scaled over training rows
  'lastRating', // (stars - 1) / 4, .5 where there was none
  'lastSentiment', // (compound + 1) / 2 of the last review, .5 where there was none
  'lastHelpfulness', // helpful votes / all votes of the last review, min-max scaled, 0 where there was none
  'lastTime', // place of the last interaction between the first and last training time
  'recency', // exp(-days since the last event / 30)
  'frequency', // 1 - exp(-events / 20)
  'monetary', // 1 - exp(-money spent / 20 median prices)
  'engagement', // share of shown slates that were answered
  'session', // `sessionFeature` of the actions in this session
  'buying', // share of the last events that were carts, checkouts or purchases
  'price', // mean scaled price of the items answered to
  'satisfaction', // where a world or a rating tells it, else .5
] as const;

/** 1 - exp(-actions / 10), and back: the history's newest so many tokens are of this session. */
export const sessionFeature = (actions: number): number => 1 - Math.exp(-actions / 10);
export const sessionActions = (feature: number): number => Math.round(-10 * Math.log(1 - feature));

export type ShopFeature = (typeof shopFeatures)[number];

/** The shop's observation: `history.items`, `history.types` (left-padded with 0, newest last), `features`. */
export function shopObservation(itemCount: number, historyLength = 20): ObservationSpec {
  return observationSpec([
    { name: 'history.items', kind: 'index', size: historyLength, n: itemCount },
    { name: 'history.types', kind: 'index', size: historyLength, n: eventTypes.length },
    { name: 'features', kind: 'real', size: shopFeatures.length, low: 0, high: 1 },
  ]);
}

/** For agents that are told to read them: the bucket of the pause before each token of the history. */
export const gapsPart = (historyLength: number): ObservationPart => ({
  name: 'history.gaps',
  kind: 'index',
  size: historyLength,
  n: gapBuckets,
});
