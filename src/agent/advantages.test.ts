import { expect, test } from 'vitest';
import type { RolloutBatch } from '../core/index.ts';
import { estimateAdvantages, explainedVariance, normalise } from './advantages.ts';

const batch = (change: Partial<RolloutBatch>): RolloutBatch => ({
  steps: 3,
  n: 1,
  observations: new Float32Array(4),
  actions: new Int32Array(3),
  rewards: Float32Array.of(1, 2, 4),
  terminated: new Uint8Array(3),
  truncated: new Uint8Array(3),
  finalObservations: new Float32Array(0),
  discount: 0.5,
  ...change,
});
function advantages(of: RolloutBatch, values: readonly number[], lambda: number): number[] {
  const [out, returns] = [new Float32Array(of.steps * of.n), new Float32Array(of.steps * of.n)];
  estimateAdvantages(of, of.rewards, Float32Array.from(values), lambda, out, returns);
  for (let i = 0; i < out.length; i++) expect(returns[i]).toBeCloseTo(out[i]! + values[i]!, 6);
  return [...out];
}

test('with lambda 0 an advantage is the surprise of its own step', () => {
  // delta = r + .5 V(next) - V
  expect(advantages(batch({}), [10, 20, 30, 40], 0)).toEqual([1 + 10 - 10, 2 + 15 - 20, 4 + 20 - 30]);
});

test('with lambda 1 it is the discounted return to come less the value', () => {
  expect(advantages(batch({}), [10, 20, 30, 40], 1)).toEqual([
    1 + 1 + 1 + 5 - 10,
    2 + 2 + 10 - 20,
    4 + 20 - 30,
  ]);
});

test('in between it is the sum of the later surprises, each weighing discount x lambda less', () => {
  const [a, b, c] = advantages(batch({}), [10, 20, 30, 40], 0.5) as [number, number, number];
  expect([a, b, c]).toEqual([1 + 0.25 * b, -3 + 0.25 * c, -6]);
});

test('after an end nothing follows; after a cut the value of what was seen last, and no later step', () => {
  expect(advantages(batch({ terminated: Uint8Array.of(0, 1, 0) }), [10, 20, 30, 40], 1)).toEqual([
    1 + 1 - 10,
    2 - 20,
    -6,
  ]);
  const cut = batch({ truncated: Uint8Array.of(0, 1, 0), finalObservations: Float32Array.of(7) });
  expect(advantages(cut, [10, 20, 30, 40, 100], 1)).toEqual([1 + 1 + 25 - 10, 2 + 50 - 20, -6]);
});

test('worlds beside each other do not mix, and each cut finds its own final observation', () => {
  const two = batch({
    steps: 2,
    n: 2,
    rewards: Float32Array.of(1, 10, 2, 20),
    truncated: Uint8Array.of(1, 0, 0, 1),
    finalObservations: Float32Array.of(7, 8),
  });
  // Values: two steps of two worlds, what both see then, and the two final observations in the order of the steps.
  expect(advantages(two, [1, 2, 3, 4, 50, 60, 100, 200], 1)).toEqual([
    1 + 50 - 1,
    10 + 0.5 * 120 - 2,
    2 + 25 - 3,
    20 + 100 - 4,
  ]);
});

test('normalising makes mean 0 and deviation 1, and leaves a single number alone', () => {
  const numbers = Float32Array.of(1, 2, 3, 4);
  normalise(numbers);
  expect(numbers.reduce((a, b) => a + b)).toBeCloseTo(0, 6);
  expect(numbers.reduce((a, b) => a + b * b, 0) / 3).toBeCloseTo(1, 5);
  const one = Float32Array.of(5);
  normalise(one);
  expect(one[0]).toBe(5);
});

test('explained variance is 1 for values that foretold all, 0 for constant ones', () => {
  expect(explainedVariance(Float32Array.of(0, 0, 0), Float32Array.of(1, 2, 3))).toBe(1);
  expect(explainedVariance(Float32Array.of(0, 1, 2), Float32Array.of(1, 2, 3))).toBeCloseTo(0, 6);
  expect(explainedVariance(Float32Array.of(0, 1), Float32Array.of(1, 1))).toBe(0);
});
