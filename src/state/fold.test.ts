import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Event, eventTypes } from '../core/index.ts';
import { fold, foldAll, interestIn, tokensKept } from './fold.ts';
import { arbitraryHistory, day, event, shopContext } from './shop.suite.ts';
import { newShopper } from './shopper-state.ts';

const of = (events: readonly Event[]) => foldAll('u', events, shopContext);

describe('fold', () => {
  test('the state of a moment does not depend on what comes after it', () => {
    fc.assert(
      fc.property(arbitraryHistory, fc.nat(), (events, cut) => {
        const at = events.length === 0 ? 0 : cut % events.length;
        const before = of(events.slice(0, at));
        const states: string[] = [JSON.stringify(newShopper('u'))];
        let state = newShopper('u');
        for (const e of events) {
          state = fold(state, e, shopContext);
          states.push(JSON.stringify(state));
        }
        expect(states[at]).toBe(JSON.stringify(before));
      }),
    );
  });
  test('leaves the state before untouched, and survives JSON', () => {
    fc.assert(
      fc.property(arbitraryHistory, (events) => {
        let state = newShopper('u');
        for (const e of events) {
          const copy = JSON.stringify(state);
          const next = fold(state, e, shopContext);
          expect(JSON.stringify(state)).toBe(copy);
          expect(JSON.parse(JSON.stringify(next))).toEqual(next);
          state = next;
        }
      }),
    );
  });
  test('a profile is known from its event on, whole, and is no act; being forgotten empties it', () => {
    const first = event('shopper_changed', 1, { properties: { shopper: { age: '25-34', gender: 'F' } } });
    const view = event('view', 2, { itemId: 'i1' });
    const second = event('shopper_changed', 3, { properties: { shopper: { region: 'Utah' } } });
    const state = of([first, view]);
    expect(state).toMatchObject({ profile: { age: 29.5, gender: 'female' }, actions: 1, sessions: 1 });
    expect(state).toEqual({ ...of([view]), profile: state.profile, version: 2 });
    expect(of([view, second]).profile).toEqual({ region: 'utah' });
    expect(of([first, view, second]).profile).toEqual({ region: 'utah' });
    expect(of([first, event('erased', 4)]).profile).toEqual({});
  });
  test('keeps the last 50 things done, newest last, with the pauses between them', () => {
    const state = of(Array.from({ length: 70 }, (_, i) => event('view', i * 10, { itemId: `i${i % 5}` })));
    expect(state.tokens).toHaveLength(tokensKept);
    expect(state.tokens.map((token) => token.time)).toEqual(
      Array.from({ length: 50 }, (_, i) => 200 + i * 10),
    );
    expect(new Set(state.tokens.map((token) => token.gap))).toEqual(new Set([10]));
    expect(state.actions).toBe(70);
  });
  test('an order of several items is one order and a token for each item', () => {
    const state = of([
      event('purchase', 5, {
        items: [
          { itemId: 'i0', price: 2 },
          { itemId: 'i1', price: 4, quantity: 3 },
        ],
        properties: { discount: 1 },
      }),
    ]);
    expect(state).toMatchObject({
      orders: 1,
      bought: 2,
      discounted: 2,
      spent: 14,
      priceSum: 6,
      priceCount: 2,
    });
    expect(state.tokens.map((token) => [token.item, token.price, token.gap])).toEqual([
      ['i0', 4, 0],
      ['i1', 5, 0],
    ]);
  });
  test('a refund takes the money back', () => {
    expect(of([event('purchase', 1, { value: 9 }), event('refund', 2, { value: 4 })]).spent).toBe(5);
  });
  test('a slate counts as shown once and as answered once', () => {
    const state = of([
      event('decision', 1, { recommendationId: 'r', impression: ['i1', 'i2'] }),
      event('impression', 2, { recommendationId: 'r', impression: ['i1', 'i2'] }),
      event('click', 3, { itemId: 'i9' }),
      event('click', 4, { itemId: 'i2' }),
      event('purchase', 5, { itemId: 'i2', recommendationId: 'r' }),
      event('decision', 6, { recommendationId: 's', impression: ['i3'] }),
    ]);
    expect([state.shown, state.answered, state.actions]).toEqual([2, 1, 3]);
  });
  test('interest in a category halves every 30 days, and the weakest of many goes', () => {
    const state = of([event('view', 0, { itemId: 'i0' }), event('view', 30 * day, { itemId: 'i1' })]);
    expect(interestIn(state.categories, 'even', 30 * day)).toBe(0.5);
    expect(interestIn(state.categories, 'odd', 60 * day)).toBe(0.5);
    const many = of(Array.from({ length: 40 }, (_, i) => event('view', i * day, { itemId: `c${i}` })));
    expect(Object.keys(many.categories)).toHaveLength(24);
    expect(many.categories.c39).toBeDefined();
    expect(many.categories.c0).toBeUndefined();
  });
  test('a message that arrived is nothing the shopper did', () => {
    expect(of([event('campaign_received', 1), event('coupon_redeemed', 2)]).actions).toBe(1);
  });
  test('counts what each channel sent and what was answered', () => {
    const state = of([
      event('impression', 1, { impression: ['i1'], properties: { channel: 'email' } }),
      event('click', 2, { itemId: 'i1', properties: { channel: 'email' } }),
      event('impression', 3, { impression: ['i1'], properties: { channel: 'sms' } }),
    ]);
    expect(state.channels).toEqual({ email: { sent: 1, answered: 1 }, sms: { sent: 1, answered: 0 } });
  });
  test('a break of 30 minutes or another sessionId begins a session; a purchase empties the cart', () => {
    const minute = 60_000;
    const state = of([
      event('add_to_cart', 0, { itemId: 'i1' }),
      event('add_to_cart', minute, { itemId: 'i2' }),
      event('remove_from_cart', 2 * minute, { itemId: 'i1' }),
    ]);
    expect(state.session).toMatchObject({ actions: 3, cart: ['i2'] });
    expect(fold(state, event('purchase', 3 * minute, { itemId: 'i2' }), shopContext).session.cart).toEqual(
      [],
    );
    const later = fold(state, event('view', 40 * minute, { itemId: 'i2' }), shopContext);
    expect([later.sessions, later.session.actions, later.session.pause]).toEqual([2, 1, 38 * minute]);
    expect(fold(state, event('view', 3 * minute, { sessionId: 'x' }), shopContext).sessions).toBe(2);
  });
  test('an erasure leaves nothing but its time', () => {
    const state = of([event('purchase', 1, { itemId: 'i1', value: 3 }), event('erased', 9)]);
    expect(state).toEqual({ ...newShopper('u'), version: 1, asOf: 9 });
  });
  test('a late event is refused: its shopper must be folded anew', () => {
    expect(() => of([event('view', 2), event('view', 1)])).toThrow('late');
  });
  test('hostile names stay data', () => {
    const state = of([
      event('click', 1, { itemId: '__proto__', properties: { channel: '__proto__' } }),
      event('constructor', 2, { itemId: 'toString', properties: { channel: 'toString' } }),
    ]);
    expect(state.channels.toString).not.toBe('');
    expect(Object.getPrototypeOf(state.channels)).toBe(Object.prototype);
    expect(Object.keys(state.channels)).toEqual(['__proto__']);
    expect(state.tokens[1]!.type).toBe(eventTypes.length - 1);
  });
});
