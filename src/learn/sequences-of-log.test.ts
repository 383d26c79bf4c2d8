import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Event, eventTypeCode } from '../core/index.ts';
import { memoryLog } from '../log/index.ts';
import { catalogueOfLog } from './catalogue-of-log.ts';
import { type LogSlice, sequencesOfLog } from './sequences-of-log.ts';

let running = 0;
const event = (userId: string, itemId: string, timestamp: number, more: Partial<Event> = {}): Event => ({
  eventId: `e${running++}`,
  eventType: 'view',
  timestamp,
  userId,
  itemId,
  ...more,
});
const anonymous = ({ userId, ...rest }: Event): Event => ({ ...rest, anonymousId: userId! });

async function lists(events: readonly Event[], slice?: LogSlice): Promise<Record<string, string[]>> {
  const log = memoryLog();
  await log.append(events);
  const { catalogue } = await catalogueOfLog(log);
  const { sequences, shoppers } = await sequencesOfLog(log, catalogue, slice);
  expect(sequences.n).toBe(shoppers.length);
  expect(sequences.offsets).toHaveLength(shoppers.length + 1);
  return Object.fromEntries(
    shoppers.map((shopper, u) => [
      shopper,
      [...sequences.items.slice(sequences.offsets[u], sequences.offsets[u + 1])].map(
        (item) => catalogue.items[item]!.itemId,
      ),
    ]),
  );
}

describe('sequencesOfLog', () => {
  test('each shopper in order of time, whatever the order of arrival', async () => {
    expect(
      await lists([event('u', 'b', 2), event('v', 'x', 1), event('u', 'c', 3), event('u', 'a', 1)]),
    ).toEqual({ v: ['x'], u: ['a', 'b', 'c'] });
  });
  test('only the wanted types and times; an order gives a row for each item', async () => {
    const events = [
      event('u', 'a', 1, { eventType: 'dismiss' }),
      event('u', 'b', 2, { eventType: 'purchase', items: [{ itemId: 'p' }, { itemId: 'q' }] }),
      event('u', 'c', 3),
      event('v', 'a', 3, { eventType: 'impression' }),
    ];
    expect(await lists(events)).toEqual({ u: ['p', 'q', 'c'] });
    expect(await lists(events, { types: ['purchase'] })).toEqual({ u: ['p', 'q'] });
    expect(await lists(events, { from: 3, to: 4 })).toEqual({ u: ['c'] });
  });
  test('anonymous rows belong to the user who logged in; rows before an erasure to nobody', async () => {
    const events = [
      anonymous(event('browser', 'a', 1)),
      event('u', 'b', 2, { anonymousId: 'browser' }),
      anonymous(event('browser', 'c', 3)),
      event('v', 'd', 4),
      { ...event('v', 'd', 5), eventType: 'erased' },
      event('v', 'late', 3),
      event('w', 'e', 6),
      { ...event('w', 'e', 7), eventType: 'erased' },
      event('w', 'f', 8),
    ];
    expect(await lists(events)).toEqual({ u: ['a', 'b', 'c'], w: ['f'] });
  });
  test('carries types, times and ratings', async () => {
    const log = memoryLog();
    await log.append([event('u', 'a', 7, { eventType: 'review', eventValue: 4 })]);
    const { catalogue } = await catalogueOfLog(log);
    const { sequences } = await sequencesOfLog(log, catalogue);
    expect([...sequences.types!, ...sequences.times!, ...sequences.ratings!]).toEqual([
      eventTypeCode('review'),
      7,
      4,
    ]);
  });
  test('is the same as sorting and grouping plainly', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ user: fc.nat(5), item: fc.nat(20), time: fc.nat(50) }), { maxLength: 3000 }),
        async (rows) => {
          const plain: Record<string, string[]> = {};
          for (const row of rows.toSorted((a, b) => a.time - b.time)) {
            plain[`u${row.user}`] = [...(plain[`u${row.user}`] ?? []), `i${row.item}`];
          }
          expect(await lists(rows.map((row) => event(`u${row.user}`, `i${row.item}`, row.time)))).toEqual(
            plain,
          );
        },
      ),
      { numRuns: 20 },
    ));
});

describe('catalogueOfLog', () => {
  test('numbers by first appearance; the newest item by time wins', async () => {
    const changed = (itemId: string, title: string, timestamp: number, stock?: number): Event => ({
      eventId: `e${running++}`,
      eventType: 'item_changed',
      timestamp,
      properties: { item: { itemId, title, ...(stock === undefined ? {} : { stock }) } },
    });
    const log = memoryLog();
    await log.append([
      event('u', 'seen', 9),
      changed('a', 'new', 5, 0),
      changed('a', 'old', 4, 3),
      changed('b', 'b', 1),
    ]);
    const { catalogue } = await catalogueOfLog(log);
    expect(catalogue.items.map((item) => item.itemId)).toEqual(['seen', 'a', 'b']);
    expect(catalogue.items[1]!.title).toBe('new');
    expect([...catalogue.stocked]).toEqual([1, 0, 1]);
    expect(catalogue.indexOf('nothing')).toBeUndefined();
    const { catalogue: renumbered } = await catalogueOfLog(log, ['b', 'gone']);
    expect(renumbered.items.map((item) => item.itemId)).toEqual(['b', 'gone', 'seen', 'a']);
  });
});
