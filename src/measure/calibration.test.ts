import { expect, test } from 'vitest';
import { rng } from '../core/index.ts';
import { areaUnderCurve, calibrationError, reliability } from './calibration.ts';

test('what happens as often as said has no calibration error, what is said too surely has one', () => {
  const chance = rng('calibration');
  const said = Float64Array.from({ length: 20_000 }, () => chance.float());
  const happened = said.map((p) => (chance.float() < p ? 1 : 0));
  const curve = reliability(said, happened);
  expect(curve.map(({ count }) => count)).toEqual(new Array(10).fill(2000));
  expect(calibrationError(curve)).toBeLessThan(0.015);
  // Halfway to 0 or 1: off by |p - 1/2| / 2 or more nowhere, by 1/8 on average.
  const sure = said.map((p) => (p + Math.round(p)) / 2);
  expect(calibrationError(reliability(sure, happened))).toBeCloseTo(0.125, 1);
});

test('fewer predictions than groups: one each; none: no error', () => {
  expect(reliability([0.2, 0.9], [0, 1])).toEqual([
    { count: 1, said: 0.2, happened: 0 },
    { count: 1, said: 0.9, happened: 1 },
  ]);
  expect(calibrationError(reliability([0.2, 0.9], [0, 1]))).toBeCloseTo(0.15, 12);
  expect(calibrationError(reliability([], []))).toBe(0);
});

test('the area is the share of pairs in the right order, ties half', () => {
  expect(areaUnderCurve([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])).toBe(0.75);
  expect(areaUnderCurve([0.5, 0.5, 0.5], [0, 1, 0])).toBe(0.5);
  expect(areaUnderCurve([0.5, 0.7], [1, 1])).toBeNaN();
});
