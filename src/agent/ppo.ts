import {
  type Rng,
  type RolloutBatch,
  rng,
  rngFrom,
  type SettingsOf,
  shuffle,
  TendrilError,
} from '../core/index.ts';
import { adam, add, clip, exp, mean, minimum, mul, square, sub } from '../math/index.ts';
import { actorCritic } from './actor-critic.ts';
import type { Loss, LossInputs } from './actor-critic-network.ts';
import { estimateAdvantages, explainedVariance, normalise } from './advantages.ts';
import type { AgentContext, AgentDefinition, RolloutAgent } from './agent.ts';
import { type DenseMode, denseEncoder } from './dense-encoder.ts';
import { distributionOf } from './distribution.ts';
import { ppoSettings } from './ppo-settings.ts';
import { rewardScale } from './reward-scale.ts';
import { pickRows, rolloutRows } from './rollout-rows.ts';
import { readModel, restoreArrays, writeModel } from './saved-model.ts';

type Settings = SettingsOf<typeof ppoSettings>;

/**
 * Proximal policy optimisation (Schulman et al. 2017). The policy acts for some steps in all worlds at once; then it
 * learns from these for several epochs of minibatches, but only as far as its probabilities stay near what they were:
 *
 *   ratio = pi(a | s) / pi_old(a | s)         A = how much better than expected the step went (advantages.ts)
 *   gain  = min(ratio x A, clip(ratio, 1 - clip, 1 + clip) x A)
 *   loss  = -mean(gain) + valueWeight x mean((V(s) - return)^2) - entropyWeight x mean(entropy)
 *
 * An action of several parts has the product of their probabilities. Details follow Stable-Baselines3 and Huang et al.
 * 2022, "The 37 Implementation Details of PPO".
 */
export const ppo: AgentDefinition<typeof ppoSettings> = {
  name: 'ppo',
  summary: 'proximal policy optimisation: a policy and a value network, learned in small sure steps',
  consumes: 'rollouts',
  settings: ppoSettings,
  create: async (context, settings) => (await build(context, settings, context.rng.fork('ppo'))).agent,
  async restore(context, settings, saved) {
    const made = await build(context, settings, rng(0));
    made.load(saved);
    return made.agent;
  },
};

/** The loss of a minibatch, given `advantage`, `return`, `oldLogProb` and, to clip values, `oldValue` of its steps. */
function lossOf({ logProb, entropy, value, column, scalar }: LossInputs, settings: Settings): Loss {
  const { clipValues, valueWeight, entropyWeight } = settings;
  const advantage = column('advantage');
  const logRatio = sub(logProb, column('oldLogProb'));
  const ratio = exp(logRatio);
  const near = clip(ratio, scalar('low'), scalar('high'));
  const gain = mean(minimum(mul(ratio, advantage), mul(near, advantage)));

  // The larger of two errors: as it is, and with the value no farther than `clipValues` from what it was.
  const target = column('return');
  let errors = square(sub(value, target));
  if (clipValues > 0) {
    const old = column('oldValue');
    const held = add(old, clip(sub(value, old), -clipValues, clipValues));
    errors = mul(minimum(mul(errors, -1), mul(square(sub(held, target)), -1)), -1);
  }
  const valueLoss = mean(errors);
  const spread = mean(entropy);
  const loss = sub(sub(mul(valueLoss, valueWeight), gain), mul(spread, entropyWeight));
  return { loss, report: { gain, valueLoss, entropy: spread, logRatio } };
}

