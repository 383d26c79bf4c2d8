import { expect, test } from 'vitest';
import { verdictOf } from './verdict.ts';

const of = (low: number, high: number) =>
  verdictOf({ value: (low + high) / 2, low, high }, 1, { n: 1000, word: 'rows' }, 0.95);

test.each([
  [0.01, 0.1, 'better', 'lies above 0'],
  [-0.1, -0.01, 'worse', 'lies below 0'],
  [-0.1, 0.2, 'not distinguishable', 'holds 0'],
  [
    0.001,
    0.1,
    'not distinguishable',
    'smaller than 0.2 % of the value, which rounding of propensities could make',
  ],
  [
    -0.1,
    -0.001,
    'not distinguishable',
    'smaller than 0.2 % of the value, which rounding of propensities could make',
  ],
])('%f to %f of a value of 1: %s, %s', (low, high, verdict, reason) => {
  const told = of(low, high);
  expect(told.verdict).toBe(verdict);
  expect(told.reason).toContain(reason);
  if (low * high > 0) expect(told.reason).not.toContain('holds 0');
});
