import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Event } from '../core/index.ts';
import { attribution, type Outcome } from './attribution.ts';

let running = 0;
const event = (eventType: string, timestamp: number, more: Partial<Event> = {}): Event => ({
  eventId: `e${running++}`,
  eventType,
  timestamp,
  userId: 'u',
  ...more,
});
const decision = (
  recommendationId: string,
  timestamp: number,
  itemIds: readonly string[],
  userId = 'u',
): Event =>
  event('decision', timestamp, {
    userId,
    recommendationId,
    properties: {
      decision: {
        recommendationId,
        shopper: userId,
        timestamp,
        placement: 'home',
        policy: { id: 'p', version: '1' },
        stateVersion: 0,
        items: itemIds.map((itemId, i) => ({
          itemId,
          position: i + 1,
          score: 0,
          propensity: 1,
          explored: false,
          reasons: [],
        })),
      },
    },
  });
function outcomes(
  events: readonly Event[],
  windowMs = 100,
): Record<string, { types: string[]; chosen: number }> {
  const join = attribution(windowMs);
  const all: Outcome[] = events.flatMap((e) => join.apply(e));
  all.push(...join.flush());
  return Object.fromEntries(
    all.map(({ decision: d, events: credited, chosen }) => [
      d.recommendationId,
      { types: credited.map((e) => e.eventType), chosen },
    ]),
  );
}

describe('attribution', () => {
  test('by recommendationId, else by the newest slate that showed the item', () => {
    expect(
      outcomes([
        decision('r', 0, ['a', 'b']),
        decision('s', 10, ['b', 'c']),
        event('click', 20, { itemId: 'b' }),
        event('purchase', 30, { itemId: 'b', recommendationId: 'r' }),
        event('click', 40, { itemId: 'a' }),
        event('click', 50, { itemId: 'z' }),
        event('click', 60, { itemId: 'a', recommendationId: 'unknown' }),
        event('leave', 70),
      ]),
    ).toEqual({
      r: { types: ['purchase', 'click'], chosen: 1 },
      s: { types: ['click', 'leave'], chosen: 0 },
    });
  });
  test('only within the window, only the same shopper', () => {
    expect(
      outcomes([
        decision('r', 0, ['a']),
        decision('s', 0, ['a'], 'v'),
        event('click', 100, { itemId: 'a' }),
        event('click', 101, { itemId: 'a' }),
      ]),
    ).toEqual({ r: { types: ['click'], chosen: 0 }, s: { types: [], chosen: -1 } });
  });
  test('being taken out of the cart is credited but is no answer', () => {
    expect(outcomes([decision('r', 0, ['a']), event('dismiss', 1, { itemId: 'a' })])).toEqual({
      r: { types: ['dismiss'], chosen: -1 },
    });
  });
  test('an erasure takes open decisions along', () => {
    expect(outcomes([decision('r', 0, ['a']), event('erased', 1)])).toEqual({});
  });
  test('every decision comes out once, every event is credited once at most, and never to a later decision', () => {
    const act = fc.record({ at: fc.nat(300), kind: fc.nat(2), item: fc.nat(3), name: fc.nat(3) });
    fc.assert(
      fc.property(fc.array(act, { maxLength: 40 }), fc.nat(200), (acts, windowMs) => {
        const events = acts
          .toSorted((x, y) => x.at - y.at)
          .map(({ at, kind, item, name }, i) =>
            kind === 0
              ? decision(`r${i}`, at, [`i${item}`])
              : event('click', at, {
                  itemId: `i${item}`,
                  ...(kind === 2 ? { recommendationId: `r${name}` } : {}),
                }),
          );
        const join = attribution(windowMs);
        const all = [...events.flatMap((e) => [...join.apply(e)]), ...join.flush()];
        expect(all.map((o) => o.decision.recommendationId).toSorted()).toEqual(
          events
            .filter((e) => e.eventType === 'decision')
            .map((e) => e.recommendationId)
            .toSorted(),
        );
        const credited = all.flatMap((o) => o.events.map((e) => ({ e, d: o.decision })));
        expect(new Set(credited.map(({ e }) => e.eventId)).size).toBe(credited.length);
        for (const { e, d } of credited) {
          expect(e.timestamp).toBeGreaterThanOrEqual(d.timestamp);
          expect(e.timestamp - d.timestamp).toBeLessThanOrEqual(windowMs);
        }
      }),
    );
  });
});
