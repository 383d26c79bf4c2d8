import { expect, test } from 'vitest';
import { rng } from '../core/index.ts';
import { orthogonal } from './orthogonal.ts';

test.each([
  [64, 64],
  [4, 64],
  [64, 3],
  [5, 1],
] as const)(
  '%s x %s: the fewer of rows and columns are perpendicular and as long as the gain',
  (rows, columns) => {
    const matrix = orthogonal(rows, columns, 1.5, rng(1));
    const tall = rows >= columns;
    const vector = (i: number): number[] =>
      Array.from(
        { length: tall ? rows : columns },
        (_, j) => matrix[tall ? j * columns + i : i * columns + j]!,
      );
    for (let a = 0; a < Math.min(rows, columns); a++)
      for (let b = 0; b <= a; b++) {
        const product = vector(a).reduce((sum, x, j) => sum + x * vector(b)[j]!, 0);
        expect(Math.abs(product - (a === b ? 1.5 ** 2 : 0))).toBeLessThan(1e-10);
      }
  },
);
