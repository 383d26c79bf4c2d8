import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rng } from '../../core/index.ts';
import { bestScored, nearlyLargest } from './order-scores.ts';

/** Scores of very different kinds: few distinct ones, far apart, apart by their last bits, one far above the rest. */
function draw(seed: number, n: number): Float64Array {
  const chance = rng(seed);
  const kind = chance.int(5);
  return Float64Array.from({ length: n }, (_, i) => {
    if (kind === 0) return chance.int(3) - 1;
    if (kind === 1) return 2 ** -chance.int(500) * (chance.int(2) - 0.5);
    if (kind === 2) return 1 + chance.int(9) * 2 ** -52;
    if (kind === 3 && i === 0) return 1e30;
    return chance.normal();
  });
}

test('the best are in order, ties by number, and the bound is reached by enough', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 700 }), fc.nat(), (seed, n, some) => {
      const k = 1 + (some % n);
      const scores = draw(seed, n);
      const rows = Int32Array.from({ length: n }, (_, i) => (i * 7919) % 10_007);
      const sorted = [...scores.keys()].sort((a, b) => scores[b]! - scores[a]! || rows[a]! - rows[b]!);
      const best = bestScored(rows.slice(), scores.slice(), n, k);
      expect([...best.items]).toEqual(sorted.slice(0, k).map((i) => rows[i]!));
      expect([...best.scores]).toEqual(sorted.slice(0, k).map((i) => Math.fround(scores[i]!)));
      const least = nearlyLargest(scores, n, k);
      expect(least).toBeLessThanOrEqual(scores[sorted[k - 1]!]!);
      expect(nearlyLargest(scores, n, n + 1)).toBe(-Infinity);
    }),
    { numRuns: 300 },
  );
});

test('the bound is near what it is to find', () => {
  const chance = rng(4);
  const scores = Float64Array.from({ length: 5000 }, () => chance.normal());
  const least = nearlyLargest(scores, 5000, 500);
  const reached = scores.filter((score) => score >= least).length;
  expect(reached).toBeGreaterThanOrEqual(500);
  expect(reached).toBeLessThan(530);
});
