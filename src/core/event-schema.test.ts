import { describe, expect, test } from 'vitest';
import { readEvent } from './event-schema.ts';
import { written } from './written.ts';

const now = Date.UTC(2026, 10, 1);
const read = (raw: unknown, customTypes: readonly string[] = []) =>
  readEvent(raw, { now, makeId: () => 'made', customTypes });
const message = (raw: unknown): string => {
  const result = read(raw);
  return result.ok ? 'accepted' : result.error.message;
};

describe('an event from outside', () => {
  test('camelCase and snake_case say the same', () => {
    const time = '2026-10-01T10:00:00Z';
    const camel = read({ eventId: 'e', eventType: 'view', userId: 'u', itemId: 'i', timestamp: time });
    const snake = read({ event_id: 'e', event_type: 'view', user_id: 'u', item_id: 'i', timestamp: time });
    expect(camel).toEqual({
      ok: true,
      value: {
        eventId: 'e',
        eventType: 'view',
        userId: 'u',
        itemId: 'i',
        timestamp: Date.UTC(2026, 9, 1, 10),
      },
    });
    expect(snake).toEqual(camel);
  });
  test('other systems names are ours', () => {
    for (const [theirs, ours] of [
      ['Product Added', 'add_to_cart'],
      ['view_item', 'view'],
      ['orders', 'purchase'],
    ]) {
      expect(read({ eventType: theirs, userId: 'u', itemId: 'i' })).toMatchObject({
        value: { eventType: ours },
      });
    }
  });
  test('lines of an order are read in snake_case too', () => {
    expect(
      read({ eventType: 'purchase', userId: 'u', items: [{ item_id: 'i', quantity: 2, price: 3 }] }),
    ).toMatchObject({ value: { items: [{ itemId: 'i', quantity: 2, price: 3 }] } });
  });
  test('an event without an id is the same event when it is sent again, if it says when it was', () => {
    const raw = { eventType: 'view', userId: 'u', itemId: 'i', timestamp: now };
    const ids = [read(raw), read({ ...raw }), read({ ...raw, itemId: 'j' })].map(
      (result) => result.ok && result.value.eventId,
    );
    expect(ids[0]).toBe(ids[1]);
    expect(ids[0]).not.toBe(ids[2]);
    expect(read({ eventType: 'view', userId: 'u', itemId: 'i' })).toMatchObject({
      value: { eventId: 'made', timestamp: now },
    });
  });
  test('a click that answers an offer may be of no product', () => {
    const click = { eventType: 'click', userId: 'u', recommendationId: 'r' };
    expect(read(click)).toMatchObject({ ok: true });
    expect(read({ ...click, recommendationId: undefined })).toMatchObject({ ok: false });
  });
  test('a session is somebody too', () => {
    expect(read({ eventType: 'view', sessionId: 's', itemId: 'i' })).toMatchObject({
      value: { anonymousId: 's' },
    });
  });
  test('the shop declares its own types', () => {
    expect(read({ eventType: 'spin_wheel', userId: 'u' }, ['spin_wheel']).ok).toBe(true);
  });
});

describe('what is wrong is named, with what would be accepted', () => {
  test.each([
    [null, 'an event is a JSON object'],
    [{ userId: 'u' }, 'eventType is missing; accepted: text'],
    [{ eventType: 'viw', userId: 'u' }, 'eventType is "viw"; accepted: impression, click, view'],
    [{ eventType: 'constructor', userId: 'u' }, 'eventType is "constructor"; accepted:'],
    [{ eventType: 'decision', userId: 'u' }, 'eventType is "decision"; accepted:'],
    [{ eventType: 'item_changed', userId: 'u' }, 'eventType is "item_changed"; accepted:'],
    [{ eventType: 'view' }, 'one of userId, anonymousId and sessionId'],
    [{ eventType: 'view', userId: 7 }, 'userId is 7; accepted: text'],
    [{ eventType: 'purchase', userId: 'u', value: -5 }, 'value of a purchase is -5; accepted: money from 0'],
    [{ eventType: 'view', userId: '' }, 'userId is ""; accepted: text of at least 1 character'],
    [{ eventType: 'view', userId: 'u', itmId: 'x' }, 'unknown field "itmId"'],
    [
      { eventType: 'rating', userId: 'u', eventValue: 7 },
      'eventValue of a rating is 7; accepted: a number from 1 to 5',
    ],
    [{ eventType: 'rating', userId: 'u' }, 'eventValue of a rating is missing'],
    [{ eventType: 'view', userId: 'u', timestamp: 0 }, 'timestamp is 0; accepted'],
    [{ eventType: 'view', userId: 'u', timestamp: 1793000000 }, 'looks like seconds'],
    [{ eventType: 'view', userId: 'u', timestamp: '2090-01-01T00:00:00Z' }, 'and tomorrow'],
    [{ eventType: 'view', userId: 'u', timestamp: 'yesterday' }, 'ISO 8601'],
    [{ eventType: 'view', userId: 'u', timestamp: '2026-02-30' }, 'ISO 8601'],
    [{ eventType: 'view', userId: 'u', timestamp: '2026-02-03T10:00:00' }, 'with a zone'],
    [{ eventType: 'view', userId: 'u' }, 'itemId is missing; events of type view need one'],
    [{ event_type: 'addtocart', userId: 'u' }, 'itemId is missing; events of type add_to_cart need one'],
    [{ eventType: 'purchase', userId: 'u', items: [{ quantity: 1 }] }, 'items[0].itemId is missing'],
    [{ eventType: 'purchase', userId: 'u', currency: 'euro' }, 'three capital letters'],
  ])('%j', (raw, expected) => expect(message(raw)).toContain(expected));

  test.each([-499.99, Number.NaN, Number.POSITIVE_INFINITY, 2e9, 'NaN', 'abc', '5', [5], true])(
    'a discount of %j',
    (discount) =>
      expect(message({ eventType: 'purchase', userId: 'u', value: 40, properties: { discount } })).toBe(
        `properties.discount of a purchase is ${written(discount)}; accepted: money off, a number from 0 to 1000000000`,
      ),
  );

  test('time spent on a view is from nothing to a day', () => {
    const view = (seconds: unknown) => ({
      eventType: 'view',
      userId: 'u',
      itemId: 'i',
      properties: { seconds },
    });
    for (const seconds of [0, 90.5, 86_400, null, undefined]) expect(message(view(seconds))).toBe('accepted');
    for (const seconds of [-1, 86_401, Number.NaN, '90'])
      expect(message(view(seconds))).toContain('accepted: time spent, a number from 0 to 86400');
  });

  test('nesting without end', () => {
    let properties: object = {};
    for (let i = 0; i < 5_000; i++) properties = { a: properties };
    expect(message({ eventType: 'view', userId: 'u', properties })).toContain('nested too deep');
  });
});
