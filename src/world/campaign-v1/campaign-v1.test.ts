import { describe, expect, test } from 'vitest';
import { readObservation, rng } from '../../core/index.ts';
import { bestDecision } from '../best-decision.ts';
import { worldSuite } from '../world.suite.ts';
import { campaignActions } from './actions.ts';
import { campaignV1 } from './campaign-v1.ts';
import { shopperSpec } from './shoppers.ts';

worldSuite(campaignV1);

const sample = {
  recency: 15,
  frequency: 3,
  monetaryValue: 200,
  engagementScore: 0.78,
  discountSensitive: 1,
  freeShippingPreferred: 0,
  emailOpens: 0.87,
  smsResponse: 0.12,
  pushResponse: 0.05,
  lastPurchaseDays: 8,
};
const truth = campaignV1.decisions!;
const row = (change: Partial<typeof sample> = {}): Float64Array => {
  const read = readObservation(shopperSpec, { ...sample, ...change });
  if (!read.ok) throw new Error(read.error.message);
  return read.value;
};
const number = (offer: string, channel: string, percent = 0): number =>
  campaignActions.findIndex((a) => a.offer === offer && a.channel === channel && a.percent === percent);

describe('the reward', () => {
  test('of the sample shopper is .9 for action 2, a discount of 15 % by e-mail, and none is better', () => {
    expect(campaignActions[2]).toEqual({ offer: 'discount', percent: 15, channel: 'email' });
    expect(truth.reward(row(), 0, 2)).toBe(0.9);
    expect(bestDecision(truth, row())).toEqual({ action: 2, reward: 0.9 });
  });

  test.each([
    ['another depth', {}, number('discount', 'email', 20), { offer: 0.5, channel: 0.3, depth: 0 }],
    ['another channel', {}, number('discount', 'push', 15), { offer: 0.5, channel: 0, depth: 0.1 }],
    ['another offer', {}, number('none', 'email'), { offer: 0, channel: 0.3, depth: 0 }],
    [
      'free shipping to who prefers it',
      { discountSensitive: 0, freeShippingPreferred: 1 },
      number('free shipping', 'email'),
      { offer: 0.5, channel: 0.3 },
    ],
    [
      'a discount to who is both',
      { freeShippingPreferred: 1 },
      number('discount', 'email', 15),
      { offer: 0.5, depth: 0.1 },
    ],
    [
      'free shipping to who is both',
      { freeShippingPreferred: 1 },
      number('free shipping', 'email'),
      { offer: 0.5 },
    ],
    [
      'nothing to who is neither',
      { discountSensitive: 0 },
      number('none', 'email'),
      { offer: 0.5, channel: 0.3 },
    ],
    [
      'a discount to who is neither',
      { discountSensitive: 0 },
      number('discount', 'email', 15),
      { offer: 0, depth: 0 },
    ],
    ['one of two equal channels', { smsResponse: 0.87 }, number('discount', 'sms', 15), { channel: 0.3 }],
    ['5 % to who answered a week ago', { recency: 7 }, number('discount', 'email', 5), { depth: 0.1 }],
    ['10 % after eight days', { recency: 8 }, number('discount', 'email', 10), { depth: 0.1 }],
    ['20 % after a month', { recency: 31 }, number('discount', 'email', 20), { depth: 0.1 }],
    [
      'one level less to who spends much',
      { monetaryValue: 500 },
      number('discount', 'email', 10),
      { depth: 0.1 },
    ],
    [
      'winning back who bought before',
      { lastPurchaseDays: 91 },
      number('discount', 'email', 15),
      { winBack: 0.1, offer: 0.5, channel: 0.3, depth: 0.1 },
    ],
    ['no winning back by no offer', { lastPurchaseDays: 91 }, number('none', 'email'), { winBack: 0 }],
    ['no winning back of newcomers', { lastPurchaseDays: 91, frequency: 1 }, 2, { winBack: 0 }],
  ])('%s', (_what, change, action, parts) => {
    expect(action).toBeGreaterThanOrEqual(0);
    expect(truth.parts(row(change), 0, action)).toMatchObject(parts);
    const sum = Object.values(truth.parts(row(change), 0, action)).reduce((a, b) => a + b, 0);
    expect(truth.reward(row(change), 0, action)).toBeCloseTo(Math.min(1, sum), 12);
  });
});

describe('its shoppers', () => {
  const n = 20_000;
  const { size } = shopperSpec;
  const seen = campaignV1.create(n).reset(11);
  const mean = (name: string): number => {
    const at = shopperSpec.parts.findIndex((part) => part.name === name);
    let sum = 0;
    for (let i = 0; i < n; i++) sum += seen[i * size + at]!;
    return sum / n;
  };
  test('are distributed as documented', () => {
    expect(mean('discountSensitive')).toBeCloseTo(0.4, 1);
    expect(mean('freeShippingPreferred')).toBeCloseTo(0.35, 1);
    expect(mean('engagementScore')).toBeCloseTo(0.5, 1);
    expect(Math.abs(mean('recency') - 19.5)).toBeLessThan(0.7);
    expect(Math.abs(mean('frequency') - 3.5)).toBeLessThan(0.2);
    expect(Math.abs(mean('lastPurchaseDays') - 59.5)).toBeLessThan(2);
  });
  test('their best rewards are .848 on average, and the world pays what the function says', () => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += bestDecision(truth, seen, i * size).reward;
    expect(Math.abs(sum / n - 0.848)).toBeLessThan(0.002);
    const world = campaignV1.create(50);
    const before = world.reset(3).slice();
    const stream = rng(4);
    const actions = Int32Array.from({ length: 50 }, () => stream.int(campaignActions.length));
    const { rewards, terminated } = world.step(actions);
    for (let i = 0; i < 50; i++)
      expect(rewards[i]).toBe(Math.fround(truth.reward(before, i * size, actions[i]!)));
    expect(terminated.every(Boolean)).toBe(true);
  });
});

test('an observation is refused by the name of its field', () => {
  const message = (given: unknown): string => {
    const read = readObservation(shopperSpec, given);
    return read.ok ? 'fine' : read.error.message;
  };
  const { recency, ...less } = sample;
  expect(message(sample)).toBe('fine');
  expect(message(less)).toBe(
    'field "recency" of the observation is missing; accepted: a number from 0 to 365',
  );
  expect(message({ ...sample, emailOpens: 1.2 })).toBe(
    'field "emailOpens" of the observation is 1.2; accepted: a number from 0 to 1',
  );
  expect(message({ ...sample, discountSensitive: 0.5 })).toContain('accepted: a whole number from 0 to 1');
  expect(message({ ...sample, recency: Number.NaN })).toContain('"recency"');
  expect(message({ ...sample, recency: '15' })).toContain('"recency" of the observation is "15"');
  expect(message({ ...sample, age: 3 })).toContain('no field "age"; there are: recency, frequency');
  expect(message([15])).toContain('an observation is an object such as {"recency": 1, ...}');
  expect(recency).toBe(15);
});