async function build(
  { observation, action, engine }: AgentContext,
  settings: Settings,
  chance: Rng,
): Promise<{ agent: RolloutAgent; load(saved: Uint8Array): void }> {
  if (!engine) throw new TendrilError('bad-setting', 'ppo needs an engine in its context');
  const distribution = distributionOf(action, settings.deviation);
  const encoder = denseEncoder(observation, settings.observations as DenseMode);
  const model = await actorCritic({
    shape: { dense: encoder.size, hidden: settings.hidden, distribution },
    engine,
    rng: chance.fork('start'),
    clipNorm: settings.clipNorm,
    optimiser: (size, kernels) => adam(size, { learningRate: settings.learningRate, epsilon: 1e-5 }, kernels),
    loss: (inputs) => lossOf(inputs, settings),
  });
  const scale = settings.scaleRewards ? rewardScale() : undefined;
  let shuffles = chance.fork('shuffles');
  const counts = { steps: 0, updates: 0 };

  async function learn(batch: RolloutBatch): Promise<Record<string, number>> {
    const size = batch.steps * batch.n;
    const left = 1 - (batch.progress ?? 0);
    const learningRate = settings.learningRate * (settings.learningRateSchedule === 'linear' ? left : 1);
    const range = settings.clip * (settings.clipSchedule === 'linear' ? left : 1);
    const rows = rolloutRows(batch, encoder, distribution);
    await model.judge(rows);
    const rewards = scale ? scale.scaled(batch) : batch.rewards;
    const advantages = new Float32Array(size);
    const returns = new Float32Array(size);
    estimateAdvantages(batch, rewards, rows.values, settings.gaeLambda, advantages, returns);

    const order = Int32Array.from({ length: size }, (_, i) => i);
    const sums = { gain: 0, valueLoss: 0, entropy: 0 };
    let [updates, moved, clipped] = [0, 0, 0];
    for (let epoch = 0; epoch < settings.epochs; epoch++) {
      shuffle(order, shuffles);
      for (let from = 0; from < size; from += settings.batchSize) {
        const n = Math.min(settings.batchSize, size - from);
        const training = await model.training(n, rows.mask !== undefined);
        const picked = order.subarray(from, from + n);
        pickRows(training, rows, picked);
        const { advantage, oldLogProb, oldValue, return: target } = training.columns;
        for (let i = 0; i < n; i++) {
          advantage![i] = advantages[picked[i]!]!;
          target![i] = returns[picked[i]!]!;
          oldLogProb![i] = rows.logProbs[picked[i]!]!;
          if (oldValue) oldValue[i] = rows.values[picked[i]!]!;
        }
        if (settings.normaliseAdvantages) normalise(advantage!);
        training.scalars.low![0] = 1 - range;
        training.scalars.high![0] = 1 + range;
        await training.run();
        model.step(learningRate);
        updates++;
        for (const name of ['gain', 'valueLoss', 'entropy'] as const)
          sums[name] += training.report[name]![0]!;
        for (const logRatio of training.report.logRatio!) {
          moved += Math.exp(logRatio) - 1 - logRatio;
          if (Math.abs(Math.exp(logRatio) - 1) > range) clipped++;
        }
      }
    }
    encoder.learn(batch.observations, size);
    counts.steps += size;
    counts.updates += updates;
    const seen = size * settings.epochs;
    return {
      policyLoss: -sums.gain / updates,
      valueLoss: sums.valueLoss / updates,
      entropy: sums.entropy / updates,
      approximateKl: moved / seen,
      clippedShare: clipped / seen,
      explainedVariance: explainedVariance(advantages, returns),
      learningRate,
      ...counts,
    };
  }

  const agent: RolloutAgent = {
    name: 'ppo',
    consumes: 'rollouts',
    rolloutSteps: settings.rolloutSteps,
    learn,
    policy: () =>
      distribution.policy(
        observation,
        (observations, n) =>
          model.act((out, from, rows) => {
            encoder.encode(observations.subarray(from * observation.size), rows, out);
          }, n),
        model.own,
      ),
    save: async () =>
      writeModel('ppo', {
        values: { ...counts, rng: [...shuffles.state()] },
        arrays: { ...model.state, ...encoder.state, ...scale?.state() },
      }),
  };

  function load(saved: Uint8Array): void {
    const read = readModel('ppo', saved);
    restoreArrays(read, { ...model.state, ...encoder.state });
    encoder.restored();
    scale?.restore(read);
    shuffles = rngFrom(read.values.rng as [number, number, number, number]);
    for (const key of Object.keys(counts) as (keyof typeof counts)[])
      counts[key] = read.values[key] as number;
  }

  return { agent, load };
}
