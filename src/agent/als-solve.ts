/**
 * One shopper's (or item's) factors, given everybody else's: the x that minimises, over all items j,
 *
 *   sum_j c_j (p_j - x . y_j)^2 + regularisation |x|^2,   p_j = 1 and c_j = 1 + weight_j for those taken, else 0 and 1
 *
 * (Hu, Koren & Volinsky 2008, eq. 3 and 4). With the Gram matrix G = Y'Y shared by all, and A = G + regularisation I, the
 * normal equations cost only what was taken (m rows Y, their weights on the diagonal of W):
 *
 *   (A + Y' W Y) x = Y' (1 + w)
 *
 * Two ways, by what was taken:
 *
 *   few    x = P Y' k  with P = 1/A and the m equations (1/W + Y P Y') k = (1 + w) / w  (the Woodbury identity, as kernel
 *          ridge regression writes it), by Cholesky: exact, in m^2 size operations, since all rows P y_j are made once
 *   many   conjugate gradients from where x is (Takacs, Pilaszy & Tikk 2011): size^2 + 2 m size operations a step
 */
import { type ItemProducts, itemProducts } from './item-products.ts';

export interface AlsProblem {
  /** Rows of `size` factors. */
  readonly factors: Float64Array;
  readonly size: number;
  /** size x size, of all of `factors`. */
  readonly gram: Float64Array;
  readonly regularisation: number;
  /** Rows of `factors` times 1 / (gram + regularisation I). Without them every row is solved by conjugate gradients. */
  readonly spread?: Float32Array;
}

export interface AlsSolver {
  /** The problem all shoppers share, given the items' factors; or all items, given the shoppers'. */
  problem(factors: Float64Array, regularisation: number): AlsProblem;
  /**
   * Moves `x[at .. at + size]` to the solution for the rows `taken[from .. to]`, where they are many at most `steps`
   * steps towards it. `weights` are those of the left side, `pulls` those of the right, 1 + w in the equation above.
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
  const few = Math.max(1, size >> 2);
  const kernel = new Float64Array(few * few);
  const k = new Float64Array(few);

  /** out = (G + regularisation I) v. */
  const applyGram = (
    { gram, regularisation }: AlsProblem,
    v: Float64Array,
    at: number,
    out: Float64Array,
  ): void => {
    for (let i = 0; i < size; i++) out[i] = regularisation * v[at + i]! + dot(gram, i * size, v, at, size);
  };

  const exactly: AlsSolver['solve'] = ({ factors, spread }, taken, weights, pulls, from, to, x, at) => {
    const m = to - from;
    for (let p = 0; p < m; p++) {
      const row = taken[from + p]! * size;
      const weight = weights[from + p]!;
      for (let q = 0; q <= p; q++)
        kernel[p * m + q] = dot(factors, row, spread!, taken[from + q]! * size, size);
      kernel[p * m + p]! += 1 / weight;
      k[p] = pulls[from + p]! / weight;
    }
    choleskyOf(kernel, m);
    solveBy(kernel, m, k);
    x.fill(0, at, at + size);
    for (let p = 0; p < m; p++) {
      const row = taken[from + p]! * size;
      const scale = k[p]!;
      for (let i = 0; i < size; i++) x[at + i]! += scale * spread![row + i]!;
    }
  };

  let inverse: ItemProducts | undefined;
  return {
    problem(factors, regularisation) {
      const gram = gramOf(factors, size);
      const spread = new Float32Array(factors.length);
      inverse ??= itemProducts(size, size);
      inverse.fill(inverseOf(gram, size, regularisation));
      inverse.of(factors, factors.length / size, spread);
      return { factors, size, gram, regularisation, spread };
    },
    solve(problem, taken, weights, pulls, from, to, x, at, steps) {
      if (problem.spread && to - from <= few) {
        exactly(problem, taken, weights, pulls, from, to, x, at, steps);
        return;
      }
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

/** Y'Y of rows of `size` factors, four rows at a time. */
export function gramOf(factors: Float64Array, size: number): Float64Array {
  const gram = new Float64Array(size * size);
  const end = factors.length;
  const whole = end - (end % (4 * size));
  for (let row = 0; row < whole; row += 4 * size) {
    const [second, third, fourth] = [row + size, row + 2 * size, row + 3 * size];
    for (let i = 0; i < size; i++) {
      const a = factors[row + i]!;
      const b = factors[second + i]!;
      const c = factors[third + i]!;
      const d = factors[fourth + i]!;
      const to = i * size;
      for (let j = 0; j <= i; j++) {
        gram[to + j]! +=
          a * factors[row + j]! +
          b * factors[second + j]! +
          (c * factors[third + j]! + d * factors[fourth + j]!);
      }
    }
  }
  for (let row = whole; row < end; row += size) {
    for (let i = 0; i < size; i++) {
      for (let j = 0; j <= i; j++) gram[i * size + j]! += factors[row + i]! * factors[row + j]!;
    }
  }
  for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) gram[j * size + i] = gram[i * size + j]!;
  return gram;
}

/** 1 / (matrix + regularisation I) of a symmetric, positive matrix. */
function inverseOf(matrix: Float64Array, size: number, regularisation: number): Float64Array {
  const factor = matrix.slice();
  for (let i = 0; i < size; i++) factor[i * size + i]! += regularisation;
  choleskyOf(factor, size);
  const inverse = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    const row = inverse.subarray(i * size, (i + 1) * size);
    row[i] = 1;
    solveBy(factor, size, row);
  }
  return inverse;
}

/** The lower triangle L of m = L L', in place. */
function choleskyOf(m: Float64Array, size: number): void {
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = m[i * size + j]!;
      for (let p = 0; p < j; p++) sum -= m[i * size + p]! * m[j * size + p]!;
      m[i * size + j] = i === j ? Math.sqrt(sum) : sum / m[j * size + j]!;
    }
  }
}

/** v becomes the solution of L L' x = v. */
function solveBy(lower: Float64Array, size: number, v: Float64Array): void {
  for (let i = 0; i < size; i++) {
    let sum = v[i]!;
    for (let p = 0; p < i; p++) sum -= lower[i * size + p]! * v[p]!;
    v[i] = sum / lower[i * size + i]!;
  }
  for (let i = size - 1; i >= 0; i--) {
    let sum = v[i]!;
    for (let p = i + 1; p < size; p++) sum -= lower[p * size + i]! * v[p]!;
    v[i] = sum / lower[i * size + i]!;
  }
}

/** The product of two rows. Four sums at once, so that additions do not wait for one another. */
export function dot(
  a: Float64Array,
  from: number,
  b: Float64Array | Float32Array,
  start: number,
  size: number,
): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
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
