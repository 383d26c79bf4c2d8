/**
 * A x = b for a symmetric matrix without negative eigenvalues, by conjugate gradients from 0 (Hestenes & Stiefel 1952).
 * Where A is singular and b lies in its range, this is the solution of least norm: the pseudo-inverse of A times b.
 * `residual` is |A x - b| / |b|: far from 0 means that there is no solution.
 */
export function solveSymmetric(
  matrix: Float64Array,
  right: Float64Array,
): { readonly solution: Float64Array; readonly residual: number } {
  const n = right.length;
  const solution = new Float64Array(n);
  const residual = right.slice();
  const direction = right.slice();
  const image = new Float64Array(n);
  const size = dot(right, right);
  let left = size;
  // In exact arithmetic n steps are enough; rounding may ask for some more.
  for (let step = 0; step < 10 * n + 10 && left > 1e-30 * size; step++) {
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let j = 0; j < n; j++) sum += matrix[i * n + j]! * direction[j]!;
      image[i] = sum;
    }
    const curvature = dot(direction, image);
    if (curvature <= 1e-14 * dot(direction, direction)) break;
    const along = left / curvature;
    for (let i = 0; i < n; i++) {
      solution[i]! += along * direction[i]!;
      residual[i]! -= along * image[i]!;
    }
    const next = dot(residual, residual);
    for (let i = 0; i < n; i++) direction[i] = residual[i]! + (next / left) * direction[i]!;
    left = next;
  }
  return { solution, residual: size > 0 ? Math.sqrt(left / size) : 0 };
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
