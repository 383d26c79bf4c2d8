import { expect, test } from 'vitest';
import { defaultExploration, explorationRate } from './exploration.ts';

test('less is left to chance the more is known, between floor and cap', () => {
  const rates = [0, 1, 7, 50, 5_000].map((actions) => explorationRate(actions, defaultExploration));
  expect(rates).toEqual([...rates].sort((a, b) => b - a));
  expect(rates[0]).toBe(0.1);
  expect(rates.at(-1)).toBeCloseTo(defaultExploration.floor, 9);
  expect(explorationRate(0, { ...defaultExploration, cap: 0.03 })).toBe(0.03);
});
