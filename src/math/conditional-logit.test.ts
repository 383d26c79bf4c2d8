import { expect, test } from 'vitest';
import { rng } from '../core/index.ts';
import { conditionalLogit, weightsUnder } from './conditional-logit.ts';

/** Cases of 2 to 9 alternatives with two qualities; under circumstance c they count 2 - c and c. */
function drawn(n: number, seed: number) {
  const stream = rng(seed);
  const offsets = new Int32Array(n + 1);
  const qualities: number[] = [];
  const circumstances = new Float64Array(n * 2);
  const chosen = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    const size = 2 + stream.int(8);
    const c = 2 * stream.float();
    circumstances.set([1, c], i * 2);
    let best = -Infinity;
    for (let a = 0; a < size; a++) {
      const [x, y] = [stream.normal(), stream.normal()];
      qualities.push(x, y);
      const value = (2 - c) * x + c * y + stream.gumbel();
      if (value > best) [best, chosen[i]] = [value, a];
    }
    offsets[i + 1] = offsets[i]! + size;
  }
  return { offsets, qualities: Float32Array.from(qualities), circumstances, chosen };
}

test('finds how much qualities count, and how that depends on the circumstances', () => {
  const theta = conditionalLogit(drawn(8000, 1), 2, 2);
  [2, -1, 0, 1].forEach((truth, j) => {
    expect(Math.abs(theta[j]! - truth)).toBeLessThan(0.12);
  });
  const weights = weightsUnder(theta, Float64Array.of(9, 1, 2), 1, 2, new Float64Array(2));
  expect(weights[0]).toBeCloseTo(theta[0]! + 2 * theta[1]!, 10);
});

test('at the answer the gradient vanishes: what was chosen has the qualities that were expected', () => {
  const choices = drawn(500, 2);
  const theta = conditionalLogit(choices, 2, 2, { penalty: 0 });
  const sums = new Float64Array(2);
  for (let i = 0; i < 500; i++) {
    const weights = weightsUnder(theta, choices.circumstances, i * 2, 2, new Float64Array(2));
    const rows = Array.from(
      { length: choices.offsets[i + 1]! - choices.offsets[i]! },
      (_, a) => (choices.offsets[i]! + a) * 2,
    );
    const mass = rows.map((at) =>
      Math.exp(weights[0]! * choices.qualities[at]! + weights[1]! * choices.qualities[at + 1]!),
    );
    const total = mass.reduce((a, b) => a + b);
    for (let k = 0; k < 2; k++) {
      sums[k]! += choices.qualities[rows[choices.chosen[i]!]! + k]!;
      rows.forEach((at, a) => {
        sums[k]! -= (mass[a]! / total) * choices.qualities[at + k]!;
      });
    }
  }
  expect(Math.max(...sums.map(Math.abs))).toBeLessThan(1e-3);
});

test('learns from the cases that are named, and the penalty bounds what one case can say', () => {
  const choices = drawn(100, 3);
  const some = conditionalLogit(choices, 2, 2, { cases: Int32Array.of(4, 7) });
  const other = { ...choices, chosen: choices.chosen.map((a, i) => (i === 4 || i === 7 ? a : 0)) };
  expect(conditionalLogit(other, 2, 2, { cases: Int32Array.of(4, 7) })).toEqual(some);
  for (const value of conditionalLogit(choices, 2, 2, { cases: Int32Array.of(4) }))
    expect(Math.abs(value)).toBeLessThan(5);
});
