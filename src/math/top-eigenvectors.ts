import type { Rng } from '../core/index.ts';

/**
 * The eigenvectors of a symmetric matrix whose eigenvalues are largest in size, by orthogonal iteration (Golub & Van Loan,
 * "Matrix Computations", 8.2): a few random columns are multiplied by the matrix and made orthonormal again, over and
 * over. `apply` adds matrix x column to `out`; the matrix itself is never needed whole.
 */
export function topEigenvectors(
  n: number,
  k: number,
  apply: (column: Float64Array, out: Float64Array) => void,
  rng: Rng,
  sweeps = 30,
): { readonly vectors: readonly Float64Array[]; readonly values: Float64Array } {
  let vectors = Array.from({ length: Math.min(k, n) }, () =>
    Float64Array.from({ length: n }, () => rng.normal()),
  );
  const values = new Float64Array(vectors.length);
  orthonormalise(vectors);
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const images = vectors.map((column) => {
      const out = new Float64Array(n);
      apply(column, out);
      return out;
    });
    // Rayleigh quotients: eigenvalues, once the columns are eigenvectors.
    images.forEach((image, c) => {
      values[c] = dot(image, vectors[c]!);
    });
    orthonormalise(images);
    vectors = images;
  }
  return { vectors, values };
}

/** Gram-Schmidt, twice: once loses orthogonality where columns are nearly alike. What is left with nothing becomes 0. */
function orthonormalise(columns: readonly Float64Array[]): void {
  columns.forEach((column, c) => {
    const before = Math.sqrt(dot(column, column));
    for (let pass = 0; pass < 2; pass++)
      for (const earlier of columns.slice(0, c)) {
        const along = dot(column, earlier);
        for (let i = 0; i < column.length; i++) column[i]! -= along * earlier[i]!;
      }
    const size = Math.sqrt(dot(column, column));
    const scale = size > 1e-10 * before && size > 0 ? 1 / size : 0;
    for (let i = 0; i < column.length; i++) column[i]! *= scale;
  });
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
