import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Event } from '../core/index.ts';
import { defaultReward, parseReward, rewardOf, type SignalName, signals } from './reward.ts';

const event = (eventType: string, more: Partial<Event> = {}): Event => ({
  eventId: 'e',
  eventType,
  timestamp: 1,
  userId: 'u',
  ...more,
});
const sentiment = (text: string): number => (text.includes('good') ? 0.5 : -0.5);
const formula = (text: string) => {
  const parsed = parseReward(text);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value;
};
const reward = (text: string, e: Event) => rewardOf(formula(text), e, sentiment);

describe('the formula', () => {
  test('is read as it is written', () => {
    expect(formula('1*purchase + 0.2*rating - .5 * refund+click').terms).toEqual([
      { weight: 1, signal: 'purchase' },
      { weight: 0.2, signal: 'rating' },
      { weight: -0.5, signal: 'refund' },
      { weight: 1, signal: 'click' },
    ]);
    expect(formula('-leave').terms).toEqual([{ weight: -1, signal: 'leave' }]);
    expect(formula(defaultReward).terms.length).toBeGreaterThan(3);
  });
  test('every formula that can be written is read back', () => {
    const term = fc.record({
      signal: fc.constantFrom(...(Object.keys(signals) as SignalName[])),
      weight: fc.integer({ min: -99, max: 99 }).map((n) => n / 10),
    });
    fc.assert(
      fc.property(
        fc.uniqueArray(term, { minLength: 1, selector: (t) => t.signal }),
        fc.constantFrom('', ' ', '  '),
        (terms, space) => {
          const text = terms
            .map(
              ({ weight, signal }) =>
                `${weight < 0 ? '-' : '+'}${space}${Math.abs(weight)}${space}*${space}${signal}`,
            )
            .join(space);
          expect(formula(text).terms.map((t) => [t.weight + 0, t.signal])).toEqual(
            terms.map((t) => [t.weight + 0, t.signal]),
          );
        },
      ),
    );
  });
  test.each([
    ['', 'it is empty'],
    ['  ', 'is not a term'],
    ['1*purchase 2*click', 'a + or - is missing before "2*click"'],
    ['1*purchse', 'there is no signal "purchse"'],
    ['1*toString', 'there is no signal "toString"'],
    ['purchase + purchase', '"purchase" stands there twice'],
    ['1*purchase + ', '(character 12) is not a term'],
    ['2 purchase', '(character 1) is not a term'],
    ['1e3*click', 'is not a term'],
    ['purchase; process.exit()', 'is not a term'],
  ])('%j is refused: %s', (text, message) => {
    const parsed = parseReward(text);
    expect(parsed.ok).toBe(false);
    if (!parsed.ok) {
      expect(parsed.error.code).toBe('bad-setting');
      expect(parsed.error.message).toContain(message);
      expect(parsed.error.message).toContain('accepted: terms like 0.2*rating');
    }
  });
  test('arbitrary text never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseReward(text)));
  });
});

describe('the signals', () => {
  test('count what happened', () => {
    expect(reward('2*purchase + click', event('purchase'))).toBe(2);
    expect(reward('2*purchase + click', event('view'))).toBe(0);
    expect([event('add_to_cart'), event('remove_from_cart')].map((e) => reward('cart', e))).toEqual([1, -1]);
  });
  test('stars, words and money', () => {
    const review = event('review', { eventValue: 2, properties: { text: 'good' } });
    expect(reward('rating', review)).toBe(2);
    expect(reward('satisfaction', review)).toBe(-0.5);
    expect(reward('sentiment', review)).toBe(0.5);
    expect(reward('rating + sentiment', event('purchase', { eventValue: 3 }))).toBe(0);
    expect(reward('revenue', event('purchase', { items: [{ itemId: 'i', price: 2, quantity: 3 }] }))).toBe(6);
    expect(reward('margin', event('purchase', { properties: { margin: 1.5 } }))).toBe(1.5);
    expect(reward('dwell', event('view', { properties: { seconds: 90 } }))).toBe(1.5);
    for (const seconds of [-1, 86_401, '90'])
      expect(reward('dwell', event('click', { properties: { seconds } })), `${seconds}`).toBe(0);
  });
  test('the reward is linear in the weights', () => {
    const types = ['purchase', 'click', 'review', 'refund'];
    fc.assert(
      fc.property(fc.constantFrom(...types), fc.nat(50), fc.nat(50), (type, a, b) => {
        const e = event(type, { eventValue: 4 });
        const one = reward(`${a}*purchase + ${b}*rating`, e);
        expect(one).toBeCloseTo(a * reward('purchase', e) + b * reward('rating', e), 9);
      }),
    );
  });
});
