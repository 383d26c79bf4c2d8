import { messages, offers } from './actions.ts';
import { contactCost, freeShippingCost } from './parameters.ts';
import { earned, largestBasket } from './rates.ts';
import { feature } from './shoppers.ts';

/** The most an offer may come to cost once it is open, by its number in `offers`. */
const atMost = offers.map((offer) =>
  offer.kind === 'free shipping' ? freeShippingCost : earned(largestBasket, offer).offer,
);

/** Whether a message may be sent now. */
export const allowed = (seen: Float32Array, at: number, action: number, cap: number): boolean =>
  forbidding(seen, at, action, cap) === undefined;

/**
 * The rule that forbids a message now. No contact always may. Forbidden are channels without consent, bundles whose goods are out of stock, SMS in the evening, SMS
 * and push on Sundays, more messages in seven days than the cap, and what the budget might not pay: the worst that the open offer
 * can cost is set aside.
 */
export function forbidding(seen: Float32Array, at: number, action: number, cap: number): string | undefined {
  if (action === 0) return undefined;
  const channel = Math.floor((action - 1) / offers.length);
  if (seen[at + feature.consent + channel] === 0) return 'consent';
  if (seen[at + feature.contactsLastWeek]! >= cap) return 'the cap on messages a week';
  if (channel === 1 && seen[at + feature.slot] === 2) return 'quiet hours';
  if (messages[action]!.kind === 'bundle' && seen[at + feature.bundleInStock] === 0) return 'stock';
  if (channel > 0 && seen[at + feature.weekday] === 7) return 'quiet hours';
  const open =
    messages[action]!.kind === 'plain' ? seen[at + feature.offer]! - 1 : (action - 1) % offers.length;
  const cost = contactCost[channel]! + (open >= 0 ? atMost[open]! : 0);
  return cost <= seen[at + feature.budgetLeft]! ? undefined : 'the budget';
}
