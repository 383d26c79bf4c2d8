import { expect, test } from 'vitest';
import { sequencesOf } from '../core/index.ts';
import { fitShop } from '../world/index.ts';
import { simulatedYear } from './simulated-year.ts';

const rows = Array.from({ length: 300 }, (_, u) => [u % 12, (u * 7) % 12, u % 3]);
const facts = {
  categories: Array.from({ length: 12 }, (_, i) => i % 3),
  categoryCount: 3,
  prices: new Array(12).fill(4),
};
const { parameters } = fitShop(sequencesOf(rows, 12), facts, { slate: 3, steps: 4000 });
const from = Date.UTC(2017, 0, 1);
const played = {
  parameters,
  popularity: new Array(12).fill(1),
  slate: 3,
  slates: 60_000,
  seed: 4,
  from,
};

test('simulated shoppers click, buy, rate and write, within the year, and are marked', async () => {
  const shop = await simulatedYear(played);
  expect(shop.simulated).toBe(true);
  expect(shop.slates).toBe(60_000);
  const funnel = [shop.slates, shop.clicks, shop.carts, shop.purchases, shop.ratings, shop.reviews];
  expect(funnel).toEqual([...funnel].sort((a, b) => b - a));
  expect(shop.reviews).toBeGreaterThan(20);
  const { trend, simulated, byStars } = shop.sentiment!;
  expect(simulated).toBe(true);
  expect(trend!.every(({ period }) => period.startsWith('2017-'))).toBe(true);
  expect(byStars!.at(-1)!.mean).toBeGreaterThan(0.5);
  expect(await simulatedYear(played)).toEqual(shop);
});
