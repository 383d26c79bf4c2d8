import { expect, test } from 'vitest';
import { catalogue, sequencesOf } from '../core/index.ts';
import type { ShopData } from '../learn/index.ts';
import { fitFrequent } from './shop-fit.ts';

test('keeps the most frequent products, with their own categories and prices', () => {
  const rows = Array.from({ length: 60 }, (_, u) => [u % 3 === 0 ? 4 : 2, 2, 4, u % 2 === 0 ? 0 : 1]);
  const items = catalogue(
    Array.from({ length: 5 }, (_, i) => ({ itemId: `${i}`, ...(i === 4 ? {} : { price: 10 * (i + 1) }) })),
  );
  const data = {
    sequences: sequencesOf(rows, 5),
    catalogue: items,
    features: { categories: Int32Array.of(1, 1, 7, 1, 7) },
  } as unknown as ShopData;
  const fit = fitFrequent(data, 3, 2, 1);
  expect(fit.items).toBe(3);
  expect(fit.share).toBeCloseTo(210 / 240, 6);
  expect([...fit.parameters.items.category]).toEqual([0, 0, 1]);
  expect(fit.quality.meanVisitLength.fitted).toBeGreaterThan(1);
});
