import type { Rng } from '../../core/index.ts';
import type { BanditLog, TargetPolicy } from './bandit-log.ts';

/**
 * A made-up shop with known truth: `kinds` of shoppers, as one feature each, and for every kind the chance that each
 * action brings 1. The logging policy prefers what is bad for the shopper (with `bias` 0 nothing), the target what is good.
 */
export function madeUpLog(stream: Rng, n: number, { kinds = 3, choices = 4, bias = -2 } = {}) {
  const truth = Array.from({ length: kinds }, (_, kind) =>
    Array.from(
      { length: choices },
      (_, action) => 0.1 + 0.6 * ((kind + action) % choices === 0 ? 1 : 0.2 * action),
    ),
  );
  const logging = truth.map((row) => softmax(row.map((p) => bias * p)));
  const wanted = truth.map((row) => softmax(row.map((p) => 3 * p)));
  const kind = Int32Array.from({ length: n }, () => stream.int(kinds));
  const action = Int32Array.from(kind, (k) => draw(logging[k]!, stream));
  const features = new Float64Array(n * kinds);
  for (let i = 0; i < n; i++) features[i * kinds + kind[i]!] = 1;
  const log: BanditLog = {
    n,
    actions: Array.from({ length: choices }, (_, i) => `action ${i}`),
    action,
    propensity: Float64Array.from(action, (a, i) => logging[kind[i]!]![a]!),
    reward: Float64Array.from(action, (a, i) => (stream.float() < truth[kind[i]!]![a]! ? 1 : 0)),
    positions: [''],
    position: new Int32Array(n),
    features,
    width: kinds,
  };
  const target: TargetPolicy = {
    actions: log.actions,
    probabilities: Float64Array.from(wanted.flat()),
    context: kind,
  };
  const logged: TargetPolicy = { ...target, probabilities: Float64Array.from(logging.flat()) };
  const mean = (policy: number[][]): number =>
    truth.reduce((sum, row, k) => sum + row.reduce((s, p, a) => s + p * policy[k]![a]!, 0) / kinds, 0);
  return { log, target, logged, truth, kind, value: mean(wanted), loggedValue: mean(logging) };
}

function softmax(values: readonly number[]): number[] {
  const sum = values.reduce((s, v) => s + Math.exp(v), 0);
  return values.map((v) => Math.exp(v) / sum);
}

function draw(probabilities: readonly number[], stream: Rng): number {
  let u = stream.float();
  for (const [i, p] of probabilities.entries()) {
    u -= p;
    if (u < 0) return i;
  }
  return probabilities.length - 1;
}
