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

test('masked items do not count, and a masked target cannot be reached', () => {
  const scores = Float32Array.of(9, 9, 5, 4, 3);
  expect(rankOf(scores, 1, 4, 2, Uint8Array.of(1, 0, 0, 0))).toBe(1);
  expect(rankOf(scores, 1, 4, 0, Uint8Array.of(1, 0, 0, 0))).toBe(Infinity);
});

test('the best k are those of a stable sort', () => {
  fc.assert(
    fc.property(rows, fc.integer({ min: 1, max: 12 }), fc.array(fc.boolean()), (values, k, forbidden) => {
      const masked = Uint8Array.from(values, (_, i) => (forbidden[i] ? 1 : 0));
      const out = new Int32Array(k + 1).fill(7);
      bestOf(Float32Array.of(99, ...values), 1, values.length, k, masked, out, 1);
      const expected = values
        .map((value, item) => ({ value, item }))
        .filter(({ item }) => !masked[item])
        .sort((a, b) => b.value - a.value || a.item - b.item)
        .map(({ item }) => item);
      expect([...out]).toEqual([7, ...Array.from({ length: k }, (_, slot) => expected[slot] ?? -1)]);
    }),
  );
});
