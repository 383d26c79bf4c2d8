import { expect, test } from 'vitest';
import { rng } from '../core/index.ts';
import { holdBack } from './hold-back.ts';

test('shoppers are held back whole, at most as many rows as wanted; one with more is learned from', () => {
  // Shopper 9 has half of the rows, 20 others have 5 each.
  const shoppers = Int32Array.from({ length: 200 }, (_, row) => (row % 2 === 0 ? 9 : 10 + ((row >> 1) % 20)));
  for (let seed = 0; seed < 20; seed++) {
    const { held, rest } = holdBack({ n: 200, shoppers }, 42, rng(seed));
    expect(held.length).toBe(40);
    const whose = new Set(Array.from(held, (row) => shoppers[row]!));
    expect(rest.every((row) => !whose.has(shoppers[row]!)) && !whose.has(9)).toBe(true);
    expect([...held, ...rest].sort((a, b) => a - b)).toEqual([...shoppers.keys()]);
  }
  expect(holdBack({ n: 50 }, 10, rng(1)).held.length).toBe(10);
});
