import { expect, test } from 'vitest';
import { rng } from '../core/index.ts';
import { holdBack } from './hold-back.ts';

test('shoppers are held back whole, at most as many rows as wanted; one with more is learned from', () => {
  // Shopper 9 has half of the rows, 20 others have 5 each.
  const shoppers = Int32Array.from({ length: 200 }, (_, row) => (row % 2 === 0 ? 9 : 10 + ((row >> 1) % 20)));
  for (let seed = 0; seed < 20; seed++) {
    const { held, rest, heldShoppers } = holdBack({ n: 200, shoppers }, 42, 21, rng(seed));
    expect([held.length, heldShoppers]).toEqual([40, 8]);
    const whose = new Set(Array.from(held, (row) => shoppers[row]!));
    expect(rest.every((row) => !whose.has(shoppers[row]!)) && !whose.has(9)).toBe(true);
    expect([...held, ...rest].sort((a, b) => a - b)).toEqual([...shoppers.keys()]);
  }
  expect(holdBack({ n: 50 }, 10, 5, rng(1)).held.length).toBe(10);
});

test.each([1, 3])(
  'where %i shoppers are too few, rows are held back, and no shoppers are told of',
  (shoppers) => {
    // One of a single row, the others with a thousand each or all of them.
    const whose = Int32Array.from(
      { length: 2001 },
      (_, row) => (row === 0 ? 0 : row % (shoppers - 1 || 1)) + 1,
    );
    whose[0] = shoppers === 1 ? 1 : 0;
    const { held, rest, ...told } = holdBack({ n: 2001, shoppers: whose }, 400, 200, rng(1));
    expect(held.length).toBe(400);
    expect([...held, ...rest].sort((a, b) => a - b)).toEqual([...whose.keys()]);
    expect(told).toEqual({});
  },
);

test('a shopper may have more rows than a call takes arguments', () => {
  const shoppers = new Int32Array(400_000);
  shoppers.fill(1, 300_000);
  expect(holdBack({ n: 400_000, shoppers }, 120_000, 60_000, rng(1))).toMatchObject({ heldShoppers: 1 });
});
