/**
 * `node bench/control-speed.ts [run,run...] [seeds] [peer steps]`: environment steps a second of whole trainings of ppo and
 * dqn, beside Stable-Baselines3 with the same hyper-parameters in the same run on the same machine, turn by turn; what both reach; and
 * where a step's time goes. TENDRIL_SB3_PYTHON names a Python that has stable-baselines3; where it is not set that side is
 * left out, and said to be; with `peer steps` it trains only so long, which tells its speed but not its return. Writes bench/results/control-speed.json.
 *
 * Times on a shared machine vary, so each ratio is of the fastest seed of both sides, and processor seconds stand beside
 * wall seconds.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { openEngine } from '../src/adapters/index.ts';
import { agentNamed } from '../src/agent/index.ts';
import { trainInWorld } from '../src/learn/index.ts';
import { worldNamed } from '../src/world/index.ts';
import { campaignBench } from './campaign-env.ts';
import { controlRuns } from './control-runs.ts';
import { type ZooRun, zooRun } from './control-zoo.ts';
import { merged, record, rounded } from './record.ts';
import { timedParts } from './timed-parts.ts';

/** As bench/peers/sb3_speed.py has them. */
const runs = {
  'cart-pole': { ...controlRuns['ppo cart-pole zoo'], worlds: 8, world: worldNamed('cart-pole-v1') },
  dqn: { ...zooRun('dqn', 'cart-pole-v1'), world: worldNamed('cart-pole-v1') },
  'dqn-2-threads': twoThreads(zooRun('dqn', 'cart-pole-v1')),
  campaign: {
    agent: 'ppo',
    worlds: 8,
    world: campaignBench,
    steps: 200_000,
    discount: 0.99,
    // Stable-Baselines3's defaults, 2,048 transitions an update.
    settings: {
      rolloutSteps: 256,
      batchSize: 64,
      gaeLambda: 0.95,
      epochs: 10,
      learningRate: 0.0003,
      learningRateSchedule: 'constant',
      clip: 0.2,
      clipSchedule: 'constant',
      entropyWeight: 0,
      observations: 'raw',
    },
  },
} as const;

/** Both sides have two threads. */
function twoThreads({ settings, ...run }: ZooRun) {
  return { ...run, settings: { ...settings, threads: 2 }, world: worldNamed('cart-pole-v1') };
}

interface Side {
  readonly steps: number;
  readonly seconds: number;
  readonly processorSeconds: number;
  readonly meanReturn: number;
  /** Microseconds a step, by part. */
  readonly parts: Readonly<Record<string, number>>;
}

async function ours(name: keyof typeof runs, seed: number): Promise<Side> {
  const { agent, world, worlds, steps, discount, settings } = runs[name];
  const timed = timedParts();
  const begin = process.cpuUsage();
  let end = begin;
  const { manifest } = await trainInWorld({
    definition: timed.agent(agentNamed(agent)),
    world: timed.world(world),
    settings,
    seed,
    steps,
    discount,
    worlds,
    engine,
    clock: () => performance.now(),
    progress(at, of = 0) {
      if (at >= of) end = process.cpuUsage(begin);
    },
  });
  const { steps: done, seconds, meanReturn } = manifest.metrics as Record<string, number>;
  const parts = Object.fromEntries(
    Object.entries(timed.atEnd()).map(([part, ms]) => [part, (1000 * ms) / done!]),
  );
  return {
    steps: done!,
    seconds: seconds!,
    processorSeconds: (end.user + end.system) / 1e6,
    meanReturn: meanReturn!,
    parts,
  };
}

const engine = await openEngine();
const [, , names, seedList = '1,2,3', peerSteps] = process.argv;
const python = process.env.TENDRIL_SB3_PYTHON;
function peer(name: string, seed: number): Side | undefined {
  if (!python) return undefined;
  const script = join(import.meta.dirname, 'peers/sb3_speed.py');
  const [run, threads] = name === 'dqn-2-threads' ? ['dqn', '2'] : [name, '1'];
  const given = [script, run, String(seed), threads, ...(peerSteps ? [peerSteps] : [])];
  const { stdout, stderr, status } = spawnSync(python, given, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${python} ${script} ended with ${status}: ${stderr}`);
  return JSON.parse(stdout.trim().split('\n').at(-1)!);
}

const seeds = seedList.split(',').map(Number);
if (!python)
  console.error('TENDRIL_SB3_PYTHON is not set to a Python with stable-baselines3: that side is skipped');

const perSecond = ({ steps, seconds }: Side): number => steps / seconds;
const perProcessorSecond = ({ steps, processorSeconds }: Side): number => steps / processorSeconds;
/** A side over its seeds: the best of times, the mean of returns. */
function summary(sides: readonly Side[]): Record<string, unknown> {
  const fastest = sides.reduce((a, b) => (perSecond(a) > perSecond(b) ? a : b));
  return {
    stepsPerSecond: Math.round(perSecond(fastest)),
    stepsPerProcessorSecond: Math.round(Math.max(...sides.map(perProcessorSecond))),
    'us a step': rounded(1e6 / perSecond(fastest)),
    ...Object.fromEntries(
      Object.entries(fastest.parts).map(([part, us]) => [`${part} us a step`, rounded(us)]),
    ),
    steps: fastest.steps,
    meanReturn: rounded(sides.reduce((sum, side) => sum + side.meanReturn, 0) / sides.length),
    returns: sides.map((side) => rounded(side.meanReturn)),
  };
}

const rows: Record<string, unknown>[] = [];
for (const name of (names?.split(',') ?? Object.keys(runs)) as (keyof typeof runs)[]) {
  if (!runs[name]) throw new Error(`there is no run "${name}"; there are: ${Object.keys(runs).join(', ')}`);
  const sides: { tendril: Side[]; sb3: Side[] } = { tendril: [], sb3: [] };
  for (const seed of seeds) {
    sides.tendril.push(await ours(name, seed));
    const other = peer(name, seed);
    if (other) sides.sb3.push(other);
  }
  const ratio = (of: (side: Side) => number): number =>
    rounded(Math.max(...sides.tendril.map(of)) / Math.max(...sides.sb3.map(of)));
  const row = {
    run: name,
    seeds,
    tendril: summary(sides.tendril),
    ...(sides.sb3.length > 0 && {
      'stable-baselines3': summary(sides.sb3),
      ratio: ratio(perSecond),
      ratioOfProcessorSeconds: ratio(perProcessorSecond),
    }),
  };
  console.log(JSON.stringify(row, null, 1));
  rows.push(row);
}
/** Runs are measured apart: each row says of which seeds it is. */
const all = merged('control-speed', rows, ['run']);
record('control-speed', {
  command: 'node bench/control-speed.ts',
  data: 'none: simulated worlds',
  seeds: [...new Set(all.flatMap((row) => row.seeds as number[]))].sort((a, b) => a - b),
  rows: all,
});
