import { expect, test } from 'vitest';
import { catalogue } from '../core/index.ts';
import { encodingFitter } from './encoding.ts';
import { itemFeatures, itemLabels, textSize } from './item-features.ts';

const shop = catalogue([
  { itemId: 'a', title: 'Red wool scarf', categories: ['Clothes', 'Scarves'], price: 10, brand: 'Loom' },
  { itemId: 'b', title: 'Blue wool scarf', categories: ['Clothes', 'Scarves'], price: 30 },
  { itemId: 'c', title: 'Garden hose', categories: ['Garden'], price: 50, brand: 'Hydra' },
  { itemId: 'd' },
  { itemId: 'newer', title: 'Red wool scarf' },
]);
const labels = itemLabels(shop, 4);
const fitter = encodingFitter();
for (const price of [10, 30]) fitter.add({ timestamp: 0, price });

test('items as numbers: categories, brands, prices scaled on training rows, words', () => {
  const features = itemFeatures(shop, fitter.encoding({ itemCount: 4, shopperCount: 1 }), labels);
  expect(features.n).toBe(4);
  expect([...features.categories]).toEqual([1, 1, 2, 0]);
  expect(features.categoryCount).toBe(2);
  expect([...features.brands]).toEqual([1, 0, 2, 0]);
  expect(features.brandCount).toBe(2);
  expect([...features.prices]).toEqual([0, 1, 1, 0.5]);
  const row = (i: number) => features.text.subarray(i * textSize, (i + 1) * textSize);
  const dot = (i: number, j: number) => row(i).reduce((sum, x, t) => sum + x * row(j)[t]!, 0);
  expect([0, 1, 2].map((i) => dot(i, i))).toEqual([1, 1, 1].map((one) => expect.closeTo(one, 6)));
  expect(dot(3, 3)).toBe(0);
  expect(dot(0, 1)).toBeGreaterThan(0.4);
  expect(Math.abs(dot(0, 2))).toBeLessThan(0.3);
});
test('numbers are those of the labels, whatever the catalogue says today; what is no label is 0', () => {
  const later = catalogue([
    { itemId: 'a', categories: ['Antiques'], brand: 'Aardvark' },
    { itemId: 'b', categories: ['Clothes', 'Scarves'], brand: 'Hydra' },
    { itemId: 'c', categories: ['Garden'], brand: 'Loom' },
  ]);
  const features = itemFeatures(later, fitter.encoding({ itemCount: 4, shopperCount: 1 }), labels);
  expect([...features.categories]).toEqual([0, 1, 2]);
  expect([...features.brands]).toEqual([0, 2, 1]);
  expect([features.categoryCount, features.brandCount]).toEqual([2, 2]);
});
test('prices may be kept out', () => {
  const encoding = fitter.encoding({ itemCount: 4, shopperCount: 1, later: { votes: false, prices: false } });
  expect([...itemFeatures(shop, encoding, labels).prices]).toEqual([0.5, 0.5, 0.5, 0.5]);
});
