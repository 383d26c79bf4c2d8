import type { ActionSpec, Actions, ObservationSpec } from '../core/index.ts';
import type { ParameterSpec } from '../math/index.ts';
import { categoricalPolicy, partsOf } from './categorical.ts';
import { topK } from './epsilon-greedy.ts';
import { type Box, gaussianPolicy, halfLogTau } from './gaussian.ts';
import { logProbPlackettLuce, samplePlackettLuce } from './plackett-luce.ts';
import type { Policy } from './policy.ts';

/**
 * What an actor's network says of an observation, taken as a distribution over actions: the logits of choices, or the
 * means of numbers. As formulas and their derivatives, which learn, and as a policy, which acts.
 */
export interface Distribution {
  /** Numbers the network says of an observation. */
  readonly size: number;
  /** Parameters beside the network's, the same for every observation. */
  readonly own: Readonly<Record<string, ParameterSpec>>;
  /** Judges actions by the own parameters as they are then, and adds to `gradients`, by the same names. */
  judge(own: Arrays, gradients: Arrays): RowJudge;
  /** Acts by what the network says; `own` are the parameters as they are then. */
  policy(
    observation: ObservationSpec,
    said: (observations: Float32Array, n: number) => Promise<Float32Array>,
    own: Arrays,
  ): Policy;
}

type Arrays = Readonly<Record<string, Float32Array>>;

/** One row after another: what was done in it, and what that comes to. */
export interface RowJudge {
  /** Of the row judged last, of the whole action: the sum over its parts or numbers. */
  logProb: number;
  entropy: number;
  /** Action `row` of `actions`, by what the network said from `at` on; `masks` has `size` numbers a row. */
  judge(said: Float32Array, at: number, actions: Actions, row: number, masks?: Uint8Array): void;
  /**
   * Back from the row judged last: writes the gradient of the loss by what was said to `out`, from `to`, and adds the one
   * by the own parameters, given those by log-probability and entropy.
   */
  back(byLogProb: number, byEntropy: number, out: Float32Array, to: number): void;
}

/** Choices, or numbers that begin with a standard deviation of `deviation` halves of their range. */
export const distributionOf = (action: ActionSpec, deviation: number): Distribution =>
  action.kind === 'box' ? gaussian(action, deviation) : categorical(action);

/**
 * A softmax for each part of the action; what a mask forbids has probability 0.
 *
 *   d log p_a / d x_j = [a = j] - p_j          d entropy / d x_j = -p_j (log p_j + entropy)
 */
function categorical(action: ActionSpec): Distribution {
  const parts = partsOf(action);
  const size = parts.reduce((all, n) => all + n, 0);
  return {
    size,
    own: {},
    judge() {
      const [probabilities, logs] = [new Float64Array(size), new Float64Array(size)];
      const [entropies, chosen] = [new Float64Array(parts.length), new Int32Array(parts.length)];
      return {
        logProb: 0,
        entropy: 0,
        judge(said, at, actions, row, masks) {
          let logProb = 0;
          let entropy = 0;
          let from = 0;
          for (let part = 0; part < parts.length; part++) {
            const to = from + parts[part]!;
            let top = -Infinity;
            for (let j = from; j < to; j++) {
              const logit = masks && masks[row * size + j] === 0 ? -1e9 : said[at + j]!;
              logs[j] = logit;
              if (logit > top) top = logit;
            }
            let sum = 0;
            for (let j = from; j < to; j++) sum += probabilities[j] = Math.exp(logs[j]! - top);
            const logSum = top + Math.log(sum);
            let spread = 0;
            for (let j = from; j < to; j++) {
              probabilities[j]! /= sum;
              logs[j]! -= logSum;
              spread -= probabilities[j]! * logs[j]!;
            }
            const taken = from + actions[row * parts.length + part]!;
            chosen[part] = taken;
            entropies[part] = spread;
            logProb += logs[taken]!;
            entropy += spread;
            from = to;
          }
          this.logProb = logProb;
          this.entropy = entropy;
        },
        back(byLogProb, byEntropy, out, to) {
          let j = 0;
          for (let part = 0; part < parts.length; part++) {
            const [end, spread] = [j + parts[part]!, entropies[part]!];
            for (; j < end; j++)
              out[to + j] = -probabilities[j]! * (byLogProb + byEntropy * (logs[j]! + spread));
            out[to + chosen[part]!]! += byLogProb;
          }
        },
      };
    },
    policy: (observation, said) => categoricalPolicy(observation, action, said),
  };
}

