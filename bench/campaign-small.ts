/**
 * `node bench/campaign-small.ts`: what `ppo` reaches in campaign-small-v2, each policy evaluated exactly by dynamic
 * programming, beside the optimum and the policy of largest immediate reward. Writes bench/results/campaign-small.json.
 */
import { openEngine } from '../src/adapters/index.ts';
import { agentNamed } from '../src/agent/index.ts';
import { greedyChoices, optimalValue, policyValue } from '../src/eval/index.ts';
import { trainInWorld } from '../src/learn/index.ts';
import { smallCampaignModel as model, smallCampaignStates, worldNamed } from '../src/world/index.ts';
import { record, rounded } from './record.ts';

const seeds = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const steps = 400_000;
const worlds = 512;
const settings = {
  gaeLambda: 0.95,
  rolloutSteps: 16,
  batchSize: 1024,
  epochs: 4,
  learningRate: 0.004,
  entropyWeight: 0.03,
  scaleRewards: true,
};

const optimum = optimalValue(model);
const immediate = (state: number, action: number): number =>
  model.outcomes(state, action).reduce((sum, o) => sum + o.probability * o.reward, 0);
const greedy = Int32Array.from({ length: model.states }, (_, state) =>
  [0, 1, 2].reduce((best, a) => (immediate(state, a) > immediate(state, best) ? a : best), 0),
);
const engine = await openEngine();
const values: number[] = [];
for (const seed of seeds) {
  const { agent } = await trainInWorld({
    definition: agentNamed('ppo'),
    world: worldNamed('campaign-small-v2'),
    settings,
    seed,
    steps,
    worlds,
    discount: 1,
    episodes: 1,
    engine,
    clock: () => performance.now(),
  });
  values.push(policyValue(model, await greedyChoices(agent.policy(), model.states, smallCampaignStates())));
  console.log(`seed ${seed}: ${(values.at(-1)! / optimum).toFixed(4)} of the optimum`);
}
record('campaign-small', {
  command: 'node bench/campaign-small.ts',
  data: 'none: the simulated world campaign-small-v2',
  seeds,
  rows: [
    { policy: 'optimum', value: rounded(optimum), share: 1 },
    {
      policy: 'largest immediate reward',
      value: rounded(policyValue(model, greedy)),
      share: rounded(policyValue(model, greedy) / optimum),
    },
    {
      policy: 'ppo',
      steps,
      worlds,
      discount: 1,
      settings,
      value: rounded(values.reduce((a, b) => a + b, 0) / values.length),
      share: rounded(values.reduce((a, b) => a + b, 0) / values.length / optimum),
      lowestShare: rounded(Math.min(...values) / optimum),
      values: values.map(rounded),
    },
  ],
});
