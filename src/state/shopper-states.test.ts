import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Event, shopperOf } from '../core/index.ts';
import { foldAll } from './fold.ts';
import { arbitraryEvent, event, shopContext } from './shop.suite.ts';
import { newShopper, type ShopperState } from './shopper-state.ts';
import { shopperStates } from './shopper-states.ts';

/** A log of one list, and the states over it. */
function shop(capacity = 10) {
  const log: Event[] = [];
  let reads = 0;
  const states = shopperStates({
    context: shopContext,
    capacity,
    async *history(shopper) {
      reads++;
      yield* log.filter((e) => shopperOf(e) === shopper).toSorted((a, b) => a.timestamp - b.timestamp);
    },
  });
  return {
    states,
    log,
    reads: () => reads,
    add(e: Event) {
      log.push(e);
      states.apply(e);
    },
  };
}
const anonymous = ({ userId, ...rest }: Event, anonymousId = 'browser'): Event => ({ ...rest, anonymousId });

describe('shopperStates', () => {
  test('any order of arrival gives the same state, also when looked at in between', () =>
    fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(arbitraryEvent, { maxLength: 30, selector: (e) => e.timestamp }).chain((events) =>
          fc.record({
            events: fc.constant(events),
            arrival: fc.shuffledSubarray(events, { minLength: events.length }),
            looks: fc.array(fc.nat(30)),
          }),
        ),
        async ({ events, arrival, looks }) => {
          const { add, states } = shop();
          for (const [i, e] of arrival.entries()) {
            add(e);
            if (looks.includes(i)) await states.get('u');
          }
          const inOrder = events.toSorted((a, b) => a.timestamp - b.timestamp);
          expect(await states.get('u')).toEqual(foldAll('u', inOrder, shopContext));
        },
      ),
      { numRuns: 60 },
    ));
  test('with logins, any order of arrival gives the same state as one history', () =>
    fc.assert(
      fc.asyncProperty(
        fc
          .uniqueArray(fc.tuple(arbitraryEvent, fc.constantFrom('user', 'browser', 'login')), {
            maxLength: 20,
            selector: ([e]) => e.timestamp,
          })
          .chain((list) => {
            const events = list.map(([e, who]) =>
              who === 'browser' ? anonymous(e) : who === 'login' ? { ...e, anonymousId: 'browser' } : e,
            );
            return fc.record({
              events: fc.constant(events),
              arrival: fc.shuffledSubarray(events, { minLength: events.length }),
              looks: fc.array(fc.nat(20)),
            });
          }),
        async ({ events, arrival, looks }) => {
          const { add, states } = shop();
          for (const [i, e] of arrival.entries()) {
            add(e);
            if (looks.includes(i)) await Promise.all([states.get('u'), states.get('browser')]);
          }
          const linked = events.some((e) => e.userId && e.anonymousId);
          const theirs = (who: string) =>
            events
              .filter((e) => linked || shopperOf(e) === who)
              .toSorted((a, b) => a.timestamp - b.timestamp);
          expect(await states.get('u')).toEqual(foldAll('u', theirs('u'), shopContext));
          const owner = linked ? 'u' : 'browser';
          expect(await states.get('browser')).toEqual(foldAll(owner, theirs('browser'), shopContext));
        },
      ),
      { numRuns: 60 },
    ));
  test('an event in time changes the very next answer without reading the log', async () => {
    const { add, states, reads } = shop();
    add(event('view', 1, { itemId: 'i1' }));
    expect((await states.get('u')).actions).toBe(1);
    add(event('view', 2, { itemId: 'i2' }));
    expect((await states.get('u')).actions).toBe(2);
    expect(reads()).toBe(1);
  });
  test('of two users on one browser the first keeps what was done before', async () => {
    const { add, states } = shop();
    add(anonymous(event('view', 1, { itemId: 'i1' })));
    add({ ...event('view', 5, { itemId: 'i2' }), userId: 'second', anonymousId: 'browser' });
    expect((await states.get('second')).actions).toBe(2);
    add({ ...event('view', 3, { itemId: 'i3' }), userId: 'first', anonymousId: 'browser' });
    expect((await states.get('second')).actions).toBe(1);
    expect((await states.get('first')).actions).toBe(2);
    expect((await states.get('browser')).shopper).toBe('first');
  });
  test('events that come in while a shopper is folded anew are not lost', async () => {
    const { add, states } = shop();
    add(event('view', 5, { itemId: 'i1' }));
    const looking = states.get('u');
    add(event('view', 3, { itemId: 'i2' }));
    const both = states.get('u');
    expect((await looking).actions).toBe(2);
    expect((await both).actions).toBe(2);
    expect((await states.get('u')).tokens.map((token) => token.item)).toEqual(['i2', 'i1']);
  });
  test('an erased shopper is a new one', async () => {
    const { add, log, states } = shop();
    add({ ...event('purchase', 1, { itemId: 'i1' }), anonymousId: 'browser' });
    expect((await states.get('u')).orders).toBe(1);
    log.length = 0;
    add(event('erased', 9));
    expect(await states.get('u')).toEqual({ ...newShopper('u'), version: 1, asOf: 9 });
    expect(await states.get('browser')).toEqual(newShopper('browser'));
  });
  test('holds no more than it may, and forgets whoever was not seen for longest', async () => {
    const { add, states, reads } = shop(2);
    for (const userId of ['a', 'b', 'c']) add({ ...event('view', 1, { itemId: 'i1' }), userId });
    const seen: ShopperState[] = [];
    for (const userId of ['a', 'b', 'a', 'c', 'a']) seen.push(await states.get(userId));
    expect(seen.map((state) => state.actions)).toEqual([1, 1, 1, 1, 1]);
    expect(reads()).toBe(3);
    expect(states.peek('b')).toBeUndefined();
  });
  test('a failing log fails the look, and the next one tries again', async () => {
    let broken = true;
    const states = shopperStates({
      context: shopContext,
      async *history() {
        if (broken) throw new Error('disk');
        yield event('view', 1);
      },
    });
    await expect(states.get('u')).rejects.toThrow('disk');
    broken = false;
    expect((await states.get('u')).actions).toBe(1);
  });
});
