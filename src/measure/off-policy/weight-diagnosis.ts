import { eachItsOwn, sumsOf, type WhoseRows } from './whose-rows.ts';

/** Whether a log can carry an estimate, read from the importance weights alone. */
export interface WeightDiagnosis {
  /**
   * Effective sample size (Kish 1965): (sum of w)^2 / sum of w^2, the number of equally weighted rows that would estimate
   * as well; of shoppers in many rows, w is the sum over a shopper's rows and shoppers are counted.
   */
  readonly ess: number;
  /** Near 1 where the log could show whatever the target shows and the propensities are true. */
  readonly mean: number;
  /** Of that mean; of shoppers in many rows, as shoppers differ. */
  readonly standardError: number;
  /** Of one row. */
  readonly largest: number;
  /** The largest weight's part of the sum. */
  readonly largestShare: number;
}

export function diagnoseWeights(
  weights: Float64Array,
  whose: WhoseRows = eachItsOwn(weights.length, 'rows'),
): WeightDiagnosis {
  const { length } = weights;
  const { n } = whose;
  const shares = sumsOf(whose, (row) => weights[row]!);
  const rows = sumsOf(whose, () => 1);
  let sum = 0;
  let squares = 0;
  let largest = 0;
  for (const w of shares) {
    sum += w;
    squares += w * w;
  }
  for (const w of weights) largest = Math.max(largest, w);
  const mean = sum / length;
  let spread = 0;
  for (let i = 0; i < n; i++) spread += (shares[i]! - mean * rows[i]!) ** 2;
  return {
    ess: squares > 0 ? sum ** 2 / squares : 0,
    mean,
    standardError: n > 1 ? Math.sqrt(spread / (n - 1) / n) * (n / length) : Number.POSITIVE_INFINITY,
    largest,
    largestShare: sum > 0 ? largest / sum : 0,
  };
}
