import {
  actionSize,
  type Rng,
  type RolloutBatch,
  rng,
  type SettingsOf,
  TendrilError,
} from '../core/index.ts';
import { adam } from '../math/index.ts';
import { actorCritic, type JudgedRows, type RowLoss } from './actor-critic.ts';
import { actorCriticSettings } from './actor-critic-settings.ts';
import { normalise } from './advantages.ts';
import type { AgentContext, AgentDefinition, RolloutAgent } from './agent.ts';
import { type DenseMode, denseEncoder } from './dense-encoder.ts';
import { distributionOf, slateDistribution } from './distribution.ts';
import { rewardScale } from './reward-scale.ts';
import { rolloutRows } from './rollout-rows.ts';
import { readModel, restoreArrays, writeModel } from './saved-model.ts';
import { wholeEpisodes } from './whole-episodes.ts';

const settings = {
  learningRate: { type: 'number', default: 0.003, min: 0, max: 1, doc: 'step size of Adam' },
  learningRateSchedule: {
    type: 'choice',
    default: 'constant',
    choices: ['constant', 'linear'],
    doc: 'the learning rate stays, or falls to 0 by the end of the training',
  },
  rolloutSteps: {
    type: 'number',
    default: 32,
    min: 1,
    max: 100_000,
    integer: true,
    doc: 'steps of each world between two looks at which episodes are over',
  },
  batchSize: {
    type: 'number',
    default: 256,
    min: 1,
    max: 65_536,
    integer: true,
    doc: 'steps of finished episodes in an update',
  },
  longest: {
    type: 'number',
    default: 2000,
    min: 1,
    max: 1_000_000,
    integer: true,
    doc: 'steps after which an episode is cut: the baseline stands for what follows',
  },
  baseline: {
    type: 'boolean',
    default: true,
    doc: 'returns less the value of their state; slates have none',
  },
  normaliseAdvantages: {
    type: 'boolean',
    default: true,
    doc: 'advantages of each update with mean 0 and standard deviation 1; not of slates',
  },
  weightCap: {
    type: 'number',
    default: 20,
    min: 1,
    doc: 'largest weight of a step that another policy took',
  },
  topK: {
    type: 'boolean',
    default: true,
    doc: 'slates: an item is wanted among the k shown, not above all others',
  },
  ...actorCriticSettings,
} as const;

type Settings = SettingsOf<typeof settings>;

/**
 * REINFORCE (Williams 1992): whole episodes are played, and the probability of an action rises by how much more followed
 * it than was to be expected. Nothing is bootstrapped, so it is right on average and noisy.
 *
 *   weight = pi(a | s) / beta(a | s), at most weightCap              beta: the policy that took the step
 *   loss   = -mean(weight x lambda x (G - V(s)) x log pi(a | s)) + valueWeight x mean((V(s) - G)^2) - entropyWeight x entropy
 *
 * Episodes outlast updates, and a log has a policy of its own: the weight, off-policy correction to first order (Chen et al.
 * 2019, "Top-K Off-Policy Correction for a REINFORCE Recommender System"), capped as there, is 1 where nothing changed between.
 * Of a slate of k the item answered to is learned from, with no baseline, and with their top-K correction, where topK is on:
 *
 *   lambda = k x (1 - pi(a | s))^(k - 1), else 1: an item that is almost sure to be shown needs no more probability
 */
