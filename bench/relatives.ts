/**
 * `node bench/relatives.ts [run,run...]`: the agents reinforce and sac in control worlds and in campaign-v1, three seeds: what
 * the greedy policy reaches over 100 fresh episodes (4,000 of campaign-v1). Writes bench/results/relatives.json.
 */
import { openEngine } from '../src/adapters/index.ts';
import { agentNamed } from '../src/agent/index.ts';
import { trainInWorld } from '../src/learn/index.ts';
import { worldNamed } from '../src/world/index.ts';
import { merged, record, rounded } from './record.ts';

const runs = {
  'reinforce cart-pole': { agent: 'reinforce', world: 'cart-pole-v1', steps: 100_000, settings: {} },
  'reinforce acrobot': {
    agent: 'reinforce',
    world: 'acrobot-v1',
    steps: 500_000,
    settings: { batchSize: 512, entropyWeight: 0.01 },
  },
  'reinforce campaign': {
    agent: 'reinforce',
    world: 'campaign-v1',
    steps: 200_000,
    worlds: 64,
    settings: {
      rolloutSteps: 4,
      learningRate: 0.005,
      learningRateSchedule: 'linear',
      entropyWeight: 0.01,
    },
  },
  'sac cart-pole': { agent: 'sac', world: 'cart-pole-v1', steps: 50_000, settings: {} },
  'sac acrobot': { agent: 'sac', world: 'acrobot-v1', steps: 50_000, settings: {} },
  'sac campaign': {
    agent: 'sac',
    world: 'campaign-v1',
    steps: 50_000,
    discount: 0,
    settings: { temperature: 0.02, targetEntropy: 0.1 },
  },
} as const;

const seeds = [1, 2, 3];
const names = process.argv[2]?.split(',') ?? Object.keys(runs);
const engine = await openEngine();
for (const name of names) {
  const run = runs[name as keyof typeof runs];
  if (!run) throw new Error(`there is no run "${name}"; there are: ${Object.keys(runs).join(', ')}`);
  const { agent, world, steps, settings } = run;
  const returns: number[] = [];
  const bests: number[] = [];
  const began = process.cpuUsage();
  for (const seed of seeds) {
    const { manifest } = await trainInWorld({
      ...run,
      definition: agentNamed(agent),
      world: worldNamed(world),
      seed,
      // Episodes of one step say little each.
      episodes: world === 'campaign-v1' ? 4000 : 100,
      engine,
      clock: () => performance.now(),
    });
    returns.push(manifest.metrics.meanReturn!);
    if (manifest.metrics.bestReturn !== undefined) bests.push(manifest.metrics.bestReturn);
  }
  const mean = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0) / list.length;
  const row = {
    run: name,
    agent,
    world,
    steps,
    settings,
    meanReturn: rounded(mean(returns)),
    lowest: rounded(Math.min(...returns)),
    ...(bests.length > 0 && {
      bestReturn: rounded(mean(bests)),
      shareOfBest: rounded(mean(returns) / mean(bests)),
    }),
    returns: returns.map(rounded),
    processorSeconds: rounded(process.cpuUsage(began).user / 1e6 / seeds.length),
  };
  console.log(JSON.stringify(row));
  record('relatives', {
    command: 'node bench/relatives.ts',
    data: 'none: simulated worlds',
    seeds,
    rows: merged('relatives', [row], ['run']),
  });
}
