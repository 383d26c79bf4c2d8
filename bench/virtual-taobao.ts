/**
 * `TENDRIL_DATASETS=... node bench/virtual-taobao.ts [run,run...] [seeds]`: agents of numbers trained in virtual-taobao-v0,
 * then judged by their clicks a product shown (10 a page), over 10,000 fresh pages of whole visits with a seed of its own.
 * Beside each the mean of its actions, shown to everyone (`same for all`): what it has by knowing the shopper is the rest.
 * Beside all: weights drawn anew for each page, uniformly. Writes bench/results/virtual-taobao.json.
 */
import { openEngine, worldWithData } from '../src/adapters/index.ts';
import { agentNamed, type Policy } from '../src/agent/index.ts';
import { rng } from '../src/core/index.ts';
import { judgeSeed, trainInWorld } from '../src/learn/index.ts';
import { tInterval } from '../src/measure/index.ts';
import { worldNamed } from '../src/world/index.ts';
import { datasets, merged, record, rounded } from './record.ts';

const runs = {
  uniform: {},
  ppo: {
    discount: 0.5,
    settings: { learningRate: 0.001, batchSize: 64, epochs: 10, rolloutSteps: 64, observations: 'scaled' },
  },
  a2c: {
    discount: 0.5,
    settings: {
      optimiser: 'adam',
      learningRate: 0.001,
      normaliseAdvantages: true,
      rolloutSteps: 16,
      observations: 'scaled',
      scaleRewards: false,
    },
  },
  reinforce: { discount: 0.5, settings: { learningRate: 0.001, observations: 'scaled' } },
  ddpg: { discount: 0.5, settings: {} },
} as const;

const [, , names = Object.keys(runs).join(), seedList = '1,2,3'] = process.argv;
const seeds = seedList.split(',').map(Number);
const steps = 40_000;
const pages = 10_000;
const n = 16;

const definition = worldWithData(worldNamed('virtual-taobao-v0'), datasets());
const { observation, action } = definition.create(1);
if (action.kind !== 'box') throw new Error('unreachable');
const { size } = action;
const engine = await openEngine();

type Act = (observations: Float32Array) => Float32Array | Promise<Float32Array>;

const greedy =
  (policy: Policy): Act =>
  async (observations) => {
    const scores = await policy.evaluate(observations, n);
    return Float32Array.from(
      { length: n * size },
      (_, i) => policy.greedy(scores, Math.floor(i / size))[i % size]!,
    );
  };

/** Clicks a product over whole visits, until each of n worlds has shown its part of the pages, and the mean action. */
async function judge(act: Act, seed: number): Promise<{ rate: number; mean: Float64Array }> {
  const world = definition.create(n);
  const mean = new Float64Array(size);
  const [shown, over] = [new Int32Array(n), new Uint8Array(n)];
  let [clicks, all] = [0, 0];
  let observations = world.reset(seed).slice();
  while (over.includes(0)) {
    const actions = await act(observations);
    const step = world.step(actions);
    for (let i = 0; i < n; i++) {
      if (over[i]) continue;
      clicks += step.rewards[i]!;
      all++;
      for (let k = 0; k < size; k++) mean[k]! += actions[i * size + k]!;
      if (++shown[i]! >= pages / n && step.terminated[i]) over[i] = 1;
    }
    observations = step.observations.slice();
  }
  return { rate: clicks / (10 * all), mean: mean.map((sum) => sum / all) };
}

function figures(values: readonly number[]): Record<string, number> {
  const { mean, low, high } = tInterval(values);
  return {
    mean: rounded(mean),
    low: rounded(low),
    high: rounded(high),
    lowest: rounded(Math.min(...values)),
  };
}

const rows: Record<string, unknown>[] = [];
for (const name of names.split(',')) {
  const run = runs[name as keyof typeof runs];
  if (!run) throw new Error(`there is no run "${name}"; there are: ${Object.keys(runs).join(', ')}`);
  const [rates, same, began]: [number[], number[], NodeJS.CpuUsage] = [[], [], process.cpuUsage()];
  for (const seed of seeds) {
    const chance = rng(judgeSeed(seed)).fork('weights');
    let act: Act = () => Float32Array.from({ length: n * size }, () => 2 * chance.float() - 1);
    if ('settings' in run) {
      const { agent } = await trainInWorld({
        definition: agentNamed(name),
        world: definition,
        ...run,
        seed,
        steps,
        episodes: 1,
        engine,
        clock: () => performance.now(),
      });
      act = greedy(agent.policy());
    }
    const { rate, mean } = await judge(act, judgeSeed(seed));
    rates.push(rate);
    if ('settings' in run) {
      const repeated = Float32Array.from({ length: n * size }, (_, i) => mean[i % size]!);
      same.push((await judge(() => repeated, judgeSeed(seed))).rate);
    }
    console.log(name, seed, rounded(rate), rounded(same.at(-1) ?? 0));
  }
  rows.push({
    agent: name,
    ...run,
    ...('settings' in run && { steps }),
    clickRate: figures(rates),
    ...(same.length > 0 && { 'same for all': figures(same) }),
    processorSeconds: rounded(process.cpuUsage(began).user / 1e6 / seeds.length),
  });
}

record('virtual-taobao', {
  command: 'TENDRIL_DATASETS=... node bench/virtual-taobao.ts',
  data: 'virtual-taobao-v0: the three networks of the published simulator',
  seeds,
  notes: [`${observation.size} numbers observed, ${size} chosen; ${pages} pages judged`],
  rows: merged('virtual-taobao', rows, ['agent']),
});
