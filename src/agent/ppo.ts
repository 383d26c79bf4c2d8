import { type Rng, type RolloutBatch, rng, rngFrom, type SettingsOf, shuffle } from '../core/index.ts';
import { adam } from '../math/index.ts';
import { actorCritic, type OfRow, type RowLoss } from './actor-critic.ts';
import { estimateAdvantages, explainedVariance, normalise } from './advantages.ts';
import type { AgentContext, AgentDefinition, RolloutAgent } from './agent.ts';
import { type DenseMode, denseEncoder } from './dense-encoder.ts';
import { distributionOf } from './distribution.ts';
import { ppoSettings } from './ppo-settings.ts';
import { rewardScale } from './reward-scale.ts';
import { rolloutRows } from './rollout-rows.ts';
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
  create: async (context, settings) => build(context, settings, context.rng.fork('ppo')).agent,
  async restore(context, settings, saved) {
    const made = build(context, settings, rng(0));
    made.load(saved);
    return made.agent;
  },
};

/** What is known of a step when its minibatch is learned from; and what came of it. */
export interface PpoStep {
  advantage: number;
  return: number;
  oldLogProb: number;
  oldValue: number;
  ratio: number;
  gain: number;
  /** Squared, of the value. */
  error: number;
}

export const ppoStep = (): PpoStep => ({
  advantage: 0,
  return: 0,
  oldLogProb: 0,
  oldValue: 0,
  ratio: 0,
  gain: 0,
  error: 0,
});

/** What a step adds to the loss of its minibatch, before the mean is taken; `slopes`: how that changes with what is said. */
export function ppoLoss(
  said: OfRow,
  step: PpoStep,
  clip: number,
  { clipValues, valueWeight, entropyWeight }: Pick<Settings, 'clipValues' | 'valueWeight' | 'entropyWeight'>,
  slopes: OfRow,
): number {
  const { advantage, oldValue } = step;
  const ratio = Math.exp(said.logProb - step.oldLogProb);
  const near = Math.min(1 + clip, Math.max(1 - clip, ratio));
  const gain = Math.min(ratio * advantage, near * advantage);
  // Beyond the range in the direction of the advantage the gain is flat.
  slopes.logProb = near === ratio || gain < near * advantage ? -ratio * advantage : 0;
  slopes.entropy = -entropyWeight;

  // The larger of two errors: as it is, and with the value no farther than `clipValues` from what it was.
  let off = said.value - step.return;
  let free = 1;
  if (clipValues > 0) {
    const moved = said.value - oldValue;
    const held = oldValue + Math.min(clipValues, Math.max(-clipValues, moved)) - step.return;
    if (held * held > off * off) [off, free] = [held, Math.abs(moved) < clipValues ? 1 : 0];
  }
  slopes.value = 2 * valueWeight * off * free;
  step.ratio = ratio;
  step.gain = gain;
  step.error = off * off;
  return valueWeight * step.error - gain - entropyWeight * said.entropy;
}

function build(
  { observation, action }: AgentContext,
  settings: Settings,
  chance: Rng,
): { agent: RolloutAgent; load(saved: Uint8Array): void } {
  const distribution = distributionOf(action, settings.deviation);
  const encoder = denseEncoder(observation, settings.observations as DenseMode);
  const model = actorCritic({
    dense: encoder.size,
    hidden: settings.hidden,
    distribution,
    rng: chance.fork('start'),
    clipNorm: settings.clipNorm,
    optimiser: (size, kernels) => adam(size, { learningRate: settings.learningRate, epsilon: 1e-5 }, kernels),
  });
  const scale = settings.scaleRewards ? rewardScale() : undefined;
  let shuffles = chance.fork('shuffles');
  const counts = { steps: 0, updates: 0 };

  async function learn(batch: RolloutBatch): Promise<Record<string, number>> {
    const size = batch.steps * batch.n;
    const left = 1 - (batch.progress ?? 0);
    const learningRate = settings.learningRate * (settings.learningRateSchedule === 'linear' ? left : 1);
    const range = settings.clip * (settings.clipSchedule === 'linear' ? left : 1);
    const rows = rolloutRows(batch, encoder, model.width);
    model.judge(rows);
    const rewards = scale ? scale.scaled(batch) : batch.rewards;
    const advantages = new Float32Array(size);
    const returns = new Float32Array(size);
    estimateAdvantages(batch, rewards, rows.values, settings.gaeLambda, advantages, returns);

    const order = Int32Array.from({ length: size }, (_, i) => i);
    const sums = { gain: 0, valueLoss: 0, entropy: 0 };
    const step = ppoStep();
    let updates = 0;
    let moved = 0;
    let clipped = 0;
    for (let epoch = 0; epoch < settings.epochs; epoch++) {
      shuffle(order, shuffles);
      for (let from = 0; from < size; from += settings.batchSize) {
        const picked = order.subarray(from, Math.min(from + settings.batchSize, size));
        const n = picked.length;
        const advantage = new Float32Array(n);
        for (let i = 0; i < n; i++) advantage[i] = advantages[picked[i]!]!;
        if (settings.normaliseAdvantages) normalise(advantage);
        const loss: RowLoss = (i, row, said, slopes) => {
          step.advantage = advantage[i]!;
          step.return = returns[row]!;
          step.oldLogProb = rows.logProbs[row]!;
          step.oldValue = rows.values[row]!;
          ppoLoss(said, step, range, settings, slopes);
          slopes.logProb /= n;
          slopes.entropy /= n;
          slopes.value /= n;
          sums.gain += step.gain / n;
          sums.valueLoss += step.error / n;
          sums.entropy += said.entropy / n;
          moved += step.ratio - 1 - (said.logProb - step.oldLogProb);
          if (Math.abs(step.ratio - 1) > range) clipped++;
        };
        model.learn(rows, picked, loss, learningRate);
        updates++;
      }
    }
    if ((batch.progress ?? 0) <= settings.settleAt) encoder.learn(batch.observations, size);
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
        async (observations, n) =>
          model.act((out, from, rows) => {
            encoder.encode(observations.subarray(from * observation.size), rows, out, model.width);
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
