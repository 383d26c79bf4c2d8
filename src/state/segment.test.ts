import { describe, expect, test } from 'vitest';
import type { Event } from '../core/index.ts';
import { fold, foldAll } from './fold.ts';
import { segmentOf, segmentRules } from './segment.ts';
import { day, event, shopContext } from './shop.suite.ts';

const minute = 60_000;
const of = (events: readonly Event[]) => foldAll('u', events, shopContext);
const views = (times: readonly number[], item = (i: number) => `i${i}`) =>
  times.map((time, i) => event('view', time, { itemId: item(i) }));

describe('segments', () => {
  test('a new shopper stays new for 4 actions, then browses', () => {
    const unrelated = (i: number) => `item ${i}`;
    const at = (n: number) =>
      of(
        views(
          Array.from({ length: n }, (_, i) => i * minute),
          unrelated,
        ),
      ).segment;
    expect([0, 1, 4, 5].map(at)).toEqual(['new', 'new', 'new', 'browsing']);
  });
  test('something in the cart: about to buy for 30 minutes, held for 2 hours; bought: no more', () => {
    const carted = of([...views([0]), event('add_to_cart', minute, { itemId: 'i1' })]);
    expect(carted.segment).toBe('about to buy');
    expect(segmentOf(carted, 100 * minute)).toBe('about to buy');
    expect(segmentOf(carted, 122 * minute)).toBe('new');
    expect(segmentOf({ ...carted, segment: 'browsing' }, 100 * minute)).toBe('new');
    expect(fold(carted, event('purchase', 2 * minute, { itemId: 'i1' }), shopContext).segment).toBe(
      'browsing',
    );
    expect(fold(carted, event('remove_from_cart', 2 * minute, { itemId: 'i1' }), shopContext).segment).toBe(
      'browsing',
    );
  });
  test('three items of one category in a session is comparing; it takes more than one look elsewhere to end it', () => {
    const even = ['i0', 'i2', 'i4'];
    const comparing = of(even.map((itemId, i) => event('view', i * minute, { itemId })));
    expect(comparing.segment).toBe('comparing');
    const glance = fold(comparing, event('view', 4 * minute, { itemId: 'i1' }), shopContext);
    expect(glance.segment).toBe('comparing');
    const two = of(['i0', 'i2', 'i1', 'i3'].map((itemId, i) => event('view', i * minute, { itemId })));
    expect(two.segment).toBe('new');
    expect(segmentOf(comparing, 33 * minute)).toBe('browsing');
  });
  test('three orders within 90 days make loyal, two within 120 keep it', () => {
    const orders = [0, 20, 40].map((d) => event('purchase', d * day, { itemId: 'x' }));
    const loyal = of(orders);
    expect(loyal.segment).toBe('loyal');
    expect(of(orders.slice(0, 2)).segment).toBe('browsing');
    const busy = (d: number) => event('view', d * day, { itemId: 'x' });
    let state = loyal;
    for (const d of [60, 80, 100, 120]) state = fold(state, busy(d), shopContext);
    expect(state.segment).toBe('loyal');
    for (const d of [141, 145]) state = fold(state, busy(d), shopContext);
    expect(state.segment).toBe('browsing');
  });
  test('time alone makes lapsing; coming back takes more than one look', () => {
    const active = of([0, 2, 4, 6, 8, 10].map((d) => event('view', d * day, { itemId: 'x' })));
    expect(segmentOf(active, 23 * day)).toBe('browsing');
    expect(segmentOf(active, 24 * day)).toBe('lapsing');
    const lapsed = { ...active, segment: segmentOf(active, 24 * day) };
    let back = fold(lapsed, event('view', 30 * day, { itemId: 'x' }), shopContext);
    expect(back.segment).toBe('lapsing');
    for (const m of [1, 2])
      back = fold(back, event('view', 30 * day + m * minute, { itemId: 'x' }), shopContext);
    expect(back.segment).toBe('browsing');
  });
  test('staying in is never stricter than coming in', () => {
    const histories = [
      of(views([0, 1, 2, 3, 4])),
      of([event('add_to_cart', 0, { itemId: 'i1' })]),
      of([0, 20, 40].map((d) => event('purchase', d * day, { itemId: 'x' }))),
      of([0, 2, 4, 6, 8].map((d) => event('view', d * day, { itemId: 'x' }))),
    ];
    for (const state of histories) {
      for (let later = 0; later < 200 * day; later += 7 * minute * 60) {
        for (const rule of segmentRules) {
          if (rule.enter(state, state.asOf + later)) expect(rule.stay(state, state.asOf + later)).toBe(true);
        }
      }
    }
  });
});
