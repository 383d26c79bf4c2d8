import { type Rng, rng, type SettingsOf } from '../core/index.ts';
import { adam, rmsProp } from '../math/index.ts';
import { actorCritic, type RowLoss } from './actor-critic.ts';
import { actorCriticSettings } from './actor-critic-settings.ts';
import { estimateAdvantages, explainedVariance, normalise } from './advantages.ts';
import type { AgentContext, AgentDefinition, RolloutAgent } from './agent.ts';
import { type DenseMode, denseEncoder } from './dense-encoder.ts';
import { distributionOf } from './distribution.ts';
import { rewardScale } from './reward-scale.ts';
import { rolloutRows } from './rollout-rows.ts';
import { readModel, restoreArrays, writeModel } from './saved-model.ts';

const settings = {
  learningRate: { type: 'number', default: 0.0007, min: 0, max: 1, doc: 'step size of the optimiser' },
  learningRateSchedule: {
    type: 'choice',
    default: 'constant',
    choices: ['constant', 'linear'],
    doc: 'the learning rate stays, or falls to 0 by the end of the training',
  },
  optimiser: { type: 'choice', default: 'rmsprop', choices: ['rmsprop', 'adam'], doc: 'how parameters move' },
  rolloutSteps: {
    type: 'number',
    default: 5,
    min: 1,
    max: 100_000,
    integer: true,
    doc: 'steps of each world between two updates',
  },
  gaeLambda: {
    type: 'number',
    default: 1,
    min: 0,
    max: 1,
    doc: 'weight of later surprises in an advantage: 0 only the next one, 1 all alike',
  },
  normaliseAdvantages: {
    type: 'boolean',
    default: false,
    doc: 'advantages of each update with mean 0 and standard deviation 1',
  },
  ...actorCriticSettings,
  // Value errors of the size of unscaled returns would use up `clipNorm`, and the policy would hardly move.
  scaleRewards: { ...actorCriticSettings.scaleRewards, default: true },
} as const;

type Settings = SettingsOf<typeof settings>;

/**
 * Advantage actor-critic (Mnih et al. 2016, without the asynchrony): the policy acts for a few steps in all worlds at
 * once, and all of them make one update:
 *
 *   loss = -mean(log pi(a | s) x A) + valueWeight x mean((V(s) - return)^2) - entropyWeight x mean(entropy)
 *
 * with A from advantages.ts. What was learned from is forgotten, so it needs more steps than PPO and less time for each.
 */
export const a2c: AgentDefinition<typeof settings> = {
  name: 'a2c',
  summary: 'advantage actor-critic: a policy and a value network, one update for each few steps',
  consumes: 'rollouts',
  settings,
  create: async (context, values) => build(context, values, context.rng.fork('a2c')).agent,
  async restore(context, values, saved) {
    const made = build(context, values, rng(0));
    made.load(saved);
    return made.agent;
  },
};

function build(
  { observation, action }: AgentContext,
  given: Settings,
  chance: Rng,
): { agent: RolloutAgent; load(saved: Uint8Array): void } {
  const distribution = distributionOf(action, given.deviation);
  const encoder = denseEncoder(observation, given.observations as DenseMode);
  const { learningRate } = given;
  const model = actorCritic({
    dense: encoder.size,
    hidden: given.hidden,
    distribution,
    rng: chance.fork('start'),
    clipNorm: given.clipNorm,
    optimiser: (size, kernels) =>
      given.optimiser === 'adam'
        ? adam(size, { learningRate, epsilon: 1e-5 }, kernels)
        : rmsProp(size, { learningRate }, kernels),
  });
  const scale = given.scaleRewards ? rewardScale() : undefined;
  const counts = { steps: 0, updates: 0 };

  const agent: RolloutAgent = {
    name: 'a2c',
    consumes: 'rollouts',
    rolloutSteps: given.rolloutSteps,
    async learn(batch) {
      const size = batch.steps * batch.n;
      const left = given.learningRateSchedule === 'linear' ? 1 - (batch.progress ?? 0) : 1;
      const rows = rolloutRows(batch, encoder, model.width);
      model.judge(rows);
      const rewards = scale ? scale.scaled(batch) : batch.rewards;
      const [advantages, returns] = [new Float32Array(size), new Float32Array(size)];
      estimateAdvantages(batch, rewards, rows.values, given.gaeLambda, advantages, returns);
      const explained = explainedVariance(advantages, returns);
      if (given.normaliseAdvantages) normalise(advantages);
      const means = { gain: 0, valueLoss: 0, entropy: 0 };
      const loss: RowLoss = (_, row, said, slopes) => {
        const off = said.value - returns[row]!;
        slopes.logProb = -advantages[row]! / size;
        slopes.entropy = -given.entropyWeight / size;
        slopes.value = (2 * given.valueWeight * off) / size;
        means.gain += (said.logProb * advantages[row]!) / size;
        means.valueLoss += (off * off) / size;
        means.entropy += said.entropy / size;
      };
      const all = Int32Array.from({ length: size }, (_, i) => i);
      model.learn(rows, all, loss, learningRate * left);
      encoder.learn(batch.observations, size);
      counts.steps += size;
      counts.updates++;
      return {
        policyLoss: -means.gain,
        valueLoss: means.valueLoss,
        entropy: means.entropy,
        explainedVariance: explained,
        learningRate: learningRate * left,
        ...counts,
      };
    },
    policy: () =>
      distribution.policy(
        observation,
        async (observations, n) =>
          model.act((out, from, rows) => {
            encoder.encode(observations.subarray(from * observation.size), rows, out, model.width);
          }, n),
        model.own,
      ),
    save: async () =>
      writeModel('a2c', {
        values: counts,
        arrays: { ...model.state, ...encoder.state, ...scale?.state() },
      }),
  };

  function load(saved: Uint8Array): void {
    const read = readModel('a2c', saved);
    restoreArrays(read, { ...model.state, ...encoder.state });
    encoder.restored();
    scale?.restore(read);
    for (const key of Object.keys(counts) as (keyof typeof counts)[])
      counts[key] = read.values[key] as number;
  }

  return { agent, load };
}
