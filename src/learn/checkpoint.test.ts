import { expect, test } from 'vitest';
import { openEngine } from '../adapters/index.ts';
import { agentNamed, writeModel } from '../agent/index.ts';
import { worldNamed } from '../world/index.ts';
import { type Checkpoint, openCheckpoint, packCheckpoint, runOf } from './checkpoint.ts';
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

test('what differs from the killed run is named, settings one by one; one of an earlier version has no names', () => {
  const bytes = packCheckpoint(runOf({ '--seed': 1, data: 'a' }, { width: 8, epochs: 2 }), {
    values: {},
    arrays: {},
  });
  const opening = (seed: number, data: string, settings: Readonly<Record<string, number>>) => () =>
    openCheckpoint(bytes, runOf({ '--seed': seed, data }, settings));
  expect(opening(1, 'a', { width: 8, epochs: 2 })().values.run).toBeDefined();
  expect(opening(1, 'a', { width: 8, epochs: 3 })).toThrow('had other --setting epochs, so');
  expect(opening(2, 'b', { width: 8, epochs: 3 })).toThrow('had other --seed, data and --setting epochs, so');
  expect(opening(1, 'a', { width: 8, epochs: 2, blocks: 1 })).toThrow('was of an earlier version of tendril');
  const old = writeModel('checkpoint', { values: { run: 'a hash' }, arrays: {} });
  expect(() => openCheckpoint(old, runOf({ '--seed': 1 }, {}))).toThrow(
    'was of an earlier version of tendril',
  );
});
