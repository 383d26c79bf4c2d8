import type { Event, EventItem } from './event.ts';

/**
 * What an event says beyond its named fields, read in one place so that state, reward and models agree.
 * `properties` may hold: `text` and `summary` (a review), `helpful` ([helpful votes, all votes]), `discount` (money off),
 * `channel` (email, sms, push...), `margin` (money earned).
 */

/** The items an event is about, one line each: its `items`, else its `itemId`, else none. */
export function linesOf(event: Event): readonly EventItem[] {
  if (event.items && event.items.length > 0) return event.items;
  return event.itemId === undefined ? [] : [{ itemId: event.itemId }];
}

/** Stars or another strength the shopper gave, or undefined. */
export function ratingOf(event: Event): number | undefined {
  return event.eventType === 'rating' || event.eventType === 'review' ? event.eventValue : undefined;
}

/** What the shopper wrote: summary and text of a review; '' where there is none. */
export function textOf(event: Event): string {
  const parts = [event.properties?.summary, event.properties?.text];
  return parts.filter((part): part is string => typeof part === 'string' && part !== '').join('. ');
}

/** Share of readers who found the review helpful, 0 .. 1; undefined where nobody voted or only helpful votes are known. */
export function helpfulnessOf(event: Event): number | undefined {
  const votes = event.properties?.helpful;
  if (!Array.isArray(votes)) return undefined;
  const [yes, all] = votes as readonly unknown[];
  return typeof yes === 'number' && typeof all === 'number' && all > 0
    ? Math.min(1, Math.max(0, yes / all))
    : undefined;
}

/** A named number in `properties`, or undefined. */
export function propertyNumber(event: Event, name: string): number | undefined {
  const value = event.properties?.[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** A named text in `properties`, or undefined. */
export function propertyText(event: Event, name: string): string | undefined {
  const value = event.properties?.[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/**
 * The channel that a shopper's word about messages names, by its letters and digits alone: "E-Mail" is email. Empty where none
 * is named, which stands for all.
 */
export const channelKey = (channel: unknown): string =>
  typeof channel === 'string' ? channel.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '') : '';

/** Money an event is about: its `value`, else the sum over its priced lines; undefined where neither is there. */
export function moneyOf(event: Event): number | undefined {
  if (event.value !== undefined) return event.value;
  const priced = linesOf(event).filter((line) => line.price !== undefined);
  if (priced.length === 0) return undefined;
  return priced.reduce((sum, line) => sum + line.price! * (line.quantity ?? 1), 0);
}
