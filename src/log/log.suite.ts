import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Event } from '../core/index.ts';
import type { Log } from './log.ts';

const event = (eventId: string, timestamp: number, userId = 'u'): Event => ({
  eventId,
  eventType: 'view',
  timestamp,
  userId,
  itemId: 'i',
});

async function all<T>(from: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const entry of from) list.push(entry);
  return list;
}

const ids = (events: readonly Event[]): string[] => events.map((e) => e.eventId);

/** Any event that JSON can carry: ids and texts of any Unicode, custom types, nested properties. */
const anyEvent = (eventId: string): fc.Arbitrary<Event> =>
  fc
    .record(
      {
        eventType: fc.oneof(fc.constant('view'), fc.string({ unit: 'binary', minLength: 1 })),
        timestamp: fc.integer({ min: -8e12, max: 8e12 }),
        userId: fc.string({ unit: 'binary' }),
        anonymousId: fc.string({ unit: 'binary' }),
        sessionId: fc.string({ unit: 'binary' }),
        itemId: fc.string({ unit: fc.constantFrom('a', '\ud800', '\0', 'é', '🌱') }),
        eventValue: fc.double({ noNaN: true, noDefaultInfinity: true }).filter((x) => !Object.is(x, -0)),
        impression: fc.array(fc.string()),
        properties: fc.dictionary(
          fc.string().filter((key) => key !== '__proto__'),
          fc.oneof(fc.string({ unit: 'binary' }), fc.integer(), fc.boolean(), fc.constant(null)),
        ),
      },
      { requiredKeys: ['eventType', 'timestamp'] },
    )
    .map((fields) => ({ eventId, ...fields, properties: { ...fields.properties } }));

/**
 * What every Log promises. Call it from an implementation's own test with a way to make an empty log and, where it
 * outlives its process, a way to close and open it again.
 */
