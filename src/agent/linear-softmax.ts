import {
  type ActionSpec,
  type ObservationSpec,
  type Progress,
  type Rng,
  silent,
  TendrilError,
  type TransitionBatch,
} from '../core/index.ts';
import { adam, plainKernels } from '../math/index.ts';
import { categoricalPolicy } from './categorical.ts';
import { denseEncoder } from './dense-encoder.ts';
import { holdBack } from './hold-back.ts';
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
  /**
   * From weights of 0, every choice alike, by Adam. First on a part of the rows, to see after which pass the other part
   * would be served best (perhaps none: then every choice stays alike); then on all rows for as many passes. With masks, n x
   * choices, a row's probabilities are over what was allowed in it.
   */
  climb(
    log: Pick<TransitionBatch, 'observations' | 'n' | 'masks' | 'shoppers'>,
    objectiveOf: (rows: Int32Array) => Objective,
    options: ClimbOptions,
  ): {
    readonly value: number;
    readonly passes: number;
    /** Rows of the other part, and of how many whole shoppers they are; missing where shoppers are not known or too few. */
    readonly heldOut: number;
    readonly heldOutShoppers?: number;
  };
}

/** Of probabilities (rows x choices) the value, and that less what is not sure of it; of the latter, into `slopes`, the derivatives. */
export type Objective = (
  probabilities: Float64Array,
  slopes: Float64Array,
) => { readonly value: number; readonly climbed: number };

interface ClimbOptions
  extends Readonly<Record<'learningRate' | 'passes' | 'penalty' | 'validation', number>> {
  readonly rng: Rng;
  readonly progress?: Progress | undefined;
}

/** Fewer rows than these cannot say which pass was best. */
const leastHeldOut = 20;

export const climbSettings = {
  variancePenalty: {
    type: 'number',
    default: 0.5,
    min: 0,
    doc: 'standard errors of the estimate that are taken off it: a policy the log says little about must look better',
  },
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
    doc: 'most steps, each over all rows',
  },
  validation: {
    type: 'number',
    default: 0.2,
    min: 0,
    max: 0.9,
    doc: 'share of the rows, those of whole shoppers where enough are known, that decides after how many passes to stop, before all are learned from; 0: never before the last',
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
    climb(log, objectiveOf, { learningRate, passes, penalty, validation, rng, progress = silent }) {
      const { observations, n, masks } = log;
      for (const array of Object.values(encoder.state)) array.fill(0);
      encoder.learn(observations, n);
      const dense = encoded(observations, n);
      const wanted = validation * n < leastHeldOut ? 0 : validation * n;
      const least = Math.min(wanted, Math.max(leastHeldOut, wanted / 2));
      const { held, rest, heldShoppers } = holdBack(log, wanted, least, rng);
      const rounds = held.length > 0 ? 2 : 1;

      /** Weights from 0 on these rows; `each` hears of every state of them, the first one too. */
      const ascend = (rows: Int32Array, until: number, each: (pass: number) => void): void => {
        const optimiser = adam(weights.length, { learningRate }, plainKernels());
        const gradient = new Float32Array(weights.length);
        const look = lookAt(rows, objectiveOf(rows));
        weights.fill(0);
        each(0);
        for (let pass = 1; pass <= until; pass++) {
          const up = look().gradient();
          for (let k = 0; k < weights.length; k++)
            gradient[k] = (k % width === 0 ? 0 : penalty * weights[k]!) - up[k]!;
          optimiser.step(weights, gradient, 1, learningRate * (1 - (pass - 1) / passes));
          each(pass);
        }
      };

      /** What the objective says of the policy as it is, on these rows. */
      function lookAt(rows: Int32Array, objective: Objective) {
        const probabilities = new Float64Array(rows.length * choices);
        const slopes = new Float64Array(rows.length * choices);
        return () => {
          for (let i = 0; i < rows.length; i++) {
            logits(dense, rows[i]!, probabilities, i * choices);
            if (masks)
              for (let a = 0; a < choices; a++)
                if (masks[rows[i]! * choices + a] === 0) probabilities[i * choices + a] = -Infinity;
            softmaxInPlace(probabilities, i * choices, choices);
          }
          slopes.fill(0);
          const said = objective(probabilities, slopes);
          return { ...said, gradient: () => gradientOf(rows, probabilities, slopes) };
        };
      }

      function gradientOf(rows: Int32Array, probabilities: Float64Array, slopes: Float64Array): Float64Array {
        const up = new Float64Array(weights.length);
        for (let i = 0; i < rows.length; i++) {
          const at = i * choices;
          const row = rows[i]! * encoder.size - 1;
          let mean = 0;
          for (let a = 0; a < choices; a++) mean += probabilities[at + a]! * slopes[at + a]!;
          for (let a = 0; a < choices; a++) {
            const slope = probabilities[at + a]! * (slopes[at + a]! - mean);
            if (slope === 0) continue;
            up[a * width]! += slope;
            for (let j = 1; j < width; j++) up[a * width + j]! += slope * dense[row + j]!;
          }
        }
        return up;
      }

      const best = { pass: passes, climbed: -Infinity };
      if (held.length > 0) {
        const look = lookAt(held, objectiveOf(held));
        ascend(rest, passes, (pass) => {
          const { climbed } = look();
          if (climbed > best.climbed) Object.assign(best, { pass, climbed });
          progress(pass, rounds * passes, 'passes');
        });
      }
      const all = Int32Array.from({ length: n }, (_, row) => row);
      ascend(all, best.pass, (pass) => progress((rounds - 1) * passes + pass, rounds * passes, 'passes'));
      return {
        value: lookAt(all, objectiveOf(all))().value,
        passes: best.pass,
        heldOut: held.length,
        ...(heldShoppers !== undefined && { heldOutShoppers: heldShoppers }),
      };
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
