import { solveSymmetric } from './solve-symmetric.ts';

/**
 * Which of several alternatives is chosen, where how much their qualities count depends on the case (the conditional logit;
 * McFadden 1974, "Conditional Logit Analysis of Qualitative Choice Behavior", with qualities times circumstances):
 *
 *   P(a | case) = softmax over the case's alternatives of sum_k q_ak w_k,   w_k = sum_f theta_kf c_f
 *
 * with qualities q of alternatives and circumstances c of the case. Its log-likelihood less penalty / 2 |theta|^2 is concave:
 * Newton's method finds the one answer in a few steps, without chance and without a step size.
 */
export interface Choices {
  /** Alternatives of case i are rows `offsets[i] .. offsets[i + 1]` of `qualities`. */
  readonly offsets: Int32Array;
  /** Alternatives x the number of qualities, row after row. */
  readonly qualities: Float32Array;
  /** Cases x the number of circumstances; a column of ones makes w's constant part. */
  readonly circumstances: Float64Array;
  /** For each case the chosen alternative, counted from the case's first. */
  readonly chosen: Int32Array;
}

/** Steps after which it stops wherever it is; five to ten are usual. */
const mostSteps = 30;

/** theta, qualities x circumstances. `cases` names the cases to learn from; all where left out. */
export function conditionalLogit(
  choices: Choices,
  qualities: number,
  circumstances: number,
  { penalty = 1, cases }: { readonly penalty?: number; readonly cases?: Int32Array } = {},
): Float64Array {
  const size = qualities * circumstances;
  const rows = cases ?? Int32Array.from(choices.chosen, (_, i) => i);
  let theta = new Float64Array(size);
  let at = momentsOf(choices, qualities, circumstances, rows, theta, penalty);
  for (let step = 0; step < mostSteps; step++) {
    const { solution } = solveSymmetric(at.curvature, at.gradient);
    const promised = dot(solution, at.gradient);
    if (!(promised > 1e-13 * (1 + Math.abs(at.value)))) break;
    let moved = 1;
    let next = at;
    let there = theta;
    // A whole step may overshoot far from the answer: half as far until it is better.
    for (; moved > 1e-4; moved /= 2) {
      there = theta.map((value, j) => value + moved * solution[j]!);
      next = momentsOf(choices, qualities, circumstances, rows, there, penalty);
      if (next.value > at.value) break;
    }
    if (next.value <= at.value) break;
    theta = there;
    at = next;
  }
  return theta;
}

/** How much each quality counts under these circumstances, which begin at `at`. */
export function weightsUnder(
  theta: Float64Array,
  circumstances: Float64Array,
  at: number,
  count: number,
  out: Float64Array,
): Float64Array {
  for (let k = 0; k < out.length; k++) {
    let weight = 0;
    for (let f = 0; f < count; f++) weight += theta[k * count + f]! * circumstances[at + f]!;
    out[k] = weight;
  }
  return out;
}

interface Moments {
  readonly value: number;
  readonly gradient: Float64Array;
  /** Minus the second derivatives. */
  readonly curvature: Float64Array;
}

function momentsOf(
  { offsets, qualities: q, circumstances: c, chosen }: Choices,
  qualities: number,
  circumstances: number,
  cases: Int32Array,
  theta: Float64Array,
  penalty: number,
): Moments {
  const size = qualities * circumstances;
  const gradient = theta.map((value) => -penalty * value);
  const curvature = new Float64Array(size * size);
  let value = (-penalty / 2) * dot(theta, theta);
  const weights = new Float64Array(qualities);
  const mean = new Float64Array(qualities);
  const spread = new Float64Array(qualities * qualities);
  let scores = new Float64Array(256);
  for (const i of cases) {
    const [from, to] = [offsets[i]!, offsets[i + 1]!];
    if (to - from > scores.length) scores = new Float64Array(2 * (to - from));
    weightsUnder(theta, c, i * circumstances, circumstances, weights);
    let largest = Number.NEGATIVE_INFINITY;
    for (let a = from; a < to; a++) {
      let score = 0;
      for (let k = 0; k < qualities; k++) score += weights[k]! * q[a * qualities + k]!;
      scores[a - from] = score;
      if (score > largest) largest = score;
    }
    let mass = 0;
    for (let a = 0; a < to - from; a++) {
      scores[a] = Math.exp(scores[a]! - largest);
      mass += scores[a]!;
    }
    mean.fill(0);
    spread.fill(0);
    for (let a = from; a < to; a++) {
      const p = scores[a - from]! / mass;
      if (p < 1e-12) continue;
      for (let k = 0; k < qualities; k++) {
        const x = p * q[a * qualities + k]!;
        if (x === 0) continue;
        mean[k]! += x;
        for (let l = 0; l <= k; l++) spread[k * qualities + l]! += x * q[a * qualities + l]!;
      }
    }
    const taken = from + chosen[i]!;
    value += Math.log(Math.max(scores[chosen[i]!]! / mass, 1e-300));
    for (let k = 0; k < qualities; k++) {
      const over = q[taken * qualities + k]! - mean[k]!;
      for (let f = 0; f < circumstances; f++)
        gradient[k * circumstances + f]! += over * c[i * circumstances + f]!;
      for (let l = 0; l <= k; l++) {
        const covariance = spread[k * qualities + l]! - mean[k]! * mean[l]!;
        if (covariance === 0) continue;
        for (let f = 0; f < circumstances; f++) {
          const part = covariance * c[i * circumstances + f]!;
          const row = (k * circumstances + f) * size + l * circumstances;
          for (let g = 0; g < circumstances; g++) curvature[row + g]! += part * c[i * circumstances + g]!;
        }
      }
    }
  }
  // The blocks above the diagonal mirror those below it.
  for (let row = 0; row < size; row++) {
    const block = Math.floor(row / circumstances) * circumstances;
    for (let column = 0; column < block; column++)
      curvature[column * size + row] = curvature[row * size + column]!;
    curvature[row * size + row]! += penalty;
  }
  return { value, gradient, curvature };
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
