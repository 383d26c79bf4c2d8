import { expect, test } from 'vitest';
import { sequencesOf } from '../../core/index.ts';
import { drawShop } from './draw-shop.ts';
import { fitShop } from './fit-shop.ts';
import { playAtRandom } from './play-at-random.ts';
import { shopWorld } from './shop-world.ts';

/** A shop nobody fitted, played at random: its log is the "imported" data. */
const options = {
  slate: 4,
  history: 20,
  visits: 20,
  rest: 2,
  reward: { click: 0.1, cart: 0, purchase: 1, money: 0, rating: 0, leave: 0 },
};
const real = drawShop(77, { items: 40, categories: 5, slate: 4 });
const log = playAtRandom(shopWorld(real, 32, options), 300_000, 5);
const facts = { categories: real.items.category, categoryCount: 5, prices: real.items.price };

test('a fitted shop reproduces popularity, categories, prices, visit lengths and the funnel of held-out shoppers', () => {
  const { quality, assumed } = fitShop(log, facts, { slate: 4, clickRate: 0.12, seed: 3 });
  expect(quality.items.fitted).toBeLessThan(quality.items.chance + 0.02);
  expect(quality.categories.fitted).toBeLessThan(0.03);
  expect(quality.visitLengths.fitted).toBeLessThan(0.04);
  expect(Math.abs(quality.meanLogPrice.fitted - quality.meanLogPrice.real)).toBeLessThan(0.03);
  expect(quality.meanVisitLength.fitted / quality.meanVisitLength.real).toBeGreaterThan(0.95);
  expect(quality.meanVisitLength.fitted / quality.meanVisitLength.real).toBeLessThan(1.05);
  expect(Math.abs(quality.cartRate!.fitted - quality.cartRate!.real)).toBeLessThan(0.015);
  expect(Math.abs(quality.buyRate!.fitted - quality.buyRate!.real)).toBeLessThan(0.03);
  expect(assumed).toContain('tastes');
});

test('what the data cannot say is named, and too little data is refused', () => {
  const purchasesOnly = { ...log, types: new Uint8Array(log.items.length).fill(6) };
  const { assumed } = fitShop(purchasesOnly, facts, { slate: 4, steps: 2000 });
  expect(assumed).toContain('cart and purchase rates');
  expect(() => fitShop(sequencesOf([[1, 2]], 40), facts)).toThrow(/at least 100 interactions; there are 2/);
});
