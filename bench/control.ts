/**
 * `node bench/control.ts [name,name...] [seeds]`: agents of rollouts trained in small worlds, what they reach over 100
 * fresh episodes (4,000 of campaign-v1), steps a second of the whole training, and where a step's time goes: the world, the acting network,
 * judging (values and log-probabilities of a batch), updating, and all the rest. Writes bench/results/control.json.
 */
import { openEngine } from '../src/adapters/index.ts';
import { agentNamed } from '../src/agent/index.ts';
import { trainInWorld } from '../src/learn/index.ts';
import type { Engine } from '../src/math/index.ts';
import { type WorldDefinition, worldNamed } from '../src/world/index.ts';
import { merged, record, rounded } from './record.ts';

/** `zoo`: the hyper-parameters that RL Baselines3 Zoo has for the same world. */
const runs = {
  'ppo cart-pole zoo': {
    agent: 'ppo',
    world: 'cart-pole-v1',
    steps: 100_000,
    discount: 0.98,
    settings: {
      rolloutSteps: 32,
      batchSize: 256,
      gaeLambda: 0.8,
      epochs: 20,
      learningRate: 0.001,
      learningRateSchedule: 'linear',
      clip: 0.2,
      clipSchedule: 'linear',
      entropyWeight: 0,
      observations: 'raw',
    },
  },
  'ppo cart-pole': { agent: 'ppo', world: 'cart-pole-v1', steps: 100_000, settings: {} },
  'a2c cart-pole': { agent: 'a2c', world: 'cart-pole-v1', steps: 100_000, settings: {} },
  'a2c cart-pole zoo': {
    agent: 'a2c',
    world: 'cart-pole-v1',
    steps: 500_000,
    settings: { observations: 'raw' },
  },
  'ppo campaign': {
    agent: 'ppo',
    world: 'campaign-v1',
    steps: 200_000,
    worlds: 64,
    settings: {
      learningRate: 0.003,
      rolloutSteps: 16,
      epochs: 10,
      entropyWeight: 0.01,
      clipSchedule: 'constant',
    },
  },
  'a2c campaign': {
    agent: 'a2c',
    world: 'campaign-v1',
    steps: 400_000,
    worlds: 64,
    settings: {
      optimiser: 'adam',
      learningRate: 0.003,
      learningRateSchedule: 'linear',
      rolloutSteps: 1,
      entropyWeight: 0.02,
    },
  },
} as const;

const [, , names, seedList = '1,2,3'] = process.argv;
const seeds = seedList.split(',').map(Number);
const chosen = names ? names.split(',') : Object.keys(runs);

const spent = { world: 0, forward: 0, judge: 0, update: 0 };
async function timed<T>(part: keyof typeof spent, work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const result = await work();
  spent[part] += performance.now() - began;
  return result;
}

/** The engine with its runs timed by what they are for, which their outputs tell. */
const engine: Engine = await openEngine().then((inner) => ({
  ...inner,
  async compile(model, options) {
    const program = await inner.compile(model, options);
    return {
      ...program,
      bind(inputs, outputs) {
        const run = program.bind(inputs, outputs);
        const part = 'said' in outputs ? 'forward' : 'logProb' in outputs ? 'judge' : 'update';
        return () => timed(part, run);
      },
    };
  },
}));

const stepsTimed = (definition: WorldDefinition): WorldDefinition => ({
  ...definition,
  create(n, options) {
    const world = definition.create(n, options);
    return {
      ...world,
      step(actions) {
        const began = performance.now();
        const step = world.step(actions);
        spent.world += performance.now() - began;
        return step;
      },
    };
  },
});

const rows: Record<string, unknown>[] = [];
for (const name of chosen) {
  const run = runs[name as keyof typeof runs];
  if (!run) throw new Error(`there is no run "${name}"; there are: ${Object.keys(runs).join(', ')}`);
  const { agent, world, steps, settings } = run;
  const returns: number[] = [];
  const seconds: number[] = [];
  const processor: number[] = [];
  const bests: number[] = [];
  let done = 0;
  for (const part of Object.keys(spent) as (keyof typeof spent)[]) spent[part] = 0;
  for (const seed of seeds) {
    const begin = process.cpuUsage();
    let end = begin;
    const { manifest } = await trainInWorld({
      definition: agentNamed(agent),
      world: stepsTimed(worldNamed(world)),
      settings,
      seed,
      steps,
      // Episodes of one step say little each.
      episodes: world === 'campaign-v1' ? 4000 : 100,
      engine,
      clock: () => performance.now(),
      progress(at, of = 0) {
        if (at >= of) end = process.cpuUsage(begin);
      },
      ...('worlds' in run && { worlds: run.worlds }),
      ...('discount' in run && { discount: run.discount }),
    });
    returns.push(manifest.metrics.meanReturn!);
    seconds.push(manifest.metrics.seconds!);
    processor.push((end.user + end.system) / 1e6);
    if (manifest.metrics.bestReturn !== undefined) bests.push(manifest.metrics.bestReturn);
    done += manifest.metrics.steps!;
  }
  const sum = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0);
  const microseconds = Object.fromEntries(
    Object.entries(spent).map(([part, ms]) => [`${part} us a step`, rounded((1000 * ms) / done)]),
  );
  const row = {
    run: name,
    agent,
    world,
    steps,
    settings,
    meanReturn: rounded(sum(returns) / returns.length),
    lowest: rounded(Math.min(...returns)),
    ...(bests.length > 0 && {
      bestReturn: rounded(sum(bests) / bests.length),
      shareOfBest: rounded(sum(returns) / sum(bests)),
    }),
    returns: returns.map(rounded),
    seconds: rounded(sum(seconds) / seconds.length),
    stepsPerSecond: Math.round(done / sum(seconds)),
    stepsPerProcessorSecond: Math.round(done / sum(processor)),
    'us a step': rounded((1e6 * sum(seconds)) / done),
    ...microseconds,
  };
  rows.push(row);
  console.log(JSON.stringify(row));
}
record('control', {
  command: 'node bench/control.ts',
  data: 'none: simulated worlds',
  seeds,
  rows: merged('control', rows, ['run']),
});
