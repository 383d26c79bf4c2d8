import { expect, test } from 'vitest';
import { agentNamed } from '../agent/index.ts';
import type { Sequences, TransitionBatch } from '../core/index.ts';
import { rng } from '../core/index.ts';
import { worldNamed } from '../world/index.ts';
import { rollout } from './rollout.ts';

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