export function logSuite(name: string, make: () => Promise<Log>, reopen?: (log: Log) => Promise<Log>): void {
  describe(`${name} keeps the Log contract`, () => {
    test('reads back in order of arrival, after a position', async () => {
      const log = await make();
      await log.append([event('a', 3), event('b', 1)]);
      const { position } = await log.append([event('c', 2)]);
      const stored = await all(log.read());
      expect(stored.map((entry) => entry.event.eventId)).toEqual(['a', 'b', 'c']);
      expect((await all(log.read(stored[0]!.position))).map((entry) => entry.event.eventId)).toEqual([
        'b',
        'c',
      ]);
      expect(stored[2]!.position).toBe(position);
      expect(await log.head()).toBe(position);
      await log.close();
    });
    test('an event id counts once, within a call and between calls', async () => {
      const log = await make();
      expect(await log.append([event('a', 1), event('a', 2), event('b', 3)])).toMatchObject({
        accepted: 2,
        duplicates: 1,
      });
      const again = await log.append([event('b', 9), event('c', 4)]);
      expect(again).toMatchObject({ accepted: 1, duplicates: 1 });
      expect([...again.duplicate]).toEqual([1, 0]);
      expect(await log.size()).toBe(3);
      await log.close();
    });
    test('reads by time, equal times in order of arrival, from inclusive, to exclusive', async () => {
      const log = await make();
      await log.append([event('late', 30), event('early', 10), event('same', 30), event('middle', 20)]);
      expect((await all(log.readByTime())).map((e) => e.eventId)).toEqual([
        'early',
        'middle',
        'late',
        'same',
      ]);
      expect((await all(log.readByTime(20, 30))).map((e) => e.eventId)).toEqual(['middle']);
      await log.close();
    });
    test('gives back every field it was given', async () => {
      const log = await make();
      const full: Event = {
        eventId: 'e',
        eventType: 'purchase',
        timestamp: 1.7e12,
        userId: 'u',
        anonymousId: 'a',
        sessionId: 's',
        itemId: 'i',
        items: [{ itemId: 'i', quantity: 2, price: 9.5, position: 1 }],
        eventValue: 4.5,
        value: 19,
        currency: 'EUR',
        recommendationId: 'r',
        impression: ['i', 'j'],
        placement: 'home',
        query: 'grün 🌱 "x"',
        orderId: 'o',
        cartId: 'c',
        properties: { nested: { list: [1, null, 'x'] }, text: 'line\nbreak' },
      };
      await log.append([full]);
      expect((await all(log.read()))[0]!.event).toEqual(full);
      await log.close();
    });
    test('finds and erases a shopper, and leaves a tombstone', async () => {
      const log = await make();
      await log.append([event('a', 1, 'u'), event('b', 2, 'v'), event('c', 0, 'u')]);
      expect((await all(log.readShopper('u'))).map((e) => e.eventId)).toEqual(['c', 'a']);
      expect(await log.erase('u', 99)).toBe(2);
      const left = await all(log.readByTime());
      expect(left.map((e) => e.eventType)).toEqual(['view', 'erased']);
      await log.close();
    });
    test('what was erased does not come back with the same import', async () => {
      const log = await make();
      await log.append([event('a', 1, 'u'), event('b', 2, 'v')]);
      await log.erase('u', 99);
      expect(await log.append([event('a', 1, 'u'), event('b', 2, 'v')])).toMatchObject({ duplicates: 2 });
      expect(await all(log.readShopper('u'))).toMatchObject([{ eventType: 'erased' }]);
      await log.close();
    });
    test('finds an event by its id', async () => {
      const log = await make();
      await log.append([event('a', 1), event('b', 2)]);
      expect(await log.find('b')).toEqual(event('b', 2));
      expect(await log.find('c')).toBeUndefined();
      await log.erase('u', 99);
      expect(await log.find('b')).toBeUndefined();
      await log.close();
    });
    test('keeps what was folded until something else is kept or a shopper is erased', async () => {
      const log = await make();
      const { position } = await log.append([event('a', 1)]);
      expect(await log.kept()).toBeUndefined();
      await log.keep({ position: position!, bytes: Uint8Array.of(1, 2) });
      await log.append([event('b', 2, 'v')]);
      await log.keep({ position: position!, bytes: Uint8Array.of(3) });
      expect(await log.kept()).toEqual({ position, bytes: Uint8Array.of(3) });
      await log.erase('u', 99);
      expect(await log.kept()).toBeUndefined();
      await log.close();
    });
    test('finds anonymous shoppers', async () => {
      const log = await make();
      await log.append([
        { eventId: 'x', eventType: 'click', timestamp: 5, anonymousId: 'cookie' },
        { eventId: 'y', eventType: 'click', timestamp: 6, userId: 'u', anonymousId: 'cookie' },
      ]);
      expect(ids(await all(log.readShopper('cookie')))).toEqual(['x']);
      expect(ids(await all(log.readShopper('u')))).toEqual(['y']);
      await log.close();
    });
    test('gives back any event unchanged', async () => {
      const log = await make();
      const given = Array.from({ length: 100 }, (_, i) => fc.sample(anyEvent(`e${i}`), 1)[0]!);
      await log.append(given);
      expect((await all(log.read())).map((entry) => entry.event)).toEqual(given);
      await log.close();
    });
    test('takes large appends and keeps every id apart', async () => {
      const log = await make();
      const many = Array.from({ length: 30_000 }, (_, i) => event(`id-${i}`, i));
      expect(await log.append(many)).toMatchObject({ accepted: 30_000, duplicates: 0 });
      expect(await log.append([...many, event('new', 1)])).toMatchObject({ accepted: 1, duplicates: 30_000 });
      expect(await log.size()).toBe(30_001);
      expect(await all(log.readByTime(29_990, 30_000))).toHaveLength(10);
      await log.close();
    });
    test('concurrent appends are each whole, and one of two equal ids wins', async () => {
      const log = await make();
      const calls = Array.from({ length: 40 }, (_, call) =>
        log.append([event(`own-${call}`, call), event('shared', call), event(`also-${call}`, call)]),
      );
      const answers = await Promise.all(calls);
      expect(answers.reduce((sum, a) => sum + a.accepted, 0)).toBe(81);
      const order = (await all(log.read())).map((entry) => entry.event.eventId);
      for (let call = 0; call < 40; call++)
        expect(order.indexOf(`also-${call}`) - order.indexOf(`own-${call}`)).toBeLessThanOrEqual(2);
      await log.close();
    });
    test('a late event is read in its place', async () => {
      const log = await make();
      await log.append([event('a', 10), event('c', 30)]);
      await log.append([event('b', 20)]);
      expect(ids(await all(log.readByTime()))).toEqual(['a', 'b', 'c']);
      expect(ids(await all(log.readShopper('u')))).toEqual(['a', 'b', 'c']);
      expect((await all(log.read())).map((entry) => entry.event.eventId)).toEqual(['a', 'c', 'b']);
      await log.close();
    });
    test('a reader sees what was there when it began, and may stop early', async () => {
      const log = await make();
      await log.append([event('a', 1), event('b', 2)]);
      const seen: string[] = [];
      for await (const { event: e } of log.read()) {
        seen.push(e.eventId);
        if (seen.length === 1) await log.append([event('c', 3)]);
      }
      expect(seen).toEqual(['a', 'b']);
      for await (const _ of log.read()) break;
      expect(await log.size()).toBe(3);
      await log.close();
    });
    if (reopen)
      test('everything is there after closing and opening', async () => {
        const log = await make();
        const many = Array.from({ length: 5_000 }, (_, i) => event(`id-${i}`, 5_000 - i, `u${i % 7}`));
        await log.append(many);
        await log.erase('u3', 9_999);
        const before = await all(log.read());
        const again = await reopen(log);
        expect(await all(again.read())).toEqual(before);
        expect(await again.size()).toBe(before.length);
        expect(await again.append([...many, event('more', 0)])).toMatchObject({
          accepted: 1,
          duplicates: 5_000,
        });
        expect((await all(again.readByTime()))[0]!.eventId).toBe('more');
        await again.close();
      });
    test('an empty log is empty', async () => {
      const log = await make();
      expect(await log.head()).toBeUndefined();
      expect(await all(log.read())).toEqual([]);
      expect(await log.append([])).toMatchObject({ accepted: 0, duplicates: 0 });
      await log.close();
    });
  });
}
