import { expect, test } from 'vitest';
import { rng } from '../core/index.ts';
import { solveSymmetric } from './solve-symmetric.ts';

test('a positive definite system, by putting the solution back', () => {
  const stream = rng('solve');
  for (const n of [1, 2, 5, 20]) {
    const root = Float64Array.from({ length: n * n }, () => stream.normal());
    const matrix = new Float64Array(n * n);
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++)
        for (let k = 0; k < n; k++)
          matrix[i * n + j]! += root[i * n + k]! * root[j * n + k]! + (i === j ? 0.1 : 0);
    const x = Float64Array.from({ length: n }, () => stream.normal());
    const right = new Float64Array(n);
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) right[i]! += matrix[i * n + j]! * x[j]!;
    const { solution, residual } = solveSymmetric(matrix, right);
    expect(residual).toBeLessThan(1e-12);
    for (let i = 0; i < n; i++) expect(solution[i]).toBeCloseTo(x[i]!, 6);
  }
});

test('a singular system: the solution of least norm, or none', () => {
  // Eigenvectors (1, 1) with 2 and (1, -1) with 0.
  const matrix = Float64Array.of(1, 1, 1, 1);
  expect(solveSymmetric(matrix, Float64Array.of(3, 3))).toEqual({
    solution: Float64Array.of(1.5, 1.5),
    residual: 0,
  });
  expect(solveSymmetric(matrix, Float64Array.of(1, -1)).residual).toBe(1);
  expect(solveSymmetric(matrix, Float64Array.of(0, 0)).solution).toEqual(Float64Array.of(0, 0));
});
