import { expect, test } from 'vitest';
import { rng } from '../core/index.ts';
import { classChances, fittedTemperature, softmaxRegression } from './softmax-regression.ts';

/** Rows [x, 1] with x normal, and labels drawn by softmax(weights row). */
function drawn(n: number, weights: Float32Array, classes: number, seed: string) {
  const chance = rng(seed);
  const inputs = Float32Array.from({ length: 2 * n }, (_, k) => (k % 2 === 0 ? chance.normal() : 1));
  const chances = new Float64Array(classes);
  const labels = Int32Array.from({ length: n }, (_, row) => {
    classChances(weights, inputs, 2 * row, 2, 1, chances);
    let [left, c] = [chance.float(), 0];
    while (c < classes - 1 && left >= chances[c]!) left -= chances[c++]!;
    return c;
  });
  return { inputs, labels };
}

test('finds the chances the labels were drawn with, and what is too sure again by its temperature', () => {
  const truth = Float32Array.of(1.5, 0, -1, 0.5, 0, -1);
  const { inputs, labels } = drawn(20_000, truth, 3, 'taught');
  const found = softmaxRegression(inputs, 2, labels, 3, rng(1));
  const [wanted, got] = [new Float64Array(3), new Float64Array(3)];
  for (const x of [-2, 0, 1.3]) {
    const row = Float32Array.of(x, 1);
    classChances(truth, row, 0, 2, 1, wanted);
    classChances(found, row, 0, 2, 1, got);
    got.forEach((chance, c) => {
      expect(Math.abs(chance - wanted[c]!)).toBeLessThan(0.03);
    });
  }
  const held = drawn(20_000, truth, 3, 'held');
  const sure = truth.map((weight) => 3 * weight);
  expect(fittedTemperature(sure, held.inputs, 2, held.labels, 3)).toBeCloseTo(3, 0);
  expect(fittedTemperature(truth, new Float32Array(0), 2, new Int32Array(0), 3)).toBe(1);
});
