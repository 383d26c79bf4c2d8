import { expect, test } from 'vitest';
import { rng } from '../core/index.ts';
import { logisticRegression } from './logistic-regression.ts';

test('finds the probabilities that drew the outcomes, and sums them exactly without a penalty', () => {
  const stream = rng(1);
  const n = 20_000;
  const inputs = new Float64Array(n * 3);
  const truth = new Float64Array(n);
  const outcome = Uint8Array.from({ length: n }, (_, i) => {
    const x = stream.normal();
    const z = stream.normal();
    inputs.set([1, x, z], i * 3);
    truth[i] = 1 / (1 + Math.exp(-(-1 + 1.5 * x - 0.5 * z)));
    return stream.float() < truth[i]! ? 1 : 0;
  });
  const fitted = logisticRegression(inputs, 3, outcome, 0);
  const error = fitted.reduce((sum, p, i) => sum + Math.abs(p - truth[i]!) / n, 0);
  expect(error).toBeLessThan(0.01);
  const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0);
  expect(sum(fitted)).toBeCloseTo(sum(outcome), 4);
});

test('where one column tells all, the penalty keeps probabilities off 0 and 1', () => {
  const fitted = logisticRegression(Float64Array.of(1, 0, 1, 0, 1, 1, 1, 1), 2, Uint8Array.of(0, 0, 1, 1));
  for (const p of fitted) expect(Math.abs(p - 0.5)).toBeLessThan(0.45);
});
