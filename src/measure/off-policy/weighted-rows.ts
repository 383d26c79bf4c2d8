import type { BanditLog, TargetPolicy } from './bandit-log.ts';
import type { FittedOutcome } from './outcome-model.ts';

/** What every estimator sees of a log and a target, one value a row. */
export interface WeightedRows {
  readonly n: number;
  readonly reward: Float64Array;
  /** Importance weight: target's probability of the chosen action / its propensity. */
  readonly weight: Float64Array;
  /** What the outcome model foretells for the chosen action. */
  readonly predicted: Float64Array;
  /** What it foretells for the target: its mean over the target's actions. */
  readonly expected: Float64Array;
}

export function importanceWeights(log: BanditLog, target: TargetPolicy): Float64Array {
  const { length } = target.actions;
  return Float64Array.from(
    { length: log.n },
    (_, i) => target.probabilities[target.context[i]! * length + log.action[i]!]! / log.propensity[i]!,
  );
}

/** The rows `chosen` of the log (a row may be chosen many times, as the bootstrap does). */
export function weightedRows(
  log: BanditLog,
  target: TargetPolicy,
  weights: Float64Array,
  outcome: FittedOutcome,
  chosen: Int32Array,
): WeightedRows {
  const n = chosen.length;
  const reward = new Float64Array(n);
  const weight = new Float64Array(n);
  const predicted = new Float64Array(n);
  const expected = new Float64Array(n);
  const { length } = target.actions;
  const mean = (row: number, context: number): number => {
    let sum = 0;
    for (let action = 0; action < length; action++) {
      const probability = target.probabilities[context * length + action]!;
      if (probability > 0) sum += probability * outcome.predict(row, action);
    }
    return sum;
  };
  // Without features a forecast depends on the context alone, and contexts are few.
  const byContext =
    log.width === 0
      ? Float64Array.from({ length: target.probabilities.length / length }, (_, context) => mean(0, context))
      : undefined;
  for (let i = 0; i < n; i++) {
    const row = chosen[i]!;
    const context = target.context[row]!;
    reward[i] = log.reward[row]!;
    weight[i] = weights[row]!;
    if (row === chosen[i - 1]) {
      predicted[i] = predicted[i - 1]!;
      expected[i] = expected[i - 1]!;
      continue;
    }
    predicted[i] = outcome.predict(row, log.action[row]!);
    expected[i] = byContext ? byContext[context]! : mean(row, context);
  }
  return { n, reward, weight, predicted, expected };
}
