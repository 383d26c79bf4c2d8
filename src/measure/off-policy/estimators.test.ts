import fc from 'fast-check';
import { expect, test } from 'vitest';
import { directMethod } from './direct-method.ts';
import { doublyRobust } from './doubly-robust.ts';
import { ipw } from './ipw.ts';
import { snipw } from './snipw.ts';
import { switchDr } from './switch-dr.ts';
import { diagnoseWeights } from './weight-diagnosis.ts';
import type { WeightedRows } from './weighted-rows.ts';

const number = fc.double({ min: -100, max: 100, noNaN: true });
const weight = fc.double({ min: 0, max: 50, noNaN: true });
const row = fc.record({ reward: number, weight, predicted: number, expected: number });
const rowsOf = (rows: readonly Readonly<Record<keyof Omit<WeightedRows, 'n'>, number>>[]): WeightedRows => ({
  n: rows.length,
  reward: Float64Array.from(rows, (r) => r.reward),
  weight: Float64Array.from(rows, (r) => r.weight),
  predicted: Float64Array.from(rows, (r) => r.predicted),
  expected: Float64Array.from(rows, (r) => r.expected),
});
const some = fc.array(row, { minLength: 1, maxLength: 40 });
const switched = (rows: WeightedRows): number => switchDr(rows, 10);
const all = { ipw, snipw, directMethod, doublyRobust, switched };

test('by hand', () => {
  const rows = rowsOf([
    { reward: 1, weight: 2, predicted: 0.5, expected: 0.6 },
    { reward: 0, weight: 0.5, predicted: 0.2, expected: 0.4 },
    { reward: 1, weight: 12, predicted: 0.9, expected: 0.8 },
  ]);
  expect(ipw(rows)).toBeCloseTo(14 / 3, 12);
  expect(snipw(rows)).toBeCloseTo(14 / 14.5, 12);
  expect(directMethod(rows)).toBeCloseTo(0.6, 12);
  expect(doublyRobust(rows)).toBeCloseTo((0.6 + 1 + 0.4 - 0.1 + 0.8 + 1.2) / 3, 12);
  expect(switchDr(rows, 10)).toBeCloseTo((0.6 + 1 + 0.4 - 0.1 + 0.8) / 3, 12);
});

test('the order of rows does not matter', () =>
  fc.assert(
    fc.property(some, (rows) => {
      for (const estimate of Object.values(all))
        expect(estimate(rowsOf([...rows].reverse()))).toBeCloseTo(estimate(rowsOf(rows)), 8);
    }),
  ));

test('the same rows twice change nothing', () =>
  fc.assert(
    fc.property(some, (rows) => {
      for (const estimate of Object.values(all))
        expect(estimate(rowsOf([...rows, ...rows]))).toBeCloseTo(estimate(rowsOf(rows)), 8);
    }),
  ));

test('weights of 1 give the mean, to both that weigh, and ask the model for nothing', () =>
  fc.assert(
    fc.property(some, (given) => {
      const rows = rowsOf(given.map((r) => ({ ...r, weight: 1 })));
      const mean = given.reduce((sum, r) => sum + r.reward / given.length, 0);
      expect(ipw(rows)).toBeCloseTo(mean, 8);
      expect(snipw(rows)).toBeCloseTo(mean, 8);
      // The target is the logging policy and the model foretells for it what it does for the choice made.
      expect(doublyRobust({ ...rows, expected: rows.predicted })).toBeCloseTo(mean, 8);
    }),
  ));

test('a perfect model: doubly robust and switch-dr are the direct method', () =>
  fc.assert(
    fc.property(some, (given) => {
      const rows = rowsOf(given.map((r) => ({ ...r, predicted: r.reward })));
      expect(doublyRobust(rows)).toBe(directMethod(rows));
      expect(switched(rows)).toBe(directMethod(rows));
    }),
  ));

test('without a model doubly robust is ipw; switch-dr lies between it and the direct method by its threshold', () =>
  fc.assert(
    fc.property(some, (given) => {
      const rows = rowsOf(given);
      const none = rowsOf(given.map((r) => ({ ...r, predicted: 0, expected: 0 })));
      expect(doublyRobust(none)).toBeCloseTo(ipw(rows), 8);
      expect(switchDr(rows, Number.POSITIVE_INFINITY)).toBe(doublyRobust(rows));
      expect(switchDr(rowsOf(given.map((r) => ({ ...r, weight: r.weight + 1 }))), 0.5)).toBe(
        directMethod(rows),
      );
    }),
  ));

test('snipw stays within the rewards, and moves with them', () =>
  fc.assert(
    fc.property(some, number, (given, by) => {
      fc.pre(given.some((r) => r.weight > 1e-3));
      const rows = rowsOf(given);
      expect(snipw(rows)).toBeGreaterThanOrEqual(Math.min(...rows.reward) - 1e-9);
      expect(snipw(rows)).toBeLessThanOrEqual(Math.max(...rows.reward) + 1e-9);
      const moved = rowsOf(given.map((r) => ({ ...r, reward: r.reward + by })));
      expect(snipw(moved)).toBeCloseTo(snipw(rows) + by, 6);
    }),
  ));

test('the effective sample size is n for equal weights, 1 for a single one, never more than n', () => {
  expect(diagnoseWeights(new Float64Array(7).fill(0.3))).toMatchObject({
    ess: expect.closeTo(7),
    largestShare: expect.closeTo(1 / 7),
  });
  expect(diagnoseWeights(Float64Array.of(0, 5, 0))).toMatchObject({ ess: 1, largest: 5, largestShare: 1 });
  expect(diagnoseWeights(new Float64Array(3))).toMatchObject({ ess: 0, mean: 0, largestShare: 0 });
  fc.assert(
    fc.property(fc.array(weight, { minLength: 1 }), (weights) => {
      expect(diagnoseWeights(Float64Array.from(weights)).ess).toBeLessThanOrEqual(weights.length + 1e-9);
    }),
  );
});
