import type { ActionSpec, Actions, ObservationSpec } from '../core/index.ts';
import {
  add,
  concat,
  exp,
  logSoftmax,
  mul,
  type ParameterSpec,
  slice,
  square,
  sub,
  sum,
  type Value,
} from '../math/index.ts';
import { categoricalPolicy, partsOf } from './categorical.ts';
import { type Box, gaussianPolicy, halfLogTau } from './gaussian.ts';
import type { Policy } from './policy.ts';

/**
 * What an actor's network says of an observation, taken as a distribution over actions: the logits of choices, or the
 * means of numbers. As formulas for a graph, which learns, and as a policy, which acts.
 */
export interface Distribution {
  /** Numbers the network says of an observation; as many say which action was taken. */
  readonly size: number;
  /** Parameters beside the network's, the same for every observation. */
  readonly own: Readonly<Record<string, ParameterSpec>>;
  /** Writes the action of row i of `actions` to `out`, from `at`. */
  write(actions: Actions, i: number, out: Float32Array, at: number): void;
  /** Of the actions of n rows, [n, 1] each. `said`, `chosen` and `mask` are [n, size]. */
  judge(said: Value, chosen: Value, mask: Value | undefined, own: Weights): Judgement;
  /** Acts by what the network says; `own` are the parameters as they are then. */
  policy(
    observation: ObservationSpec,
    said: (observations: Float32Array, n: number) => Promise<Float32Array>,
    own: Readonly<Record<string, Float32Array>>,
  ): Policy;
}

type Weights = Readonly<Record<string, Value>>;

interface Judgement {
  /** Of the whole action: the sum over its parts or numbers. */
  readonly logProb: Value;
  readonly entropy: Value;
}

/** Choices, or numbers that begin with a standard deviation of `deviation` halves of their range. */
export const distributionOf = (action: ActionSpec, deviation: number): Distribution =>
  action.kind === 'box' ? gaussian(action, deviation) : categorical(action);

const overRow = (x: Value): Value => sum(x, { axes: [1], keep: true });

/** A softmax for each part of the action; what a mask forbids gets a logit of about -1e9. */
function categorical(action: ActionSpec): Distribution {
  const parts = partsOf(action);
  return {
    size: parts.reduce((all, n) => all + n, 0),
    own: {},
    write(actions, i, out, at) {
      let from = at;
      parts.forEach((n, part) => {
        out[from + actions[i * parts.length + part]!] = 1;
        from += n;
      });
    },
    judge(said, chosen, mask) {
      const open = mask ? add(said, mul(sub(mask, 1), 1e9)) : said;
      let from = 0;
      const each = parts.map((n) => {
        from += n;
        return logSoftmax(parts.length === 1 ? open : slice(open, 1, from - n, from));
      });
      const logs = each.length === 1 ? each[0]! : concat(each, 1);
      return { logProb: overRow(mul(logs, chosen)), entropy: mul(overRow(mul(exp(logs), logs)), -1) };
    },
    policy: (observation, said) => categoricalPolicy(observation, action, said),
  };
}

/**
 * A normal distribution for each number, in halves of the range from the middle of the bounds. Its deviation is a
 * parameter of its own that does not look at the observation, as in Stable-Baselines3 (Huang et al. 2022, details for
 * continuous actions): what remains to be explored is learned, and it does not collapse where observations are rare.
 *
 *   log pi(a | s) = sum_i -((a_i - m_i(s)) / d_i)^2 / 2 - log d_i - log(2 pi) / 2      entropy = sum_i log d_i + (log(2 pi) + 1) / 2
 */
function gaussian(action: Box, deviation: number): Distribution {
  const { size, low, high } = action;
  const [middle, half] = [(low + high) / 2, (high - low) / 2];
  return {
    size,
    own: { logDeviations: { shape: [size], start: Math.log(deviation) } },
    write(actions, i, out, at) {
      for (let k = 0; k < size; k++) out[at + k] = (actions[i * size + k]! - middle) / half;
    },
    judge(means, chosen, _mask, { logDeviations }) {
      const deviations = mul(sub(chosen, means), exp(mul(logDeviations!, -1)));
      const each = sub(mul(square(deviations), -0.5), add(logDeviations!, halfLogTau));
      const everywhere = add(mul(means, 0), add(logDeviations!, halfLogTau + 0.5));
      return { logProb: overRow(each), entropy: overRow(everywhere) };
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
