import { solveSymmetric } from './solve-symmetric.ts';

/**
 * Logistic regression with an L2 penalty by Newton's method (iteratively reweighted least squares; Hastie, Tibshirani &
 * Friedman, The Elements of Statistical Learning, 4.4.1): answers the fitted probability of outcome 1 for each row.
 * `inputs` is n x width; a constant column makes the intercept.
 */
export function logisticRegression(
  inputs: Float64Array,
  width: number,
  outcome: Uint8Array,
  penalty = 1,
): Float64Array {
  const n = outcome.length;
  const weights = new Float64Array(width);
  const probability = new Float64Array(n).fill(0.5);
  for (let step = 0; step < 30; step++) {
    const matrix = new Float64Array(width * width);
    const gradient = new Float64Array(width);
    for (let i = 0; i < n; i++) {
      const p = probability[i]!;
      const curvature = p * (1 - p);
      const at = i * width;
      for (let j = 0; j < width; j++) {
        const x = inputs[at + j]!;
        if (x === 0) continue;
        gradient[j]! += (outcome[i]! - p) * x;
        for (let k = 0; k <= j; k++) matrix[j * width + k]! += curvature * x * inputs[at + k]!;
      }
    }
    for (let j = 0; j < width; j++) {
      gradient[j]! -= penalty * weights[j]!;
      matrix[j * width + j]! += penalty;
      for (let k = 0; k < j; k++) matrix[k * width + j] = matrix[j * width + k]!;
    }
    const { solution } = solveSymmetric(matrix, gradient);
    let moved = 0;
    for (let j = 0; j < width; j++) {
      weights[j]! += solution[j]!;
      moved = Math.max(moved, Math.abs(solution[j]!));
    }
    for (let i = 0; i < n; i++) {
      let logit = 0;
      for (let j = 0; j < width; j++) logit += weights[j]! * inputs[i * width + j]!;
      probability[i] = 1 / (1 + Math.exp(-logit));
    }
    if (moved < 1e-8) break;
  }
  return probability;
}
