/**
 * `node bench/control-returns.ts [agent,agent...] [most seeds] [world]`: ppo, a2c and dqn on the three control worlds with the
 * hyper-parameters, steps and seeds of bench/peers/rl-zoo.json, judged as bench/peers/sb3_returns.py judges
 * Stable-Baselines3: the best action, the same 100 fresh episodes (control-judge.ts). Runs that bench/results/control-returns.jsonl holds are not made
 * again (delete its lines to make them anew); seeds are the outer loop, so that an interrupted record is balanced.
 *
 * Writes bench/results/control-returns.json: for each agent and world the interquartile mean over the seeds with its
 * bootstrap interval (Agarwal et al. 2021), ours, Stable-Baselines3's and the difference, and the table of
 * docs/guide/control.md.
 */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openEngine } from '../src/adapters/index.ts';
import { agentNamed } from '../src/agent/index.ts';
import { rng } from '../src/core/index.ts';
import { trainInWorld } from '../src/learn/index.ts';
import { worldNamed } from '../src/world/index.ts';
import { returnFromPeersStarts } from './control-judge.ts';
import { type ZooRun, zooRuns } from './control-zoo.ts';
import { record, rounded } from './record.ts';

interface Line {
  readonly agent: string;
  readonly world: string;
  readonly seed: number;
  readonly meanReturn: number;
  readonly seconds: number;
}

const here = (path: string): string => join(import.meta.dirname, path);
const kept = here('results/control-returns.jsonl');
const linesOf = (path: string): Record<string, unknown>[] =>
  existsSync(path)
    ? readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => line.trim() !== '')
        .map((line) => JSON.parse(line))
    : [];
const ours = (): Line[] => linesOf(kept) as unknown as Line[];
const theirs: Line[] = linesOf(here('results/sb3-returns.jsonl')).map((line) => {
  const { algorithm, world, seed, meanReturn, seconds } = line as unknown as Line & { algorithm: string };
  return {
    agent: algorithm,
    world: String(world)
      .replace(/(?<=[a-z])(?=[A-Z])/, '-')
      .toLowerCase(),
    seed,
    meanReturn,
    seconds,
  };
});

const [, , agents = 'ppo,a2c,dqn', most = '20', only] = process.argv;
/** What `dqn` ends with on the pole is mostly chance: measured as it ends, and with the best on the way kept, on both sides. */
const all: readonly ZooRun[] = zooRuns.flatMap((run) =>
  run.agent === 'dqn' && run.world === 'cart-pole-v1' ? [run, { ...run, keepBest: true }] : [run],
);
const nameOf = ({ agent, keepBest }: ZooRun): string => (keepBest ? `${agent} --keep-best` : agent);
const asked = all.filter(
  ({ agent, world }) => agents.split(',').includes(agent) && (only === undefined || only === world),
);
const engine = await openEngine();
for (let seed = 1; seed <= Number(most); seed++) {
  for (const run of asked) {
    const { agent, world, steps, seeds, worlds, discount, settings, keepBest } = run;
    const name = nameOf(run);
    const made = ours().some((line) => line.agent === name && line.world === world && line.seed === seed);
    if (seed > seeds || made) continue;
    const { agent: trained, manifest } = await trainInWorld({
      definition: agentNamed(agent),
      world: worldNamed(world),
      settings,
      seed,
      steps,
      worlds,
      discount,
      engine,
      episodes: 1,
      ...(keepBest && { keepBest: { looks: 20, episodes: 20 } }),
      clock: () => performance.now(),
    });
    const { steps: done, seconds } = manifest.metrics as Record<string, number>;
    const judged = await returnFromPeersStarts(world, trained.policy(), seed);
    const line = {
      agent: name,
      world,
      seed,
      steps: done,
      meanReturn: Math.round(100 * judged) / 100,
      episodes: 100,
      seconds: Math.round(10 * seconds!) / 10,
    };
    appendFileSync(kept, `${JSON.stringify(line)}\n`);
    console.log(JSON.stringify(line));
  }
}

/** The mean of the middle half; with few numbers those at its ends count in part. */
function interquartileMean(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const [low, high] = [sorted.length / 4, (3 * sorted.length) / 4];
  const weights = sorted.map((_, i) => Math.max(0, Math.min(i + 1, high) - Math.max(i, low)));
  return sorted.reduce((sum, x, i) => sum + weights[i]! * x, 0) / (high - low);
}

