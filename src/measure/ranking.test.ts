import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type GainName, gainsOf, inversePropensities, listGains, meanOf } from './ranking.ts';

const names: GainName[] = ['hr', 'precision', 'recall', 'ndcg', 'mrr'];

test('with one right item, figures of lists and figures of ranks agree', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 1, max: 20 }), (rank, k) => {
      const list = Array.from({ length: 40 }, (_, slot) => slot);
      const figures = listGains(list, new Set([rank]), k);
      for (const name of names) expect(gainsOf(name, [rank], k)[0], name).toBeCloseTo(figures[name], 12);
    }),
  );
});

test('every gain is in [0, 1], falls with the rank, and never falls with a longer list (precision apart)', () => {
  fc.assert(
    fc.property(fc.float({ min: 0, max: 50, noNaN: true }), fc.integer({ min: 1, max: 20 }), (rank, k) => {
      for (const name of names) {
        const [better, gain] = gainsOf(name, [rank / 2, rank], k);
        expect(gain).toBeGreaterThanOrEqual(0);
        expect(better!).toBeLessThanOrEqual(1);
        expect(better!).toBeGreaterThanOrEqual(gain!);
        if (name !== 'precision') expect(gainsOf(name, [rank], k + 1)[0]!).toBeGreaterThanOrEqual(gain!);
      }
    }),
  );
});

test('several right items: by hand', () => {
  const figures = listGains([5, 1, 7, 2], new Set([1, 2, 3]), 3);
  expect(figures.precision).toBeCloseTo(1 / 3);
  expect(figures.recall).toBeCloseTo(1 / 3);
  expect(figures.mrr).toBe(0.5);
  expect(figures.ndcg).toBeCloseTo(1 / Math.log2(3) / (1 + 1 / Math.log2(3) + 1 / 2));
  expect(listGains([1, 2, 3], new Set([1, 2, 3]), 3).ndcg).toBe(1);
  expect(listGains([1], new Set(), 3)).toEqual({ hr: 0, precision: 0, recall: 0, ndcg: 0, mrr: 0 });
});

test('inverse propensities let a rare item speak as loudly as a popular one', () => {
  // Nine cases of item 0 (always hit), one of item 1 (missed).
  const targets = Int32Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
  const hits = targets.map((target) => (target === 0 ? 1 : 0));
  expect(meanOf(hits)).toBeCloseTo(0.9);
  expect(meanOf(hits, inversePropensities(targets, [8, 0]))).toBeCloseTo(0.5);
});
