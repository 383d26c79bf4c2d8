import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contentHash, type Event } from '../core/index.ts';
import { arbitraryEvent, event, shopContext } from './shop.suite.ts';
import { type ShopState, shopState } from './shop-state.ts';

const options = { sentiment: shopContext.sentiment, async *history() {} };

async function* each(events: readonly Event[]) {
  yield* events;
}
const folded = async (events: readonly Event[], from?: Uint8Array): Promise<ShopState> => {
  const shop = from ? shopState(options, from)! : shopState(options);
  await shop.applyAll(each(events));
  return shop;
};

const shoppers = fc.constantFrom('ann', 'bob', 'cleo');
const anyEvent = fc
  .record({ one: arbitraryEvent, userId: shoppers, browser: fc.constantFrom(undefined, 'b1', 'b2') })
  .map(({ one, userId, browser }) => ({ ...one, userId, ...(browser && { anonymousId: browser }) }));

test('what was saved, and what came after it, is the same as everything at once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyEvent, { maxLength: 60 }), fc.nat(60), async (unsorted, cut) => {
      const events = unsorted.toSorted((a, b) => a.timestamp - b.timestamp);
      const whole = (await folded(events)).save()!;
      const first = (await folded(events.slice(0, cut))).save()!;
      const second = (await folded(events.slice(cut), first)).save()!;
      expect(second).toEqual(whole);
      expect((await folded([], whole)).save()).toEqual(whole);
    }),
  );
});

test('many at once are counted in order of time, however they arrived', async () => {
  const [early, late] = [event('view', 1, { itemId: 'i1' }), event('view', 2, { itemId: 'i2' })];
  const { catalogue, counts } = await folded([late, early]);
  expect(counts.after(catalogue.indexOf('i1')!, catalogue.indexOf('i2')!)).toBe(1);
  expect(counts.after(catalogue.indexOf('i2')!, catalogue.indexOf('i1')!)).toBe(0);
});

test('the saved bytes are those of format TDF1', async () => {
  const shop = await folded([
    {
      eventId: '1',
      eventType: 'item_changed',
      timestamp: 5,
      properties: { item: { itemId: 'é', price: 2 } },
    },
    { eventId: '2', eventType: 'view', timestamp: 6, userId: 'ann', anonymousId: 'b1', itemId: 'é' },
    { eventId: '3', eventType: 'purchase', timestamp: 7, userId: 'ann', itemId: 'x' },
    { eventId: '4', eventType: 'purchase', timestamp: 7, userId: 'ann', itemId: 'y' },
    { eventId: '5', eventType: 'search', timestamp: 8, userId: 'bob', query: 'z' },
  ]);
  // Another hash means another format: count it up in shop-state.ts and in docs/formats.md.
  expect(contentHash(String.fromCharCode(...shop.save()!))).toBe('1ce06d6d5ce528f512bf5ff70b2412d8');
});

test('bytes of another version, or cut off, are not taken', async () => {
  const bytes = (await folded([event('view', 1, { itemId: 'i1' })])).save()!;
  expect(shopState(options, bytes)).toBeDefined();
  for (let cut = 0; cut < bytes.length - 7; cut += 5)
    expect(shopState(options, bytes.slice(0, cut))).toBeUndefined();
  const other = bytes.slice();
  other[3] = '0'.charCodeAt(0);
  expect(shopState(options, other)).toBeUndefined();
});

test('after an erasure nothing is saved', async () => {
  const shop = await folded([event('view', 1, { itemId: 'i1' })]);
  shop.apply(event('erased', 2));
  expect(shop.save()).toBeUndefined();
});
