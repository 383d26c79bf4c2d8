import { rngFrom, type SettingsOf, type TransitionBatch } from '../core/index.ts';
import type { AgentContext, AgentDefinition, DecisionAgent } from './agent.ts';
import { climbSettings, linearSoftmax, type Objective } from './linear-softmax.ts';
import { type LoggedRewards, loggedRewards } from './logged-rewards.ts';
import { readModel, writeModel } from './saved-model.ts';

const settings = {
  estimator: {
    type: 'choice',
    default: 'self-normalised',
    choices: ['self-normalised', 'clipped'],
    doc: 'what is climbed: the weighted mean of rewards, or the mean of weighted rewards',
  },
  clip: {
    type: 'number',
    default: 20,
    min: 1,
    doc: 'importance weights above it count as this much and are pushed no further',
  },
  ...climbSettings,
} as const;

type Settings = SettingsOf<typeof settings>;

/**
 * Counterfactual risk minimisation: the policy whose value, estimated from the log by importance weights, is the largest
 * after a deduction for how unsure the estimate is. With w_i = min(pi(a_i | x_i) / p_i, clip) and rewards less their mean,
 *
 *   clipped          V = (1/n) sum w_i r_i                              (POEM: Swaminathan & Joachims 2015, JMLR 16)
 *   self-normalised  V = sum w_i r_i / sum w_i                          (Norm-POEM: Swaminathan & Joachims 2015, NeurIPS)
 *   climbed          V - variancePenalty x the standard error of V - penalty |weights|^2 / 2
 *
 * The clipped form can gain by making what was logged unlikely; the self-normalised one cannot, since its weights cancel.
 */
export const ips: AgentDefinition<typeof settings> = {
  name: 'ips',
  summary: 'learns a linear policy from logged choices by importance weighting, self-normalised or clipped',
  consumes: 'decisions',
  settings,
  create: async (context, values) => build(context, values),
  restore: async (context, values, saved) => build(context, values, saved),
};

function build(
  { observation, action, rng }: AgentContext,
  given: Settings,
  saved?: Uint8Array,
): DecisionAgent {
  const policy = linearSoftmax('ips', observation, action);
  const model = saved && readModel('ips', saved);
  if (model) policy.restore(model);
  const start = model ? (model.values.rng as [number, number, number, number]) : rng.fork('ips').state();
  return {
    name: 'ips',
    consumes: 'decisions',
    async fit(log, { progress } = {}) {
      const logged = loggedRewards('ips', log);
      const choices = action.kind === 'choice' ? action.n : 0;
      const objective = (rows: Int32Array): Objective => objectiveOf(log, logged, rows, choices, given);
      const { value, ...told } = policy.climb(log, objective, {
        ...given,
        rng: rngFrom(start),
        progress,
      });
      return { value: logged.mean + logged.deviation * value, logged: logged.mean, ...told };
    },
    policy: () => policy.policy(),
    save: async () => writeModel('ips', { values: { rng: [...start] }, arrays: policy.state }),
  };
}

/** Of these rows. */
function objectiveOf(
  { actions }: TransitionBatch,
  logged: LoggedRewards,
  rows: Int32Array,
  choices: number,
  { estimator, clip, variancePenalty }: Settings,
): Objective {
  const n = rows.length;
  const reward = Float64Array.from(rows, (row) => logged.reward[row]!);
  const propensity = Float64Array.from(rows, (row) => logged.propensity[row]!);
  const places = Int32Array.from(rows, (row, i) => i * choices + actions[row]!);
  const weight = new Float64Array(n);
  return (probabilities, slopes) => {
    let weights = 0;
    let sum = 0;
    for (let i = 0; i < n; i++) {
      weight[i] = Math.min(clip, probabilities[places[i]!]! / propensity[i]!);
      weights += weight[i]!;
      sum += weight[i]! * reward[i]!;
    }
    const normalised = estimator === 'self-normalised';
    const total = normalised ? weights : n;
    const value = sum / total;
    // Both are means of terms: the error of a mean is the root of the sum of its squared deviations, over their number.
    let squares = 0;
    let pull = 0;
    for (let i = 0; i < n; i++) {
      const w = weight[i]!;
      squares += normalised ? (w * (reward[i]! - value)) ** 2 : (w * reward[i]! - value) ** 2;
      pull += w * w * (reward[i]! - value);
    }
    const root = Math.max(1e-12, Math.sqrt(squares));
    for (let i = 0; i < n; i++) {
      const w = weight[i]!;
      if (w >= clip) continue;
      const apart = reward[i]! - value;
      const [climb, error] = normalised
        ? [
            apart / total,
            (w * apart * apart - (pull * apart) / total) / (root * total) - root / (total * total),
          ]
        : [reward[i]! / n, ((w * reward[i]! - value) * reward[i]!) / (root * n)];
      slopes[places[i]!] = (climb - variancePenalty * error) / propensity[i]!;
    }
    return { value, climbed: value - (variancePenalty * root) / total };
  };
}
