/** Whether a log can carry an estimate, read from the importance weights alone. */
export interface WeightDiagnosis {
  /**
   * Effective sample size (Kish 1965): (sum of w)^2 / sum of w^2, the number of equally weighted rows that would estimate
   * as well.
   */
  readonly ess: number;
  /** Near 1 where the log could show whatever the target shows and the propensities are true. */
  readonly mean: number;
  readonly standardError: number;
  readonly largest: number;
  /** The largest weight's part of the sum. */
  readonly largestShare: number;
}

export function diagnoseWeights(weights: Float64Array): WeightDiagnosis {
  const n = weights.length;
  let sum = 0;
  let squares = 0;
  let largest = 0;
  for (const w of weights) {
    sum += w;
    squares += w * w;
    largest = Math.max(largest, w);
  }
  const mean = sum / n;
  let spread = 0;
  for (const w of weights) spread += (w - mean) ** 2;
  return {
    ess: squares > 0 ? sum ** 2 / squares : 0,
    mean,
    standardError: n > 1 ? Math.sqrt(spread / (n - 1) / n) : Number.POSITIVE_INFINITY,
    largest,
    largestShare: sum > 0 ? largest / sum : 0,
  };
}
