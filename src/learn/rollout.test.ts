import { expect, test } from 'vitest';
import { ortEngine } from '../adapters/index.ts';
import { agentNamed } from '../agent/index.ts';
import {
  observationSpec,
  type RolloutBatch,
  readSettings,
  rng,
  type Sequences,
  type TransitionBatch,
} from '../core/index.ts';
import { vectorWorld, worldNamed } from '../world/index.ts';
import { type RolloutState, rollout } from './rollout.ts';

const options = { items: 30, categories: 4, slate: 3, visits: 4 };
const make = (n: number) => worldNamed('shop-v1').create(n, options);

async function randomAgent() {
  const world = make(4);
  const agent = await agentNamed('random').create(
    { observation: world.observation, action: world.action, rng: rng(1) },
    {},
  );
  return { world, agent };
}

test('agents of sequences and of transitions are told of the same interactions', async () => {
  const { world, agent } = await randomAgent();
  const lessons: { sequences: Sequences; newFrom: Int32Array }[] = [];
  const sequenceSide = {
    ...agent,
    consumes: 'sequences' as const,
    fit: async () => ({}),
    learn: async (sequences: Sequences, newFrom?: Int32Array) => {
      lessons.push({ sequences, newFrom: newFrom! });
      return {};
    },
  };
  await rollout(sequenceSide, world, { steps: 2000, seed: 5, discount: 0.9, lessonEvery: 200 });
  const batches: TransitionBatch[] = [];
  const transitionSide = {
    ...agent,
    consumes: 'transitions' as const,
    learn: async (batch: TransitionBatch) => {
      batches.push(batch);
      return {};
    },
  };
  const report = await rollout(transitionSide, make(4), { steps: 2000, seed: 5, discount: 0.9 });

  const told = new Int32Array(30);
  for (const { sequences, newFrom } of lessons) {
    for (let u = 0; u < sequences.n; u++) {
      for (let e = sequences.offsets[u]! + newFrom[u]!; e < sequences.offsets[u + 1]!; e++) {
        told[sequences.items[e]!]!++;
      }
    }
  }
  const chosen = new Int32Array(30);
  let rewards = 0;
  for (const batch of batches) {
    for (let i = 0; i < batch.n; i++) {
      const slot = batch.chosen![i]!;
      if (slot >= 0) chosen[batch.actions[i * 3 + slot]!]!++;
      rewards += batch.rewards[i]!;
    }
  }
  expect(chosen.reduce((a, b) => a + b)).toBeGreaterThan(100);
  expect([...told]).toEqual([...chosen]);
  expect(report.reward).toBeCloseTo(rewards, 6);
});

test('rows say what truly followed: ends without a value, cuts with one', async () => {
  const { world, agent } = await randomAgent();
  let terminated = 0;
  let truncated = 0;
  const { size } = world.observation;
  let before: TransitionBatch | undefined;
  const watcher = {
    ...agent,
    consumes: 'transitions' as const,
    learn: async (batch: TransitionBatch) => {
      for (let i = 0; i < batch.n; i++) {
        const row = (array: Float32Array) => [...array.slice(i * size, (i + 1) * size)];
        const ended = before && (before.terminated[i] || before.truncated[i]);
        if (before && !ended) expect(row(batch.observations)).toEqual(row(before.nextObservations));
        expect(batch.discounts[i]).toBeCloseTo(batch.terminated[i] ? 0 : 0.9, 6);
        terminated += batch.terminated[i]!;
        truncated += batch.truncated[i]!;
      }
      before = batch;
      return {};
    },
  };
  await rollout(watcher, world, { steps: 3000, seed: 2, discount: 0.9 });
  expect(terminated).toBeGreaterThan(5);
  expect(truncated).toBeGreaterThan(5);
});

