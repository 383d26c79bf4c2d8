import { expect, test } from 'vitest';
import { rng } from '../core/index.ts';
import { type Ratings, ratingFactors } from './rating-factors.ts';

const [shoppers, items] = [60, 40];
/** 3 + what the shopper is like + what the item is like + how well the two go together, to half of all pairs. */
function world(seed: number): { readonly known: Ratings; readonly held: Ratings } {
  const chance = rng(seed);
  const draw = (n: number): number[] => Array.from({ length: n }, () => 0.5 * chance.normal());
  const [a, b, p, q] = [draw(shoppers), draw(items), draw(shoppers), draw(items)];
  const rows: [number, number, number][] = [];
  for (let u = 0; u < shoppers; u++)
    for (let i = 0; i < items; i++) rows.push([u, i, 3 + a[u]! + b[i]! + 3 * p[u]! * q[i]!]);
  const taken = rows.filter(() => chance.float() < 0.5);
  const cut = Math.floor(taken.length * 0.8);
  const ratings = (list: typeof rows): Ratings => ({
    n: list.length,
    shoppers: Int32Array.from(list, ([u]) => u),
    items: Int32Array.from(list, ([, i]) => i),
    values: Float32Array.from(list, ([, , value]) => value),
  });
  const mixed = taken
    .map((row) => [chance.float(), row] as const)
    .sort((x, y) => x[0] - y[0])
    .map(([, row]) => row);
  return { known: ratings(mixed.slice(0, cut)), held: ratings(mixed.slice(cut)) };
}
const make = (factors: number, learningRate = 0.02) =>
  ratingFactors({
    shoppers,
    items,
    factors,
    learningRate,
    regularisation: 0.01,
    low: -5,
    high: 11,
    rng: rng(1),
  });
const rmse = (
  of: { predict(u: number, i: number): number },
  { n, shoppers, items, values }: Ratings,
): number =>
  Math.sqrt(
    values.reduce((sum, value, k) => sum + (value - of.predict(shoppers[k]!, items[k]!)) ** 2, 0) / n,
  );

test('factors find what biases cannot', () => {
  const { known, held } = world(1);
  const [biases, factors] = [make(0), make(4)];
  biases.fit(known, { passes: 100 });
  factors.fit(known, { passes: 100 });
  expect(rmse(biases, held)).toBeGreaterThan(0.5);
  expect(rmse(factors, held)).toBeLessThan(0.25);
});

test('it stops where the validation no longer improves and goes back to the best pass', () => {
  const { known, held } = world(2);
  const few: Ratings = { ...known, n: 150 };
  const stopped = make(16, 0.1);
  const passes = stopped.fit(few, { passes: 400, validation: held, patience: 5 });
  expect(passes).toBeLessThan(400);
  const again = make(16, 0.1);
  again.fit(few, { passes });
  expect(rmse(stopped, held)).toBe(rmse(again, held));
  const longer = make(16, 0.1);
  longer.fit(few, { passes: 400 });
  expect(rmse(stopped, held)).toBeLessThan(rmse(longer, held));
});

test('predictions stay on the scale; the unknown get the mean', () => {
  const model = ratingFactors({
    shoppers: 2,
    items: 2,
    factors: 0,
    learningRate: 0.1,
    regularisation: 0,
    low: 1,
    high: 5,
    rng: rng(1),
  });
  const one = { n: 1, shoppers: Int32Array.of(0), items: Int32Array.of(0), values: Float32Array.of(4) };
  model.fit(one, { passes: 1 });
  expect(model.predict(1, 1)).toBe(4);
  for (let i = 0; i < 100; i++) model.learn(0, 0, 9);
  expect(model.predict(0, 0)).toBe(5);
});
