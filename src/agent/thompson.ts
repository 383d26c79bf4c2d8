import type { ObservationSpec, SettingsOf } from '../core/index.ts';
import { betaDensity, incompleteBeta, normalCdf, normalDensity } from '../math/index.ts';
import type { AgentContext, AgentDefinition, TransitionAgent } from './agent.ts';
import { armPolicy, armsOf, type Chances, learnArms } from './arms.ts';
import { betaBeliefs, restoreBeliefs, ridgeBeliefs } from './beliefs.ts';
import { chanceOfBest } from './chance-of-best.ts';
import { linearFeatureSettings, linearFeatures } from './linear-features.ts';
import { readModel, type SavedModel, writeModel } from './saved-model.ts';

const settings = {
  beliefs: {
    type: 'choice',
    default: 'auto',
    choices: ['auto', 'linear', 'beta'],
    doc: 'of the reward of an action: linear in what is observed, or a share of successes; auto: beta where an observation tells nothing',
  },
  noise: {
    type: 'number',
    default: 0.3,
    min: 1e-6,
    doc: 'standard deviation of rewards about what is expected, for linear beliefs: the larger, the longer it tries',
  },
  ridge: { type: 'number', default: 1, min: 1e-6, doc: 'pull of all weights towards 0, for linear beliefs' },
  epsilon: {
    type: 'number',
    default: 0,
    min: 0,
    max: 1,
    doc: 'share of choices made at random: no open choice is ever less likely than its part of it',
  },
  ...linearFeatureSettings,
} as const;

type Settings = SettingsOf<typeof settings>;

/**
 * Thompson sampling: each arm is chosen with the probability that it is the best one, by what is believed of all of them.
 * Beliefs are normal and linear in what is observed (Agrawal & Goyal 2013: theta ~ N(theta^, noise^2 A^-1), here a
 * regression for each arm), or Beta distributions of the share of successes (Thompson 1933; Chapelle & Li 2011).
 *
 * The arm is not found by drawing from the beliefs: the probabilities themselves are computed (chance-of-best.ts) and
 * the arm is drawn by them. So what is said of the probability of an action is exactly what it was drawn with; how far
 * this is from Thompson sampling to the letter is the error of the quadrature, below .005.
 */
export const thompson: AgentDefinition<typeof settings> = {
  name: 'thompson',
  summary: 'a bandit that takes each action as often as it is likely to be the best one',
  consumes: 'transitions',
  settings,
  create: async (context, values) => build(context, values),
  restore: async (context, values, saved) => build(context, values, readModel('thompson', saved)),
};

function build({ observation, action }: AgentContext, given: Settings, saved?: SavedModel): TransitionAgent {
  const arms = armsOf(action);
  const counts = given.beliefs === 'beta' || (given.beliefs === 'auto' && tellsNothing(observation));
  const beliefs = counts
    ? betaBeliefs(arms.n)
    : ridgeBeliefs(arms.n, linearFeatures(observation, given), given.ridge);
  if (saved) restoreBeliefs(saved, given, beliefs);
  return {
    name: 'thompson',
    consumes: 'transitions',
    learn: async (batch) => learnArms(batch, observation.size, arms, beliefs),
    policy: () =>
      armPolicy(observation, action, beliefs, given.epsilon, remembered(counts ? beta : normal(given.noise))),
    save: async () => writeModel('thompson', { values: { features: given.features }, arrays: beliefs.state }),
  };
}

const tellsNothing = ({ parts }: ObservationSpec): boolean =>
  parts.every(({ kind, n }) => kind === 'index' && n === 1);

const normal =
  (noise: number): Chances =>
  (means, deviations, open) => {
    const spreads = deviations.map((deviation) => noise * deviation);
    const least = means.map((mean, arm) => mean - 2.5 * spreads[arm]!);
    return chanceOfBest({ means, deviations: spreads, open, least, low: -Infinity }, (arm, x, out) => {
      const z = (x - means[arm]!) / spreads[arm]!;
      const density = normalDensity(z);
      out[0] = normalCdf(z, density);
      out[1] = density / spreads[arm]!;
    });
  };

/** A Beta distribution is known by its mean and deviation. */
const beta: Chances = (means, deviations, open) => {
  const sizes = means.map((mean, arm) => (mean * (1 - mean)) / deviations[arm]! ** 2 - 1);
  const least = means.map((mean, arm) => Math.max(mean - 2.5 * deviations[arm]!, mean / 20));
  return chanceOfBest({ means, deviations, open, least, low: 0 }, (arm, x, out) => {
    const [a, b] = [means[arm]! * sizes[arm]!, (1 - means[arm]!) * sizes[arm]!];
    out[0] = incompleteBeta(x, a, b);
    out[1] = betaDensity(x, a, b);
  });
};

/** The last answer is kept: many who are asked at once are asked the same where an observation tells nothing. */
function remembered(chances: Chances): Chances {
  let last: { readonly question: readonly ArrayLike<number>[]; readonly answer: Float64Array } | undefined;
  return (...question) => {
    if (!last?.question.every((part, i) => same(part, question[i]!)))
      last = { question: question.map((part) => part.slice()), answer: chances(...question) };
    return last.answer;
  };
}

const same = (a: ArrayLike<number>, b: ArrayLike<number>): boolean => {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
};
