import { expect, test } from 'vitest';
import { type TabularModel, worldNamed } from '../world/index.ts';
import { optimalValue, policyValue } from './exact-value.ts';

/** Known optima: dynamic programming on Gymnasium's own tables with its step limits, done independently in Python. */
test.each([
  ['bandit-v1', {}, 0.7, 12],
  ['frozen-lake-v1', {}, 0.7442, 4],
  ['frozen-lake-v1', { map: '8x8' }, 0.9132, 4],
  ['taxi-v3', {}, 7.93, 10],
  ['cliff-walking-v1', {}, -13, 12],
] as const)('the optimum of %s %o is %d', (id, options, value, digits) =>
  expect(optimalValue(worldNamed(id).model!(options))).toBeCloseTo(value, digits),
);

const coin: TabularModel = {
  states: 2,
  actions: 2,
  start: Float64Array.of(0.5, 0.5),
  maxSteps: 3,
  // Action 0 earns 1 and goes on; action 1 earns 10 and, every second time, is the end.
  outcomes: (state, action) =>
    action === 0
      ? [{ probability: 1, next: 1 - state, reward: 1, terminated: false }]
      : [
          { probability: 0.5, next: state, reward: 10, terminated: true },
          { probability: 0.5, next: state, reward: 10, terminated: false },
        ],
};

test('a policy is worth what pen and paper say', () => {
  expect(policyValue(coin, [0, 0])).toBe(3);
  expect(policyValue(coin, [0, 0], 0.5)).toBe(1.75);
  expect(policyValue(coin, [1, 1])).toBe(10 + 5 + 2.5);
  expect(policyValue(coin, [1, 1], 0)).toBe(10);
  expect(policyValue({ ...coin, maxSteps: 2 }, [0, 1])).toBe((11 + 15) / 2);
});

test('the best policy weighs the end against the steps that are left', () => {
  // 10 at once and again while it lasts: 10 + .5 x (10 + .5 x 10) = 17.5; 1 first, then 10: 1 + 10 + .5 x 10 = 16.
  expect(optimalValue(coin)).toBe(17.5);
  expect(optimalValue({ ...coin, start: Float64Array.of(1, 0), maxSteps: 1 })).toBe(10);
});

test('without a limit there is nothing to work backwards from', () =>
  expect(() => optimalValue({ ...coin, maxSteps: Infinity })).toThrow('without a step limit'));
