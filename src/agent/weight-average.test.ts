import { expect, test } from 'vitest';
import { rng } from '../core/index.ts';
import { weightAverage } from './weight-average.ts';

test('a noisy walk around a place: the average is much nearer to it than the walker', () => {
  const weights = new Float32Array(1000);
  const average = weightAverage([weights], 0.99);
  const chance = rng(1);
  for (let step = 0; step < 1000; step++) {
    for (let i = 0; i < weights.length; i++) weights[i]! += 0.1 * (5 - weights[i]!) + chance.normal();
    average.follow();
  }
  const distance = (): number =>
    Math.sqrt(weights.reduce((sum, value) => sum + (value - 5) ** 2, 0) / weights.length);
  const newest = distance();
  const kept = weights.slice();
  average.swap();
  expect(distance()).toBeLessThan(newest / 2);
  average.swap();
  expect(weights).toEqual(kept);
});

test.each([1, 3, 8, 11])('after %i steps it is up to date', (steps) => {
  const weights = new Float32Array(1);
  const average = weightAverage([weights], 0.9);
  for (let step = 1; step <= steps; step++) {
    weights[0] = step;
    average.follow();
  }
  average.swap();
  expect(weights[0]).toBeGreaterThan(0.6 * steps);
});

test('a decay of 0 keeps the newest weights', () => {
  const weights = new Float32Array(1);
  const average = weightAverage([weights], 0);
  for (let step = 1; step <= 20; step++) {
    weights[0] = step;
    average.follow();
  }
  average.swap();
  expect(weights[0]).toBe(20);
});