/**
 * A slate drawn from one softmax without replacement. Judged is the probability of one item of it, the first number of an
 * action: the one that was answered to.
 */
export function slateDistribution(action: Extract<ActionSpec, { kind: 'slate' }>): Distribution {
  const single = categorical({ kind: 'choice', n: action.n });
  return {
    ...single,
    policy: (observation, said, own) => ({
      ...single.policy(observation, said, own),
      action,
      sample: (scores, row, rng, mask) => samplePlackettLuce(scores, row, action.k, 1, rng, mask),
      logProb: (scores, row, taken, mask) => logProbPlackettLuce(scores, row, taken, 1, mask),
      greedy: (scores, row, mask) => topK(scores, row, action.k, mask),
    }),
  };
}

/**
 * A normal distribution for each number, in halves of the range from the middle of the bounds. Its deviation is a
 * parameter of its own that does not look at the observation, as in Stable-Baselines3 (Huang et al. 2022, details for
 * continuous actions): what remains to be explored is learned, and it does not collapse where observations are rare.
 *
 *   z_i = (a_i - m_i(s)) / d_i     log pi(a | s) = sum_i -z_i^2 / 2 - log d_i - log(2 pi) / 2
 *                                  entropy = sum_i log d_i + (log(2 pi) + 1) / 2
 *   d log pi / d m_i = z_i / d_i   d log pi / d log d_i = z_i^2 - 1     d entropy / d log d_i = 1
 */
function gaussian(action: Box, deviation: number): Distribution {
  const { size, low, high } = action;
  const [middle, half] = [(low + high) / 2, (high - low) / 2];
  return {
    size,
    own: { logDeviations: { shape: [size], start: Math.log(deviation) } },
    judge(own, gradients) {
      const [logDeviations, slopes] = [own.logDeviations!, gradients.logDeviations!];
      const z = new Float64Array(size);
      return {
        logProb: 0,
        entropy: 0,
        judge(said, at, actions, row) {
          let [logProb, entropy] = [0, 0];
          for (let i = 0; i < size; i++) {
            const [log, number] = [logDeviations[i]!, (actions[row * size + i]! - middle) / half];
            z[i] = (number - said[at + i]!) * Math.exp(-log);
            logProb -= 0.5 * z[i]! * z[i]! + log + halfLogTau;
            entropy += log + halfLogTau + 0.5;
          }
          this.logProb = logProb;
          this.entropy = entropy;
        },
        back(byLogProb, byEntropy, out, to) {
          for (let i = 0; i < size; i++) {
            out[to + i] = byLogProb * z[i]! * Math.exp(-logDeviations[i]!);
            slopes[i]! += byLogProb * (z[i]! * z[i]! - 1) + byEntropy;
          }
        },
      };
    },
    policy: (observation, said, { logDeviations }) =>
      gaussianPolicy(observation, action, async (observations, n) => {
        const means = await said(observations, n);
        const scores = new Float32Array(2 * n * size);
        for (let i = 0; i < n; i++)
          for (let k = 0; k < size; k++) {
            scores[2 * i * size + k] = middle + half * means[i * size + k]!;
            scores[(2 * i + 1) * size + k] = logDeviations![k]! + Math.log(half);
          }
        return scores;
      }),
  };
}
