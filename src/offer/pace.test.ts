import { describe, expect, test } from 'vitest';
import { rng } from '../core/index.ts';
import { pace } from './pace.ts';

const until = 2_000_000;
const decisions = 2_000;
const at = (i: number, cost: number) => ({
  timestamp: (until * i) / decisions,
  offer: { contactCost: cost, mostCost: cost },
});

/** Shoppers worth something between 0 and 1, each for 1 of a budget; with `drift` the first are worth half, the last half more. */
function play(budget: number, end: number | undefined, drift = false) {
  const stream = rng(3);
  const own = pace();
  const all: number[] = [];
  let [left, value] = [budget, 0];
  for (let i = 0; i < decisions; i++) {
    const worth = stream.float() * (drift ? 0.5 + i / decisions : 1);
    all.push(worth);
    const take = left >= 1 && worth > own.price;
    if (take) [left, value] = [left - 1, value + worth];
    const spends = take ? 1 : 0;
    const wanted = worth > own.price;
    own.decided(at(i, spends), { left, until: end, returns: true, spends, certain: spends, wanted });
  }
  const best = all.sort((a, b) => b - a).slice(0, budget);
  return {
    used: (budget - left) / budget,
    share: value / best.reduce((sum, x) => sum + x, 0),
    price: own.price,
  };
}

test('a paced budget is used to the end and goes where it is worth most', () => {
  const paced = play(400, until);
  expect(paced.used).toBeGreaterThanOrEqual(0.99);
  expect(paced.used).toBeLessThanOrEqual(1);
  expect(paced.share).toBeGreaterThan(0.95);
  const firstCome = play(400, undefined);
  expect(firstCome).toMatchObject({ used: 1, price: 0 });
  expect(firstCome.share).toBeLessThan(0.6);
});

test('it is used to the end too where later shoppers are worth more', () => {
  const { used } = play(400, until, true);
  expect(used).toBeGreaterThanOrEqual(0.99);
});

test('where there is money for everybody its price is next to nothing', () =>
  expect(play(5_000, until).price).toBeLessThan(0.01));

test('what is expected of an offer is what such offers came to', () => {
  const own = pace();
  const offer = { kind: 'discount', percent: 10, channel: 'email', contactCost: 1, mostCost: 11 } as const;
  expect(own.expected(offer, true)).toBe(11);
  for (let i = 0; i < 95; i++) own.settled(offer, i % 19 === 0 ? 11 : 1, true);
  expect(own.expected(offer, true)).toBeCloseTo(1 + 10 * ((5 + 5) / 100), 9);
  expect(own.expected(offer, false), 'too late to come back').toBe(11);
});

test('a price that only chance still spends at rises no further, and gives way after a pause', () => {
  const day = 86_400_000;
  const own = pace();
  let left = 1_000;
  let most = 0;
  const ask = (time: number, i: number): boolean => {
    // One in twenty is written to whatever the price; nothing is worth more than 3.
    const wanted = own.price < 3;
    const cost = wanted || i % 20 === 0 ? 1 : 0;
    left -= cost;
    const offer = { contactCost: cost, mostCost: cost };
    own.decided(
      { timestamp: time, offer },
      { left, until: 1_500 * day, returns: true, spends: cost, certain: cost, wanted },
    );
    most = Math.max(most, own.price);
    return wanted;
  };
  for (let i = 0; i < 3_000; i++) ask(i, i);
  expect(most).toBeLessThan(6);
  expect(own.price).toBeGreaterThan(1);
  expect([0, 1, 2, 3].some((i) => ask(day + i, i))).toBe(true);
});

describe('a shop that asks once a night under an end that is years ahead', () => {
  const [hour, day] = [3_600_000, 86_400_000];
  /** What was sent each night, of 2,000 who are worth between 0 and `most` a unit of money, at a budget of so many a night. */
  function nights(count: number, aNight: number, most: number, minutes: number): number[] {
    const stream = rng(1);
    const own = pace();
    const until = 1_461 * day;
    let left = 1_461 * aNight;
    return Array.from({ length: count }, (_, night) => {
      let sent = 0;
      for (let i = 0; i < 2_000; i++) {
        const wanted = most * stream.float() > own.price;
        const spends = wanted ? 0.975 : 0.025;
        const cost = stream.float() < spends ? 1 : 0;
        sent += cost;
        left -= cost;
        const timestamp = night * day + (minutes * hour * i) / (60 * 2_000);
        const money = { left, until, returns: true, spends, certain: spends, wanted };
        own.decided({ timestamp, offer: { contactCost: cost, mostCost: cost } }, money);
      }
      return sent;
    });
  }

  test.each([
    [1, 60],
    [1, 2],
    [20, 60],
  ])(
    'from the second night on sends what it can afford (worth up to %d, within %d minutes)',
    (most, minutes) => {
      const sent = nights(15, 600, most, minutes);
      for (const n of sent.slice(1)) expect(n).toBeGreaterThan(450);
      const later = sent.slice(5);
      const mean = later.reduce((sum, n) => sum + n, 0) / later.length;
      expect(mean).toBeGreaterThan(600);
      expect(mean).toBeLessThan(1.3 * 600);
    },
  );
});

test('money is to spare where what is certain will not use it until the end', () => {
  const own = pace();
  expect(own.spare(0.01, 0, until), 'nothing is known yet').toBe(true);
  for (let i = 0; i < 1_000; i++)
    own.decided(at(i, 0), { left: 400, until, returns: true, spends: 0.3, certain: 0.1, wanted: true });
  const now = (until * 999) / decisions;
  const needed = 3 * 0.1 * 1_001;
  expect(own.spare(1.01 * needed, now, until)).toBe(true);
  expect(own.spare(0.99 * needed, now, until)).toBe(false);
  expect(own.spare(0, until, until)).toBe(false);
});
