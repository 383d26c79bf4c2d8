import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rng } from '../core/index.ts';
import {
  categoryDiversity,
  coverage,
  exposureOf,
  filterBubble,
  gini,
  longTail,
  novelty,
  personalisation,
  popularityLift,
  shareOf,
} from './exposure.ts';

const exposures = fc
  .array(fc.nat(50), { minLength: 1, maxLength: 40 })
  .map((times) => Float64Array.from(times));

test('coverage counts items shown to anybody; empty slots count for nothing', () => {
  expect(coverage(exposureOf(Int32Array.of(0, 2, 2, -1), 4))).toBe(0.5);
});

test('gini is half the mean absolute difference over the mean', () => {
  fc.assert(
    fc.property(exposures, (e) => {
      const n = e.length;
      const total = e.reduce((a, b) => a + b, 0);
      let difference = 0;
      for (const a of e) for (const b of e) difference += Math.abs(a - b);
      expect(gini(e)).toBeCloseTo(total > 0 ? difference / (2 * n * total) : 0, 9);
      expect(gini(e.map((x) => 3 * x))).toBeCloseTo(gini(e), 9);
    }),
  );
  expect(gini(Float64Array.of(2, 2, 2))).toBe(0);
  expect(gini(Float64Array.of(0, 0, 0, 8))).toBe(0.75);
});

test('novelty is the bits of surprise; rarer lists are newer', () => {
  const counts = [6, 0];
  expect(novelty(Float64Array.of(1, 0), counts)).toBeCloseTo(-Math.log2(7 / 8));
  expect(novelty(Float64Array.of(1, 1), counts)).toBeCloseTo((-Math.log2(7 / 8) + 3) / 2);
});

test('the long tail is what is left of the most popular fifth', () => {
  expect([...longTail([1, 9, 3, 3, 2, 0])]).toEqual([1, 0, 0, 1, 1, 1]);
  expect(shareOf(Float64Array.of(1, 3), Uint8Array.of(1, 0))).toBe(0.25);
});

test('popularity lift is 0 for lists like the histories and 1 for lists twice as popular', () => {
  const counts = [1, 2, 4];
  const histories = Float64Array.of(0, 5, 0);
  expect(popularityLift(histories, histories, counts)).toBe(0);
  expect(popularityLift(Float64Array.of(0, 0, 3), histories, counts)).toBe(1);
});

test('diversity is the share of pairs of different categories', () => {
  const categories = Int32Array.of(1, 1, 2, 0, 0);
  expect(categoryDiversity(Int32Array.of(0, 1, 2), 3, categories)).toBeCloseTo(2 / 3);
  expect(categoryDiversity(Int32Array.of(3, 4, -1), 3, categories)).toBe(1);
});

test('the filter bubble is what lists hold more of the main category than is taken next; of equals the newest is the main one', () => {
  const categories = Int32Array.of(1, 1, 1, 2, 2, 0);
  const bubble = (list: readonly number[], history: readonly number[], target: number): number =>
    filterBubble(Int32Array.from(list), 4, () => Int32Array.from(history), Int32Array.of(target), categories);
  expect(bubble([0, 1, 2, 3], [0, 1, 3, 4], 0)).toBeCloseTo(1 / 4);
  expect(bubble([0, 1, 2, 3], [3, 4, 0, 1], 0)).toBeCloseTo(3 / 4 - 1);
  expect(bubble([0, 1, -1, 5], [3, 3, 0, 0, 0], 4)).toBe(1);
  // What has no category tells nothing.
  expect(bubble([0, 1, 2, 3], [5], 0)).toBe(0);
  expect(bubble([5, 5, 5, -1], [0], 0)).toBe(0);
  expect(bubble([0, 1, 2, 3], [0], 5)).toBe(0);
});

test('lists drawn from the taste that histories are drawn from have a filter bubble of 0, however short histories are', () => {
  const chance = rng('taste');
  const [k, cases] = [10, 4000];
  const draw = (n: number) => Int32Array.from({ length: n }, () => chance.int(5));
  for (const length of [1, 5, 50]) {
    const histories = Array.from({ length: cases }, () => draw(length));
    const bubble = filterBubble(
      draw(cases * k),
      k,
      (row) => histories[row]!,
      draw(cases),
      Int32Array.of(1, 2, 3, 4, 5),
    );
    expect(Math.abs(bubble)).toBeLessThan(0.02);
  }
});

test('personalisation is 0 for equal lists and 1 for lists without a common item', () => {
  expect(personalisation(Int32Array.of(1, 2, 2, 1), 2)).toBe(0);
  expect(personalisation(Int32Array.of(1, 2, 3, 4), 2)).toBe(1);
  expect(personalisation(Int32Array.of(1, 2, 2, 4), 2)).toBe(0.5);
});
