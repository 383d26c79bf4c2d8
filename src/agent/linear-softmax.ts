import { type ActionSpec, type ObservationSpec, type Progress, silent, TendrilError } from '../core/index.ts';
import { adam, plainKernels } from '../math/index.ts';
import { categoricalPolicy } from './categorical.ts';
import { denseEncoder } from './dense-encoder.ts';
import type { Policy } from './policy.ts';
import { restoreArrays, type SavedModel } from './saved-model.ts';

/**
 * The policy of agents that learn from logged choices: pi(a | x) proportional to exp(w_a . (1, x)), x standardised by the
 * log. Few numbers, readable, and its probability of any choice is exact, so that another log can judge it.
 *
 * It climbs whatever is a differentiable function of its probabilities on the log. For an objective with slopes
 * g_ia = dV / d pi(a | x_i), the slope of the logit of a in row i is pi_ia (g_ia - sum_b pi_ib g_ib).
 */
export interface LinearSoftmax {
  policy(): Policy;
  /** Everything a restored run needs; live. */
  readonly state: Readonly<Record<string, Float32Array | Float64Array>>;
  restore(saved: SavedModel): void;
  /** From weights of 0, every choice alike, by Adam on all rows; answers the objective's last value. */
  climb(observations: Float32Array, n: number, objective: Objective, options: ClimbOptions): number;
}

/** Value of probabilities (n x choices), and into `slopes` its derivative by each of them. */
export type Objective = (probabilities: Float64Array, slopes: Float64Array) => number;

interface ClimbOptions extends Readonly<Record<'learningRate' | 'passes' | 'penalty', number>> {
  readonly progress?: Progress | undefined;
}

export const climbSettings = {
  learningRate: {
    type: 'number',
    default: 0.1,
    min: 1e-6,
    max: 1,
    doc: 'step size of Adam at the beginning; it falls to 0 in a straight line',
  },
  passes: {
    type: 'number',
    default: 150,
    min: 1,
    max: 100_000,
    integer: true,
    doc: 'steps, each over all rows',
  },
  penalty: {
    type: 'number',
    default: 0.001,
    min: 0,
    doc: 'pull of all weights but the constants towards 0, in standard deviations of the reward',
  },
} as const;

export function linearSoftmax(
  agent: string,
  observation: ObservationSpec,
  action: ActionSpec,
): LinearSoftmax {
  if (action.kind !== 'choice')
    throw new TendrilError(
      'bad-setting',
      `${agent} makes one choice at a time; it cannot choose actions of kind "${action.kind}"`,
    );
  const { n: choices } = action;
  const encoder = denseEncoder(observation, 'running');
  const width = encoder.size + 1;
  /** choices x width, the constant first. */
  const weights = new Float32Array(choices * width);
  const state = { weights, ...encoder.state };

  const encoded = (observations: Float32Array, n: number): Float32Array => {
    const dense = new Float32Array(n * encoder.size);
    encoder.encode(observations, n, dense);
    return dense;
  };
  const logits = (dense: Float32Array, row: number, out: Float64Array | Float32Array, to: number): void => {
    for (let a = 0; a < choices; a++) {
      let sum = weights[a * width]!;
      for (let j = 1; j < width; j++) sum += weights[a * width + j]! * dense[row * encoder.size + j - 1]!;
      out[to + a] = sum;
    }
  };

  return {
    state,
    restore(saved) {
      restoreArrays(saved, state);
      encoder.restored();
    },
    policy: () =>
      categoricalPolicy(observation, action, async (observations, n) => {
        const dense = encoded(observations, n);
        const out = new Float32Array(n * choices);
        for (let i = 0; i < n; i++) logits(dense, i, out, i * choices);
        return out;
      }),
    climb(observations, n, objective, { learningRate, passes, penalty, progress = silent }) {
      weights.fill(0);
      for (const array of Object.values(encoder.state)) array.fill(0);
      encoder.learn(observations, n);
      const dense = encoded(observations, n);
      const optimiser = adam(weights.length, { learningRate }, plainKernels());
      const gradient = new Float32Array(weights.length);
      const probabilities = new Float64Array(n * choices);
      const slopes = new Float64Array(n * choices);
      let value = 0;
      for (let pass = 0; pass < passes; pass++) {
        for (let i = 0; i < n; i++) {
          logits(dense, i, probabilities, i * choices);
          softmaxInPlace(probabilities, i * choices, choices);
        }
        slopes.fill(0);
        value = objective(probabilities, slopes);
        const up = new Float64Array(weights.length);
        for (let i = 0; i < n; i++) {
          const at = i * choices;
          let mean = 0;
          for (let a = 0; a < choices; a++) mean += probabilities[at + a]! * slopes[at + a]!;
          for (let a = 0; a < choices; a++) {
            const slope = probabilities[at + a]! * (slopes[at + a]! - mean);
            if (slope === 0) continue;
            up[a * width]! += slope;
            for (let j = 1; j < width; j++) up[a * width + j]! += slope * dense[i * encoder.size + j - 1]!;
          }
        }
        for (let k = 0; k < weights.length; k++)
          gradient[k] = (k % width === 0 ? 0 : penalty * weights[k]!) - up[k]!;
        optimiser.step(weights, gradient, 1, learningRate * (1 - pass / passes));
        progress(pass + 1, passes, 'passes');
      }
      return value;
    },
  };
}

function softmaxInPlace(values: Float64Array, from: number, n: number): void {
  let top = -Infinity;
  for (let i = from; i < from + n; i++) top = Math.max(top, values[i]!);
  let sum = 0;
  for (let i = from; i < from + n; i++) {
    values[i] = Math.exp(values[i]! - top);
    sum += values[i]!;
  }
  for (let i = from; i < from + n; i++) values[i]! /= sum;
}
