import { expect, test } from 'vitest';
import { openEngine } from '../../src/adapters/index.ts';
import { agentNamed } from '../../src/agent/index.ts';
import { greedyChoices, optimalValue, policyValue } from '../../src/eval/index.ts';
import { trainInWorld } from '../../src/learn/index.ts';
import { smallCampaignModel, smallCampaignStates, worldNamed } from '../../src/world/index.ts';

/** `ppo`, `a2c` and `reinforce` find the best known policies of small worlds in seconds; where the truth is written down, exactly. */
const engine = await openEngine();

async function train(
  agent: string,
  world: string,
  steps: number,
  settings: object,
  worlds = 8,
  discount = 0.99,
  episodes = 4000,
) {
  let now = 0;
  return trainInWorld({
    definition: agentNamed(agent),
    world: worldNamed(world),
    settings: settings as Record<string, unknown>,
    seed: 1,
    steps,
    worlds,
    discount,
    episodes,
    engine,
    clock: () => now++,
  });
}

test.each([
  ['ppo', 'bandit-v1', 16_000, { entropyWeight: 0.01 }, 0.7],
  ['a2c', 'bandit-v1', 40_000, { learningRate: 0.003, entropyWeight: 0.01 }, 0.7],
  ['reinforce', 'bandit-v1', 16_000, { batchSize: 64, entropyWeight: 0.01 }, 0.7],
  ['ppo', 'chain-v1', 20_000, { gaeLambda: 0.95, rolloutSteps: 64, epochs: 10, entropyWeight: 0.02 }, 10],
  ['a2c', 'chain-v1', 40_000, { learningRate: 0.003, scaleRewards: false }, 10],
] as const)('%s in %s', async (agent, world, steps, settings, least) => {
  const { agent: trained } = await train(agent, world, steps, settings);
  const model = worldNamed(world).model!();
  expect(policyValue(model, await greedyChoices(trained.policy(), model.states))).toBeGreaterThanOrEqual(
    least,
  );
});

test.each([
  [
    'ppo',
    100_000,
    { learningRate: 0.003, rolloutSteps: 16, epochs: 10, entropyWeight: 0.01, clipSchedule: 'constant' },
  ],
  [
    'a2c',
    400_000,
    {
      optimiser: 'adam',
      learningRate: 0.003,
      learningRateSchedule: 'linear',
      rolloutSteps: 1,
      entropyWeight: 0.02,
      scaleRewards: false,
    },
  ],
] as const)('%s chooses campaigns nearly as well as can be', async (agent, steps, settings) => {
  const { manifest } = await train(agent, 'campaign-v1', steps, settings, 64);
  const { meanReturn, bestReturn } = manifest.metrics as { meanReturn: number; bestReturn: number };
  expect(bestReturn).toBeCloseTo(0.848, 2);
  expect(meanReturn / bestReturn).toBeGreaterThanOrEqual(0.99);
});

test('reinforce balances the pole', async () => {
  const { manifest } = await train('reinforce', 'cart-pole-v1', 100_000, {}, 8, 0.99, 24);
  expect(manifest.metrics.meanReturn).toBeGreaterThanOrEqual(475);
});

test('ppo plans eight weeks of messages within 3 % of the best there is', async () => {
  const settings = {
    gaeLambda: 0.95,
    rolloutSteps: 16,
    batchSize: 512,
    epochs: 4,
    learningRate: 0.004,
    entropyWeight: 0.1,
    scaleRewards: true,
  };
  const { agent } = await train('ppo', 'campaign-small-v2', 200_000, settings, 128, 1);
  const { states } = smallCampaignModel;
  const reached = policyValue(
    smallCampaignModel,
    await greedyChoices(agent.policy(), states, smallCampaignStates()),
  );
  const best = optimalValue(smallCampaignModel);
  expect(best).toBeCloseTo(5.027, 3);
  expect(reached / best).toBeGreaterThanOrEqual(0.97);
});