/** Percentile bootstrap over seeds, 95 %: of the interquartile mean, or of how far it is above that of others. */
function interval(numbers: readonly number[], others?: readonly number[]): [low: number, high: number] {
  const chance = rng(1);
  const drawn = (of: readonly number[]): number =>
    interquartileMean(of.map(() => of[chance.int(of.length)]!));
  const means = Array.from({ length: 2000 }, () => drawn(numbers) - (others ? drawn(others) : 0)).sort(
    (a, b) => a - b,
  );
  return [means[49]!, means[1949]!];
}

function summary(lines: readonly Line[]): Record<string, unknown> {
  const returns = lines.map((line) => line.meanReturn);
  const [low, high] = interval(returns);
  return {
    interquartileMean: rounded(interquartileMean(returns)),
    low: rounded(low),
    high: rounded(high),
    worst: Math.min(...returns),
    returns,
  };
}

function difference(mine: readonly Line[], sb3: readonly Line[]): Difference {
  const [ours, theirs] = [mine, sb3].map((lines) => lines.map((line) => line.meanReturn)) as [
    number[],
    number[],
  ];
  const [low, high] = interval(ours, theirs);
  const mean = interquartileMean(ours) - interquartileMean(theirs);
  return { mean: rounded(mean), low: rounded(low), high: rounded(high) };
}

const rowOf = (run: ZooRun): Record<string, unknown> => {
  const { world, steps, seeds } = run;
  const agent = nameOf(run);
  const of = (lines: readonly Line[]): Line[] =>
    lines.filter((line) => line.agent === agent && line.world === world).sort((a, b) => a.seed - b.seed);
  const [mine, sb3] = [of(ours()), of(theirs)];
  return {
    agent,
    world,
    steps,
    seedsAsked: seeds,
    ...(mine.length > 0 && { tendril: summary(mine) }),
    ...(sb3.length > 0 && { 'stable-baselines3': summary(sb3) }),
    ...(mine.length > 0 && sb3.length > 0 && { difference: difference(mine, sb3) }),
  };
};
const rows = all.map(rowOf);
record('control-returns', {
  command: 'node bench/control-returns.ts',
  data: 'none: simulated worlds; bench/results/sb3-returns.jsonl is the record of Stable-Baselines3 2.9.2, gymnasium 1.4.0, PyTorch 2.15',
  seeds: [...new Set(ours().map(({ seed }) => seed))].sort((a, b) => a - b),
  rows,
});

type Difference = { mean: number; low: number; high: number };
type Summary = { interquartileMean: number; low: number; high: number; worst: number; returns: number[] };
/** Seeds from which on an interval says something. */
const fewest = 4;
const cells = (of: Summary | undefined): string =>
  of
    ? `${of.interquartileMean.toFixed(1)}${of.returns.length < fewest ? '' : ` (${of.low.toFixed(1)} .. ${of.high.toFixed(1)})`} | ${of.worst.toFixed(1)} | ${of.returns.length}`
    : 'not measured | | 0';
const apart = ({ difference: d, ...row }: Record<string, unknown>): string => {
  const { mean, low, high } = d as Difference;
  const least = Math.min(
    ...['tendril', 'stable-baselines3'].map((side) => (row[side] as Summary).returns.length),
  );
  return `${mean.toFixed(1)}${least < fewest ? '' : ` (${low.toFixed(1)} .. ${high.toFixed(1)})`}`;
};
const table = [
  '| agent | world | steps | interquartile mean, 95 % | worst | seeds | Stable-Baselines3 | worst | seeds | ours more |',
  '|---|---|---|---|---|---|---|---|---|---|',
  ...rows.map(
    (row) =>
      `| ${row.agent} | ${row.world} | ${(row.steps as number).toLocaleString('en')} | ${cells(row.tendril as Summary)} | ${cells(row['stable-baselines3'] as Summary)} | ${row.difference ? apart(row) : ''} |`,
  ),
];
const page = here('../docs/guide/control.md');
writeFileSync(
  page,
  readFileSync(page, 'utf8').replace(
    /(<!-- results:start -->\n).*(<!-- results:end -->)/s,
    (_, from: string, to: string) => `${from}${table.join('\n')}\n${to}`,
  ),
);
