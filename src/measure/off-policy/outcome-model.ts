import { solveSymmetric } from '../../math/index.ts';
import type { BanditLog } from './bandit-log.ts';

/**
 * What an action is expected to bring: the direct method believes it, doubly robust estimators correct it by the log.
 *
 *   q(x, a) = m + b_a . (1, x),   b_a = (X_a' X_a + penalty I)^-1 X_a' (r_a - m)
 *
 * m is the mean reward, X_a the rows that chose a, their features standardised. A ridge regression for each action that
 * shrinks it towards the mean of all, so that an action seen twice is not believed to be twice as good. Without features
 * it is the shrunk mean (sum of r + penalty m) / (times chosen + penalty).
 */
export interface OutcomeModel {
  /** Fitted on these rows of the log, which may repeat. */
  fit(rows: Int32Array): FittedOutcome;
}

export interface FittedOutcome {
  /** For a row of the log and any action; one the log never shows is expected to bring the mean. */
  predict(row: number, action: number): number;
}

export function outcomeModel(log: BanditLog, penalty: number): OutcomeModel {
  const size = log.width + 1;
  const actions = log.actions.length;
  const inputs = standardised(log);
  return {
    fit(rows) {
      let mean = 0;
      for (const row of rows) mean += log.reward[row]! / rows.length;
      const squares = new Float64Array(actions * size * size);
      const products = new Float64Array(actions * size);
      for (let i = 0; i < rows.length; ) {
        const row = rows[i]!;
        let times = 0;
        for (; rows[i] === row; i++) times++;
        const action = log.action[row]!;
        const residual = log.reward[row]! - mean;
        for (let j = 0; j < size; j++) {
          const x = times * inputs[row * size + j]!;
          products[action * size + j]! += x * residual;
          const at = (action * size + j) * size;
          for (let k = 0; k <= j; k++) squares[at + k]! += x * inputs[row * size + k]!;
        }
      }
      const coefficients = new Float64Array(actions * size);
      for (let action = 0; action < actions; action++) {
        const matrix = squares.subarray(action * size * size, (action + 1) * size * size);
        for (let j = 0; j < size; j++) {
          matrix[j * size + j]! += penalty;
          for (let k = 0; k < j; k++) matrix[k * size + j] = matrix[j * size + k]!;
        }
        const { solution } = solveSymmetric(matrix, products.subarray(action * size, (action + 1) * size));
        coefficients.set(solution, action * size);
      }
      return {
        predict(row, action) {
          let sum = mean;
          if (action < actions)
            for (let j = 0; j < size; j++) sum += coefficients[action * size + j]! * inputs[row * size + j]!;
          return sum;
        },
      };
    },
  };
}

/** A constant 1, then each feature with mean 0 and variance 1 over the log (a constant feature becomes 0). */
function standardised({ n, features, width }: BanditLog): Float64Array {
  const inputs = new Float64Array(n * (width + 1)).fill(1);
  for (let j = 0; j < width; j++) {
    let mean = 0;
    for (let i = 0; i < n; i++) mean += features[i * width + j]! / n;
    let variance = 0;
    for (let i = 0; i < n; i++) variance += (features[i * width + j]! - mean) ** 2 / n;
    const scale = variance > 1e-12 * mean * mean ? 1 / Math.sqrt(variance) : 0;
    for (let i = 0; i < n; i++) inputs[i * (width + 1) + 1 + j] = (features[i * width + j]! - mean) * scale;
  }
  return inputs;
}
