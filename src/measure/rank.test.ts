import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bestOf, rankOf } from './rank.ts';

// Few different values, so that ties are common.
const rows = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 30 });

test('the rank is the mean place over all orders of equal scores', () => {
  fc.assert(
    fc.property(rows, fc.nat(), (values, pick) => {
      const scores = Float32Array.from(values);
      const target = pick % values.length;
      const sorted = [...values].sort((a, b) => b - a);
      const first = sorted.indexOf(values[target]!);
      const last = sorted.lastIndexOf(values[target]!);
      expect(rankOf(scores, 0, scores.length, target)).toBe((first + last) / 2);
    }),
  );
});

test('items with a score of -Infinity do not count, and as targets cannot be reached', () => {
  const scores = Float32Array.of(9, -Infinity, 5, 4, 3);
  expect(rankOf(scores, 1, 4, 2)).toBe(1);
  expect(rankOf(scores, 1, 4, 0)).toBe(Infinity);
});

test('NaN earns nothing: not as the target, not as another item, not in a list', () => {
  expect(rankOf(Float32Array.of(NaN, NaN, NaN), 0, 3, 1)).toBe(Infinity);
  expect(rankOf(Float32Array.of(NaN, 2, 1, NaN), 0, 4, 1)).toBe(2);
  const out = new Int32Array(3);
  bestOf(Float32Array.of(NaN, 2, NaN, 3), 0, 4, 3, out, 0);
  expect([...out]).toEqual([3, 1, -1]);
});

test('the best k are those of a stable sort', () => {
  fc.assert(
    fc.property(rows, fc.integer({ min: 1, max: 12 }), fc.array(fc.boolean()), (values, k, forbidden) => {
      const scores = values.map((value, i) => (forbidden[i] ? -Infinity : value));
      const out = new Int32Array(k + 1).fill(7);
      bestOf(Float32Array.of(99, ...scores), 1, scores.length, k, out, 1);
      const expected = scores
        .map((value, item) => ({ value, item }))
        .filter(({ value }) => value > -Infinity)
        .sort((a, b) => b.value - a.value || a.item - b.item)
        .map(({ item }) => item);
      expect([...out]).toEqual([7, ...Array.from({ length: k }, (_, slot) => expected[slot] ?? -1)]);
    }),
  );
});
