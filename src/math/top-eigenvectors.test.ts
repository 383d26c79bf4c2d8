import { expect, test } from 'vitest';
import { rng } from '../core/index.ts';
import { topEigenvectors } from './top-eigenvectors.ts';

/** Q diag(values) Q', of a random orthonormal Q made of reflections. */
function symmetric(values: readonly number[], seed: number): number[][] {
  const n = values.length;
  const stream = rng(seed);
  let a = values.map((value, i) => values.map((_, j) => (i === j ? value : 0)));
  for (let r = 0; r < n; r++) {
    const v = values.map(() => stream.normal());
    const size = v.reduce((sum, x) => sum + x * x, 0);
    const h = v.map((x, i) => v.map((y, j) => (i === j ? 1 : 0) - (2 * x * y) / size));
    const times = (p: number[][], q: number[][]): number[][] =>
      p.map((row) => q.map((_, j) => row.reduce((sum, x, k) => sum + x * q[k]![j]!, 0)));
    a = times(times(h, a), h);
  }
  return a;
}

test('the eigenvalues largest in size, and vectors that the matrix only stretches', () => {
  const a = symmetric([9, -7, 4, 1, 0.5, 0.1, 0, 0], 3);
  const apply = (column: Float64Array, out: Float64Array): void => {
    a.forEach((row, i) => {
      out[i] = row.reduce((sum, x, j) => sum + x * column[j]!, 0);
    });
  };
  const { vectors, values } = topEigenvectors(8, 3, apply, rng(1), 200);
  expect([...values].map((value) => Math.round(1e6 * value) / 1e6)).toEqual([9, -7, 4]);
  vectors.forEach((vector, c) => {
    const image = new Float64Array(8);
    apply(vector, image);
    image.forEach((x, i) => {
      expect(x).toBeCloseTo(values[c]! * vector[i]!, 5);
    });
    vectors.forEach((other, d) => {
      expect(vector.reduce((sum, x, i) => sum + x * other[i]!, 0)).toBeCloseTo(c === d ? 1 : 0, 9);
    });
  });
});
test('no more vectors than the matrix is wide; what it forgets is nothing', () => {
  const apply = (column: Float64Array, out: Float64Array): void => {
    out[0] = column[0]!;
  };
  const { vectors, values } = topEigenvectors(2, 5, apply, rng(1));
  expect(vectors).toHaveLength(2);
  expect(values[0]).toBeCloseTo(1, 9);
  expect([...vectors[1]!]).toEqual([0, 0]);
});
