import { expect, test } from 'vitest';
import { openEngine } from '../adapters/index.ts';
import { agentNamed } from '../agent/index.ts';
import { worldNamed } from '../world/index.ts';
import type { Checkpoint } from './checkpoint.ts';
import { trainInWorld } from './train-in-world.ts';

/** Keeps everything, and breaks off at the given one: what a killed process leaves. */
function breakingAt(last: number): Checkpoint & { readonly kept: Uint8Array[] } {
  const kept: Uint8Array[] = [];
  return {
    kept,
    due: () => true,
    async keep(bytes) {
      kept.push(bytes);
      if (kept.length === last) throw new Error('killed');
    },
  };
}

test.each([
  ['q-learning', 'frozen-lake-v1', {}],
  ['dqn', 'bandit-v1', { hidden: 8, embedding: 8, learningStarts: 32, updatesPerStep: 0.25 }],
  ['item-knn', 'shop-v1', {}],
  // Broken off in the middle of a batch.
  ['ppo', 'chain-v1', { rolloutSteps: 16, batchSize: 48, epochs: 2 }],
])('%s in %s: a run that was broken off goes on to the same model', async (name, world, settings) => {
  let now = 0;
  const train = async (more: { checkpoint?: Checkpoint; seed?: number } = {}) =>
    trainInWorld({
      definition: agentNamed(name),
      world: worldNamed(world),
      settings,
      seed: 3,
      steps: 1200,
      episodes: 8,
      engine: await openEngine(),
      clock: () => (now += 500),
      ...more,
    });
  const whole = await train();
  const broken = breakingAt(100);
  await expect(train({ checkpoint: broken })).rejects.toThrow('killed');
  const found = broken.kept.at(-1)!;
  const rest = { due: () => false, keep: async () => {}, found };
  const gone = await train({ checkpoint: rest });
  expect(gone.model).toEqual(whole.model);
  expect(gone.manifest.metrics).toEqual(whole.manifest.metrics);
  await expect(train({ checkpoint: rest, seed: 4 })).rejects.toMatchObject({ code: 'bad-model' });
});
