import fc from 'fast-check';
import type { Event } from '../core/index.ts';
import type { FoldContext } from './fold.ts';

/** A small made-up shop for the tests of this folder. */
export const day = 86_400_000;

let running = 0;
export const event = (eventType: string, timestamp: number, more: Partial<Event> = {}): Event => ({
  eventId: `e${running++}`,
  eventType,
  timestamp,
  userId: 'u',
  ...more,
});

/** i0, i1, ...: category even or odd, price = number; c0, c1...: a category each. A text's sentiment is that of its first letter. */
export const shopContext: FoldContext = {
  item(itemId) {
    const number = Number(itemId.slice(1));
    if (!Number.isInteger(number)) return undefined;
    return itemId.startsWith('c')
      ? { itemId, categories: [itemId] }
      : { itemId, price: number, categories: ['all', number % 2 === 0 ? 'even' : 'odd'] };
  },
  sentiment: (text) => (text.startsWith('g') ? 0.8 : text.startsWith('b') ? -0.8 : 0),
};

const type = fc.constantFrom(
  'view',
  'click',
  'add_to_cart',
  'remove_from_cart',
  'purchase',
  'refund',
  'review',
  'impression',
  'decision',
  'search',
  'own_type',
  'shopper_changed',
);

export const arbitraryEvent: fc.Arbitrary<Event> = fc
  .record({
    eventId: fc.uuid(),
    eventType: type,
    timestamp: fc.nat(100 * day),
    item: fc.nat(9),
    stars: fc.integer({ min: 1, max: 5 }),
    text: fc.constantFrom('', 'good', 'bad'),
    channel: fc.constantFrom(undefined, 'email', '__proto__'),
  })
  .map(({ item, stars, text, channel, ...rest }) => ({
    ...rest,
    userId: 'u',
    itemId: `i${item}`,
    ...(rest.eventType === 'review' ? { eventValue: stars } : {}),
    properties: {
      text,
      ...(rest.eventType === 'shopper_changed' ? { shopper: { age: 10 + stars, gender: text } } : {}),
      ...(channel === undefined ? {} : { channel }),
    },
  }));

/** One shopper's events in order of time. */
export const arbitraryHistory: fc.Arbitrary<Event[]> = fc
  .uniqueArray(arbitraryEvent, { maxLength: 70, selector: (e) => e.eventId })
  .map((events) => events.toSorted((a, b) => a.timestamp - b.timestamp));
