/**
 * `node bench/control.ts [name,name...] [seeds]`: agents of rollouts trained in small worlds, what they reach over 100
 * fresh episodes (4,000 of campaign-v1), steps a second of the whole training, and where a step's time goes: the world, the acting network,
 * lessons, and all the rest. Writes bench/results/control.json.
 */
import { agentNamed } from '../src/agent/index.ts';
import { trainInWorld } from '../src/learn/index.ts';
import { worldNamed } from '../src/world/index.ts';
import { controlRuns } from './control-runs.ts';
import { merged, record, rounded } from './record.ts';
import { timedParts } from './timed-parts.ts';

const [, , names, seedList = '1,2,3'] = process.argv;
const seeds = seedList.split(',').map(Number);
const chosen = names ? names.split(',') : Object.keys(controlRuns);

/** The mean of the middle half (Agarwal et al. 2021): the lowest and the highest quarter are left out, by weight where they cut a run. */
function interquartileMean(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const quarter = sorted.length / 4;
  const weights = sorted.map((_, i) =>
    Math.max(0, Math.min(i + 1, sorted.length - quarter) - Math.max(i, quarter)),
  );
  return sorted.reduce((sum, value, i) => sum + weights[i]! * value, 0) / (2 * quarter);
}

const rows: Record<string, unknown>[] = [];
for (const name of chosen) {
  const run = controlRuns[name as keyof typeof controlRuns];
  if (!run) throw new Error(`there is no run "${name}"; there are: ${Object.keys(controlRuns).join(', ')}`);
  const { agent, world, steps, settings } = run;
  const returns: number[] = [];
  const seconds: number[] = [];
  const processor: number[] = [];
  const bests: number[] = [];
  let done = 0;
  const spent = { world: 0, forward: 0, update: 0 };
  for (const seed of seeds) {
    const begin = process.cpuUsage();
    let end = begin;
    const timed = timedParts();
    const { manifest } = await trainInWorld({
      definition: timed.agent(agentNamed(agent)),
      world: timed.world(worldNamed(world)),
      settings,
      seed,
      steps,
      // Episodes of one step say little each.
      episodes: world === 'campaign-v1' ? 4000 : 100,
      clock: () => performance.now(),
      progress(at, of = 0) {
        if (at >= of) end = process.cpuUsage(begin);
      },
      ...('worlds' in run && { worlds: run.worlds }),
      ...('discount' in run && { discount: run.discount }),
    });
    for (const part of Object.keys(spent) as (keyof typeof spent)[]) spent[part] += timed.atEnd()[part];
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
    seeds,
    settings,
    meanReturn: rounded(sum(returns) / returns.length),
    interquartileMean: rounded(interquartileMean(returns)),
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