export const reinforce: AgentDefinition<typeof settings> = {
  name: 'reinforce',
  summary: 'REINFORCE with a baseline: the plainest policy gradient, from whole episodes, also of slates',
  consumes: 'rollouts',
  settings,
  create: async (context, values) => build(context, values, context.rng.fork('reinforce')).agent,
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
  const slate = action.kind === 'slate' ? action : undefined;
  const distribution = slate ? slateDistribution(slate) : distributionOf(action, given.deviation);
  const taken = slate ? 1 : actionSize(action);
  const encoder = denseEncoder(observation, given.observations as DenseMode);
  const { learningRate } = given;
  const model = actorCritic({
    dense: encoder.size,
    hidden: given.hidden,
    distribution,
    rng: chance.fork('start'),
    clipNorm: given.clipNorm,
    optimiser: (size, kernels) => adam(size, { learningRate, epsilon: 1e-5 }, kernels),
  });
  const scale = given.scaleRewards ? rewardScale() : undefined;

  // A step as it is kept: [ observation | action | mask | log beta | reward, then return ].
  const at = { action: observation.size, mask: observation.size + taken, logProb: 0 };
  at.logProb = at.mask + distribution.size;
  const episodes = wholeEpisodes(at.logProb + 2);
  const counts = { steps: 0, updates: 0 };
  const told = { policyLoss: 0, valueLoss: 0, entropy: 0, meanWeight: 1 };

  /** Keeps the steps of a batch, and closes the episodes that are over. */
  function take(batch: RolloutBatch): void {
    const { steps, n, terminated, truncated, discount } = batch;
    const actions = slate ? answered(batch, slate.k) : batch.actions;
    const rows = rolloutRows(
      { ...batch, actions: slate ? actions.map((item) => Math.max(0, item)) : actions },
      encoder,
      model.width,
    );
    model.judge(rows);
    const logProbs = batch.logProbs ?? rows.logProbs;
    const rewards = scale ? scale.scaled(batch) : batch.rewards;
    let cut = (steps + 1) * n;
    for (let i = 0; i < steps * n; i++) {
      const row = new Float32Array(at.logProb + 2);
      row.set(batch.observations.subarray(i * observation.size, (i + 1) * observation.size));
      row.set(actions.subarray(i * taken, (i + 1) * taken), at.action);
      if (batch.masks)
        row.set(batch.masks.subarray(i * distribution.size, (i + 1) * distribution.size), at.mask);
      row[at.logProb] = logProbs[i]!;
      row[at.logProb + 1] = rewards[i]!;
      episodes.took(i % n, row);
      if (terminated[i]) episodes.over(i % n, 0, discount);
      else if (truncated[i]) episodes.over(i % n, rows.values[cut]!, discount);
      else if (episodes.length(i % n) >= given.longest) episodes.over(i % n, rows.values[i + n]!, discount);
      cut += truncated[i]!;
    }
  }

  /** One update from the oldest steps whose return is known. */
  function update(masked: boolean, rate: number): void {
    const n = given.batchSize;
    const kept = episodes.ready.splice(0, n);
    const seen = new Float32Array(n * observation.size);
    const masks = masked ? new Uint8Array(n * distribution.size) : undefined;
    const rows: JudgedRows = {
      n,
      acted: n,
      dense: new Float32Array(n * model.width),
      actions: action.kind === 'box' ? new Float32Array(n * taken) : new Int32Array(n * taken),
      masks,
      logProbs: new Float32Array(n),
      values: new Float32Array(n),
    };
    kept.forEach((row, i) => {
      seen.set(row.subarray(0, observation.size), i * observation.size);
      rows.actions.set(row.subarray(at.action, at.mask), i * taken);
      // Judged as any item, and learned from as none: its factor is 0.
      if (slate && rows.actions[i]! < 0) rows.actions[i] = 0;
      masks?.set(row.subarray(at.mask, at.logProb), i * distribution.size);
    });
    encoder.encode(seen, n, rows.dense, model.width);
    model.judge(rows);

    const returns = kept.map((row) => row[at.logProb + 1]!);
    const factors = Float32Array.from(
      returns,
      (g, i) => g - (given.baseline && !slate ? rows.values[i]! : 0),
    );
    if (given.normaliseAdvantages && !slate) normalise(factors);
    const weights = kept.map((row, i) =>
      Math.min(given.weightCap, Math.exp(rows.logProbs[i]! - row[at.logProb]!)),
    );
    for (let i = 0; i < n; i++)
      factors[i]! *= weights[i]! * (slate ? topKOf(rows.logProbs[i]!, slate.k, kept[i]![at.action]!) : 1);

    Object.assign(told, { policyLoss: 0, valueLoss: 0, entropy: 0 });
    const loss: RowLoss = (i, _row, said, slopes) => {
      const off = said.value - returns[i]!;
      slopes.logProb = -factors[i]! / n;
      slopes.entropy = -given.entropyWeight / n;
      slopes.value = (2 * given.valueWeight * off) / n;
      told.policyLoss -= (said.logProb * factors[i]!) / n;
      told.valueLoss += (off * off) / n;
      told.entropy += said.entropy / n;
    };
    model.learn(
      rows,
      Int32Array.from({ length: n }, (_, i) => i),
      loss,
      rate,
    );
    told.meanWeight = weights.reduce((a, b) => a + b, 0) / n;
    counts.updates++;
  }

  /** Lambda of the item answered to, 0 where none was. */
  function topKOf(logProb: number, k: number, item: number): number {
    if (item < 0) return 0;
    return given.topK ? k * (1 - Math.exp(logProb)) ** (k - 1) : 1;
  }

  const agent: RolloutAgent = {
    name: 'reinforce',
    consumes: 'rollouts',
    rolloutSteps: given.rolloutSteps,
    async learn(batch) {
      take(batch);
      const left = given.learningRateSchedule === 'linear' ? 1 - (batch.progress ?? 0) : 1;
      while (episodes.ready.length >= given.batchSize) update(batch.masks !== undefined, learningRate * left);
      encoder.learn(batch.observations, batch.steps * batch.n);
      counts.steps += batch.steps * batch.n;
      return { ...told, waiting: episodes.ready.length, learningRate: learningRate * left, ...counts };
    },
    policy: () =>
      distribution.policy(
        observation,
        async (observations, n) =>
          model.act((out, from, count) => {
            encoder.encode(observations.subarray(from * observation.size), count, out, model.width);
          }, n),
        model.own,
      ),
    save: async () =>
      writeModel('reinforce', {
        values: { ...counts, ...told },
        arrays: { ...model.state, ...encoder.state, ...scale?.state(), ...episodes.state() },
      }),
  };

  function load(saved: Uint8Array): void {
    const read = readModel('reinforce', saved);
    restoreArrays(read, { ...model.state, ...encoder.state });
    encoder.restored();
    scale?.restore(read);
    episodes.restore(read);
    for (const numbers of [counts, told] as Record<string, number>[])
      for (const key of Object.keys(numbers)) numbers[key] = read.values[key] as number;
  }

  return { agent, load };
}

/** The item each slate was answered at, -1 for none. Throws where the batch does not say. */
function answered({ actions, chosen, steps, n }: RolloutBatch, k: number): Int32Array {
  if (!chosen)
    throw new TendrilError(
      'bad-setting',
      'reinforce learns slates from which slot was answered to; these steps do not say',
    );
  return Int32Array.from({ length: steps * n }, (_, i) =>
    chosen[i]! < 0 ? -1 : actions[i * k + chosen[i]!]!,
  );
}
