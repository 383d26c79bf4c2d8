import type { ActionSpec, ObservationSpec } from '../core/index.ts';
import type { Policy } from './policy.ts';

/** An action of numbers within bounds. */
export type Box = Extract<ActionSpec, { kind: 'box' }>;

/**
 * A policy of numbers: each of an action's is drawn by itself from a normal distribution. Its scores are the means of a
 * row, then the logarithms of the standard deviations.
 *
 * What is drawn may lie outside the bounds and is handed out as it is, for its density is that of the number drawn; who
 * acts on it clips it (`withinBox`). The density of the clipped number would have lumps at the bounds and no gradient there.
 */
export function gaussianPolicy(
  observation: ObservationSpec,
  action: Box,
  scoresOf: (observations: Float32Array, n: number) => Promise<Float32Array>,
): Policy {
  const { size } = action;
  const choices = 2 * size;
  return {
    observation,
    action,
    async evaluate(observations, n, candidates) {
      if (candidates)
        throw new RangeError('candidates are of a choice among items, and this action is numbers');
      return { n, choices, values: await scoresOf(observations, n) };
    },
    sample({ values }, row, rng) {
      const drawn = Float32Array.from({ length: size }, (_, i) => {
        const at = row * choices + i;
        return values[at]! + Math.exp(values[at + size]!) * rng.normal();
      });
      const explored = new Uint8Array(size).fill(1);
      return { action: drawn, logProbs: densities(values.subarray(row * choices), drawn), explored };
    },
    logProb: ({ values }, row, taken) => densities(values.subarray(row * choices), taken),
    greedy: ({ values }, row) => withinBox(action, values.slice(row * choices, row * choices + size)),
  };
}

/** log N(x; mean, deviation^2) of each number of one action. */
function densities(row: Float32Array, action: ArrayLike<number>): Float32Array {
  const size = action.length;
  return Float32Array.from(action, (x, i) => {
    const deviations = (x - row[i]!) * Math.exp(-row[size + i]!);
    return -0.5 * deviations * deviations - row[size + i]! - halfLogTau;
  });
}

export const halfLogTau = 0.5 * Math.log(2 * Math.PI);

/** Numbers outside the bounds, put on them; the array is new. */
export const withinBox = ({ low, high }: Box, numbers: ArrayLike<number>): Float32Array =>
  Float32Array.from(numbers, (x) => Math.min(high, Math.max(low, x)));
