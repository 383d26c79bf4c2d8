import { expect, test } from 'vitest';
import { sequencesOf } from '../core/index.ts';
import type { ShopData } from '../learn/index.ts';
import { fitFrequent } from './shop-fit.ts';

test('keeps the most frequent products, with their own categories and prices, the middle one where it is unknown', () => {
  const rows = Array.from({ length: 60 }, (_, u) => [u % 3 === 0 ? 4 : 2, 2, 4, u % 2 === 0 ? 0 : 1]);
  const data = {
    sequences: sequencesOf(rows, 5),
    features: { categories: Int32Array.of(1, 1, 7, 1, 7) },
  } as unknown as ShopData;
  const prices = Float64Array.of(10, 20, 30, 40, Number.NaN);
  const fit = fitFrequent(data, prices, { most: 3, slate: 2, seed: 1 });
  expect(fit.kept).toEqual([2, 4, 0]);
  expect(fit.share).toBeCloseTo(210 / 240, 6);
  expect([...fit.parameters.items.category]).toEqual([0, 0, 1]);
  expect([...fit.parameters.items.price]).toEqual([30, 30, 10]);
  expect(fit.quality.meanVisitLength.fitted).toBeGreaterThan(1);
});
