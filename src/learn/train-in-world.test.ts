import { expect, test } from 'vitest';
import { openEngine } from '../adapters/index.ts';
import { agentNamed } from '../agent/index.ts';
import { worldNamed } from '../world/index.ts';
import { openModel } from './model-file.ts';
import { trainInWorld } from './train-in-world.ts';

const settings = { hidden: 8, embedding: 8, learningStarts: 32, updatesPerStep: 0.25, epsilonDecay: 0.005 };
async function train(more: { seed?: number; steps?: number; resume?: Uint8Array } = {}) {
  let now = 0;
  return trainInWorld({
    definition: agentNamed('dqn'),
    world: worldNamed('bandit-v1'),
    settings,
    seed: 1,
    steps: 2400,
    engine: await openEngine(),
    clock: () => (now += 500),
    ...more,
  });
}

test('a network finds the best arm, and the same seed is the same run', async () => {
  const [one, two] = [await train(), await train()];
  expect(two.model).toEqual(one.model);
  expect(two.manifest).toEqual(one.manifest);
  expect(one.manifest.metrics).toMatchObject({ steps: 2400, seconds: 0.5 });
  expect(one.manifest.metrics.meanReturn).toBeGreaterThan(0.55);
  expect(one.manifest.encoding).toMatchObject({ kind: 'world', world: 'bandit-v1' });
  const further = await train({ steps: 80, resume: openModel(one.model).bytes });
  expect(further.manifest.metrics['fit.steps']).toBe(2480);
});
test('an agent of histories is told from one that acts', async () => {
  await expect(
    trainInWorld({
      definition: agentNamed('markov'),
      world: worldNamed('bandit-v1'),
      seed: 1,
      steps: 10,
      clock: () => 0,
    }),
  ).rejects.toThrow('agent "markov" learns from shoppers\' histories and "bandit-v1" has none');
});
