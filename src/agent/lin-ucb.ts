import type { SettingsOf } from '../core/index.ts';
import type { AgentContext, AgentDefinition, TransitionAgent } from './agent.ts';
import { armPolicy, armsOf, type Chances, learnArms } from './arms.ts';
import { restoreBeliefs, ridgeBeliefs } from './beliefs.ts';
import { linearFeatureSettings, linearFeatures } from './linear-features.ts';
import { readModel, type SavedModel, writeModel } from './saved-model.ts';

const settings = {
  alpha: {
    type: 'number',
    default: 1,
    min: 0,
    doc: 'how far above its mean an arm may be hoped for, in standard deviations of rewards with noise 1',
  },
  ridge: { type: 'number', default: 1, min: 1e-6, doc: 'pull of all weights towards 0' },
  epsilon: {
    type: 'number',
    default: 0,
    min: 0,
    max: 1,
    doc: 'share of choices made at random: without it every probability is 0 or 1',
  },
  ties: {
    type: 'choice',
    default: 'first',
    choices: ['first', 'random'],
    doc: 'which of arms that may be hoped for alike is taken, as all may before anything is learned',
  },
  ...linearFeatureSettings,
} as const;

type Settings = SettingsOf<typeof settings>;

/**
 * LinUCB (Li, Chu, Langford & Schapire 2010, algorithm 1): the reward of each arm is linear in what is observed, each arm
 * has a ridge regression of its own (beliefs.ts), and the arm is taken whose reward could be the largest,
 *
 *   theta_a' x + alpha x sqrt(x' A_a^-1 x)
 *
 * of equals the first, or each as likely. It learns in place: beliefs change with every step. Given the beliefs there is no
 * other chance in it but the share `epsilon`; the log-probabilities say exactly that.
 */
export const linUcb: AgentDefinition<typeof settings> = {
  name: 'lin-ucb',
  summary: 'a linear bandit that takes the action whose reward could be the largest',
  consumes: 'transitions',
  settings,
  create: async (context, values) => build(context, values),
  restore: async (context, values, saved) => build(context, values, readModel('lin-ucb', saved)),
};

function build({ observation, action }: AgentContext, given: Settings, saved?: SavedModel): TransitionAgent {
  const arms = armsOf(action);
  const beliefs = ridgeBeliefs(arms.n, linearFeatures(observation, given), given.ridge);
  if (saved) restoreBeliefs(saved, given, beliefs);
  return {
    name: 'lin-ucb',
    consumes: 'transitions',
    learn: async (batch) => learnArms(batch, observation.size, arms, beliefs),
    policy: () => {
      const hopes = (means: Float32Array, deviations: Float32Array): Float64Array =>
        Float64Array.from(means, (mean, arm) => mean + given.alpha * deviations[arm]!);
      const chances: Chances = (means, deviations, open) => {
        const hope = hopes(means, deviations);
        let [best, equals] = [-1, 0];
        for (let arm = 0; arm < hope.length; arm++) {
          if (!open[arm]) continue;
          if (best < 0 || hope[arm]! > hope[best]!) [best, equals] = [arm, 0];
          if (hope[arm] === hope[best]) equals++;
        }
        if (given.ties === 'first') return hope.map((_, arm) => (arm === best ? 1 : 0));
        return hope.map((value, arm) => (open[arm] && value === hope[best] ? 1 / equals : 0));
      };
      return armPolicy(observation, action, beliefs, given.epsilon, chances, ({ values, deviations }) =>
        hopes(values, deviations!),
      );
    },
    save: async () => writeModel('lin-ucb', { values: { features: given.features }, arrays: beliefs.state }),
  };
}
