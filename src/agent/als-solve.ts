/**
 * One shopper's (or item's) factors, given everybody else's: the x that minimises, over all items j,
 *
 *   sum_j c_j (p_j - x . y_j)^2 + regularisation |x|^2,   p_j = 1 and c_j = 1 + weight_j for those taken, else 0 and 1
 *
 * (Hu, Koren & Volinsky 2008, eq. 3 and 4). With the Gram matrix G = Y'Y shared by all, the normal equations
 *
 *   (G + regularisation I + sum_taken weight_j y_j y_j') x = sum_taken (1 + weight_j) y_j
 *
 * cost only what was taken; they are solved by a few steps of conjugate gradients from where x is (Takacs, Pilaszy &
 * Tikk 2011), in size^2 operations a step, without ever forming the matrix.
 */
export interface AlsProblem {
  /** Rows of `size` factors. */
  readonly factors: Float64Array;
  readonly size: number;
  /** size x size, of all of `factors`. */
  readonly gram: Float64Array;
  readonly regularisation: number;
}

export interface AlsSolver {
  /**
   * Moves `x[at .. at + size]` towards the solution for the rows `taken[from .. to]`, at most `steps` steps. `weights`
   * are those of the left side, `pulls` those of the right, 1 + weight in the equation above.
   */
  solve(
    problem: AlsProblem,
    taken: Int32Array,
    weights: Float64Array,
    pulls: Float64Array,
    from: number,
    to: number,
    x: Float64Array,
    at: number,
    steps: number,
  ): void;
}

/** A solver with scratch rows of its own, for problems of `size` factors. */
export function alsSolver(size: number): AlsSolver {
  const residual = new Float64Array(size);
  const direction = new Float64Array(size);
  const image = new Float64Array(size);

  /** out = (G + regularisation I) v. */
  const applyGram = (
    { gram, regularisation }: AlsProblem,
    v: Float64Array,
    at: number,
    out: Float64Array,
  ): void => {
    for (let i = 0; i < size; i++) out[i] = regularisation * v[at + i]! + dot(gram, i * size, v, at, size);
  };

  return {
    solve(problem, taken, weights, pulls, from, to, x, at, steps) {
      const { factors } = problem;
      applyGram(problem, x, at, residual);
      for (let i = 0; i < size; i++) residual[i] = -residual[i]!;
      for (let p = from; p < to; p++) {
        const row = taken[p]! * size;
        const error = pulls[p]! - weights[p]! * dot(factors, row, x, at, size);
        for (let i = 0; i < size; i++) residual[i]! += error * factors[row + i]!;
      }
      direction.set(residual);
      let left = dot(residual, 0, residual, 0, size);
      for (let step = 0; step < steps && left > 1e-18; step++) {
        applyGram(problem, direction, 0, image);
        for (let p = from; p < to; p++) {
          const row = taken[p]! * size;
          const scale = weights[p]! * dot(factors, row, direction, 0, size);
          for (let i = 0; i < size; i++) image[i]! += scale * factors[row + i]!;
        }
        const length = left / dot(direction, 0, image, 0, size);
        for (let i = 0; i < size; i++) {
          x[at + i]! += length * direction[i]!;
          residual[i]! -= length * image[i]!;
        }
        const now = dot(residual, 0, residual, 0, size);
        for (let i = 0; i < size; i++) direction[i] = residual[i]! + (now / left) * direction[i]!;
        left = now;
      }
    },
  };
}

/** Y'Y of rows of `size` factors. */
export function gramOf(factors: Float64Array, size: number): Float64Array {
  const gram = new Float64Array(size * size);
  for (let row = 0; row < factors.length; row += size) {
    for (let i = 0; i < size; i++) {
      const scale = factors[row + i]!;
      if (scale === 0) continue;
      for (let j = 0; j <= i; j++) gram[i * size + j]! += scale * factors[row + j]!;
    }
  }
  for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) gram[j * size + i] = gram[i * size + j]!;
  return gram;
}

/** The product of two rows. Four sums at once, so that additions do not wait for one another. */
export function dot(a: Float64Array, from: number, b: Float64Array, start: number, size: number): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let i = 0;
  for (; i + 3 < size; i += 4) {
    s0 += a[from + i]! * b[start + i]!;
    s1 += a[from + i + 1]! * b[start + i + 1]!;
    s2 += a[from + i + 2]! * b[start + i + 2]!;
    s3 += a[from + i + 3]! * b[start + i + 3]!;
  }
  for (; i < size; i++) s0 += a[from + i]! * b[start + i]!;
  return s0 + s1 + (s2 + s3);
}
