import { type Rng, rngFrom, type SettingsOf, type TransitionBatch } from '../core/index.ts';
import type { AgentContext, AgentDefinition, DecisionAgent } from './agent.ts';
import { ridgeBeliefs } from './beliefs.ts';
import { linearFeatures } from './linear-features.ts';
import { climbSettings, linearSoftmax, type Objective } from './linear-softmax.ts';
import { type LoggedRewards, loggedRewards } from './logged-rewards.ts';
import { readModel, writeModel } from './saved-model.ts';

const settings = {
  folds: {
    type: 'number',
    default: 5,
    min: 2,
    max: 100,
    integer: true,
    doc: 'parts of the log, each of whole shoppers; the outcome of a row is foretold by a model that saw the other parts only',
  },
  ridge: { type: 'number', default: 50, min: 1e-6, doc: 'pull of the outcome model towards the mean reward' },
  clip: {
    type: 'number',
    default: 100,
    min: 1,
    doc: 'weights of the correction above it count as this much',
  },
  ...climbSettings,
} as const;

type Settings = SettingsOf<typeof settings>;

/**
 * Doubly robust policy learning (Dudik, Langford & Li 2011; cross-fitted as by Athey & Wager 2021, "Policy Learning with
 * Observational Data"): every choice in every row gets a score
 *
 *   G_i(a) = q(x_i, a) + [a = a_i] (r_i - q(x_i, a_i)) / p_i
 *
 * with q a ridge regression for each choice, fitted without the shopper of row i, and the policy climbs
 *
 *   V = (1/n) sum_i sum_a pi(a | x_i) G_i(a),   less variancePenalty x its standard error
 *
 * G is right on average where either the probabilities or q are; q makes what importance weighting alone knows less noisy.
 */
export const dr: AgentDefinition<typeof settings> = {
  name: 'dr',
  summary:
    'learns a linear policy from logged choices, doubly robust: a model of outcomes corrected by the log',
  consumes: 'decisions',
  settings,
  create: async (context, values) => build(context, values),
  restore: async (context, values, saved) => build(context, values, saved),
};

function build(context: AgentContext, given: Settings, saved?: Uint8Array): DecisionAgent {
  const { observation, action } = context;
  const policy = linearSoftmax('dr', observation, action);
  const model = saved && readModel('dr', saved);
  if (model) policy.restore(model);
  const start = model
    ? (model.values.rng as [number, number, number, number])
    : context.rng.fork('dr').state();
  return {
    name: 'dr',
    consumes: 'decisions',
    async fit(log, { progress } = {}) {
      const choices = action.kind === 'choice' ? action.n : 0;
      const logged = loggedRewards('dr', log);
      const chance = rngFrom(start);
      // Each part of the log has a model of its own: what a policy learned from one part must not stand in the other's.
      const objective = (rows: Int32Array): Objective => {
        const scores = scoresOf(log, logged, rows, context, choices, given, chance.fork('folds'));
        return objectiveOf(scores, choices, given.variancePenalty);
      };
      const { value, ...told } = policy.climb(log, objective, {
        ...given,
        rng: chance,
        progress,
      });
      return { value: logged.mean + logged.deviation * value, logged: logged.mean, ...told };
    },
    policy: () => policy.policy(),
    save: async () => writeModel('dr', { values: { rng: [...start] }, arrays: policy.state }),
  };
}

/** G of these rows, rows x choices; rewards standardised. */
function scoresOf(
  { observations, actions, shoppers }: TransitionBatch,
  { reward, propensity }: LoggedRewards,
  rows: Int32Array,
  { observation }: AgentContext,
  choices: number,
  { folds, ridge, clip }: Settings,
  chance: Rng,
): Float64Array {
  const foldOf = new Map<number, number>();
  const fold = rows.map((row) => {
    const shopper = shoppers?.[row] ?? row;
    if (!foldOf.has(shopper)) foldOf.set(shopper, chance.int(folds));
    return foldOf.get(shopper)!;
  });
  const scores = new Float64Array(rows.length * choices);
  const [means, deviations] = [new Float32Array(choices), new Float32Array(choices)];
  for (let left = 0; left < folds; left++) {
    const features = linearFeatures(observation, { features: '', products: false });
    const model = ridgeBeliefs(choices, features, ridge);
    rows.forEach((row, i) => {
      if (fold[i] !== left) model.take(observations, row * observation.size, actions[row]!, reward[row]!);
    });
    rows.forEach((row, i) => {
      if (fold[i] !== left) return;
      model.of(observations.subarray(row * observation.size), 1, means, deviations);
      scores.set(means, i * choices);
      const at = i * choices + actions[row]!;
      scores[at]! += Math.min(clip, 1 / propensity[row]!) * (reward[row]! - scores[at]!);
    });
  }
  return scores;
}

function objectiveOf(scores: Float64Array, choices: number, variancePenalty: number): Objective {
  const n = scores.length / choices;
  const terms = new Float64Array(n);
  return (probabilities, slopes) => {
    let value = 0;
    for (let i = 0; i < n; i++) {
      terms[i] = 0;
      for (let k = i * choices; k < (i + 1) * choices; k++) terms[i]! += probabilities[k]! * scores[k]!;
      value += terms[i]! / n;
    }
    let squares = 0;
    for (const term of terms) squares += (term - value) ** 2;
    const root = Math.max(1e-12, Math.sqrt(squares));
    for (let i = 0; i < n; i++) {
      const slope = (1 - (variancePenalty * (terms[i]! - value)) / root) / n;
      for (let k = i * choices; k < (i + 1) * choices; k++) slopes[k] = slope * scores[k]!;
    }
    return { value, climbed: value - (variancePenalty * root) / n };
  };
}