test('agents of rollouts get whole batches of what happened, with what was seen last before a cut', async () => {
  const world = make(4);
  const { size } = world.observation;
  const { agent } = await randomAgent();
  const batches: RolloutBatch[] = [];
  const watcher = {
    ...agent,
    consumes: 'rollouts' as const,
    rolloutSteps: 25,
    learn: async (batch: RolloutBatch) => {
      batches.push({
        ...batch,
        observations: batch.observations.slice(),
        actions: batch.actions.slice(),
        rewards: batch.rewards.slice(),
        terminated: batch.terminated.slice(),
        truncated: batch.truncated.slice(),
      });
      return {};
    },
  };
  const report = await rollout(watcher, world, { steps: 1050, seed: 5, discount: 0.9 });
  expect(report.steps).toBe(1100);
  expect(batches.map(({ progress }) => progress)).toEqual(batches.map((_, b) => (b * 100) / 1100));

  // The same actions again, by hand.
  const again = make(4);
  let seen = again.reset(5).slice();
  let cuts = 0;
  let rewards = 0;
  for (const batch of batches) {
    expect([batch.n, batch.steps, batch.discount]).toEqual([4, 25, 0.9]);
    let cut = 0;
    for (let t = 0; t < 25; t++) {
      expect(batch.observations.slice(t * 4 * size, (t + 1) * 4 * size)).toEqual(seen);
      const step = again.step(batch.actions.slice(t * 12, (t + 1) * 12));
      expect(batch.rewards.slice(t * 4, (t + 1) * 4)).toEqual(step.rewards);
      expect(batch.terminated.slice(t * 4, (t + 1) * 4)).toEqual(step.terminated);
      expect(batch.truncated.slice(t * 4, (t + 1) * 4)).toEqual(step.truncated);
      for (let i = 0; i < 4; i++) {
        rewards += step.rewards[i]!;
        if (!step.truncated[i]) continue;
        expect(batch.finalObservations.slice(cut * size, (cut + 1) * size)).toEqual(
          step.finalObservations.slice(i * size, (i + 1) * size),
        );
        cut++;
      }
      seen = step.observations.slice();
    }
    expect(batch.observations.slice(100 * size)).toEqual(seen);
    expect(batch.finalObservations.length).toBe(cut * size);
    cuts += cut;
  }
  expect(cuts).toBeGreaterThan(3);
  expect(rewards).toBeCloseTo(report.reward, 6);
});

test('same seed, same rollout, also of an agent that learns', async () => {
  const run = async (seed: number) => {
    const world = make(4);
    const context = { observation: world.observation, action: world.action, rng: rng(1) };
    const agent = await agentNamed('markov').create(context, {
      window: 10,
      decay: 0.8,
      profileDecay: 0.8,
      epsilon: 0.3,
    });
    const episodes: number[] = [];
    const { reward } = await rollout(agent, world, {
      steps: 3000,
      seed,
      discount: 0.9,
      onEpisode: (episode) => episodes.push(episode.reward),
    });
    return { reward, episodes };
  };
  expect(await run(1)).toEqual(await run(1));
  expect(await run(1)).not.toEqual(await run(2));
});

test('numbers drawn beyond their bounds reach the world on them, and the agent as they were drawn', async () => {
  const taken: number[] = [];
  const world = vectorWorld('numbers', 4, () => ({
    observation: observationSpec([{ name: 'x', kind: 'real', size: 1, low: 0, high: 1 }]),
    action: { kind: 'box', size: 2, low: -1, high: 1 },
    reset: (_, out) => out.fill(0),
    step(action) {
      taken.push(...action);
      return { reward: 0, terminated: true };
    },
  }));
  const definition = agentNamed('ddpg');
  const settings = readSettings(definition.settings, { noise: 2, learningStarts: 1000 });
  if (!settings.ok) throw new Error(settings.error.message);
  const engine = await ortEngine();
  const { observation, action } = world;
  const agent = await definition.create({ observation, action, engine, rng: rng(1) }, settings.value);
  const drawn: number[] = [];
  const watched = {
    ...agent,
    consumes: 'transitions' as const,
    async learn(batch: TransitionBatch) {
      drawn.push(...batch.actions);
      return {};
    },
  };
  await rollout(watched, world, { steps: 100, seed: 1, discount: 0.9 });
  expect(Math.max(...drawn)).toBeGreaterThan(1);
  expect(taken).toEqual(drawn.map((x) => Math.min(1, Math.max(-1, x))));
});

test('a run that goes on reports the steps it does again as other work than the rest', async () => {
  const { world, agent } = await randomAgent();
  const states: RolloutState[] = [];
  const whole = await rollout(agent, world, {
    ...{ steps: 40, seed: 5, discount: 0.9 },
    onRound: async (state) => {
      if (states.length === 0) states.push(state());
    },
  });
  const told: unknown[] = [];
  const rest = await rollout(agent, make(4), {
    ...{ steps: 40, seed: 5, discount: 0.9, goOn: states[0]! },
    progress: (...at) => told.push(at),
  });
  expect(rest).toEqual(whole);
  expect(told.slice(0, 3)).toEqual([
    [4, 4, 'as before'],
    [8, 40, ''],
    [12, 40, ''],
  ]);
});
