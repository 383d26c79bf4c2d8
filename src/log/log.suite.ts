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

/** What every Log promises. Call it from an implementation's own test with a way to make an empty log. */
export function logSuite(name: string, make: () => Promise<Log>): void {
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
    test('an empty log is empty', async () => {
      const log = await make();
      expect(await log.head()).toBeUndefined();
      expect(await all(log.read())).toEqual([]);
      expect(await log.append([])).toMatchObject({ accepted: 0, duplicates: 0 });
      await log.close();
    });
  });
}
