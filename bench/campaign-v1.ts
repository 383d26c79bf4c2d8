/**
 * `node bench/campaign-v1.ts [agent,agent...] [steps,steps...] [seeds]`: ppo, a2c and dqn in campaign-v1, trained anew for
 * each number of steps, with settings that were chosen once and stay: the mean reward of the best action over 4,000 fresh
 * shoppers as a share of the best possible over the same shoppers (known by enumeration), and seconds. Writes
 * bench/results/campaign-v1.json, where rows not measured now stay, and the table of docs/guide/campaign-v1.md.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openEngine } from '../src/adapters/index.ts';
import { agentNamed } from '../src/agent/index.ts';
import { trainInWorld } from '../src/learn/index.ts';
import { worldNamed } from '../src/world/index.ts';
import { controlRuns } from './control-runs.ts';
import { merged, record, rounded } from './record.ts';

const settingsOf: Readonly<Record<string, (steps: number) => Record<string, unknown>>> = {
  ppo: () => controlRuns['ppo campaign'].settings,
  a2c: () => controlRuns['a2c campaign'].settings,
  dqn: (steps) => ({ ...controlRuns['dqn campaign'].settings, epsilonSteps: steps / 2 }),
};

const [, , agents = 'ppo,a2c,dqn', stepList = '50000,100000,200000,400000', seedList = '1,2,3,4,5'] =
  process.argv;
const seeds = seedList.split(',').map(Number);
const engine = await openEngine();
const mean = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0) / numbers.length;
const rows: Record<string, unknown>[] = [];
for (const agent of agents.split(',')) {
  const settings = settingsOf[agent];
  if (!settings) throw new Error(`there is no run of "${agent}"; there are: ${Object.keys(settingsOf)}`);
  for (const steps of stepList.split(',').map(Number)) {
    const [rewards, shares, seconds, processor]: number[][] = [[], [], [], []];
    for (const seed of seeds) {
      const begin = process.cpuUsage();
      let end = begin;
      const { manifest } = await trainInWorld({
        definition: agentNamed(agent),
        world: worldNamed('campaign-v1'),
        settings: settings(steps),
        seed,
        steps,
        worlds: 64,
        episodes: 4000,
        engine,
        clock: () => performance.now(),
        progress(at, of = 0) {
          if (at >= of) end = process.cpuUsage(begin);
        },
      });
      const { meanReturn, bestReturn } = manifest.metrics as Record<string, number>;
      rewards!.push(meanReturn!);
      shares!.push(meanReturn! / bestReturn!);
      seconds!.push(manifest.metrics.seconds!);
      processor!.push((end.user + end.system) / 1e6);
    }
    const row = {
      agent,
      steps,
      settings: settings(steps),
      meanReward: rounded(mean(rewards!)),
      shareOfBest: rounded(mean(shares!)),
      lowestShare: rounded(Math.min(...shares!)),
      shares: shares!.map(rounded),
      seconds: rounded(mean(seconds!)),
      processorSeconds: rounded(mean(processor!)),
    };
    console.log(JSON.stringify(row));
    rows.push(row);
  }
}
const all = merged('campaign-v1', rows, ['agent', 'steps']) as typeof rows;
record('campaign-v1', {
  command: 'node bench/campaign-v1.ts',
  data: 'none: a simulated world',
  seeds,
  rows: all,
});
const table = [
  '| agent | steps | share of the best possible | lowest seed | seconds | processor seconds |',
  '|---|---|---|---|---|---|',
  ...[...all]
    .sort((a, b) => String(a.agent).localeCompare(String(b.agent)) || Number(a.steps) - Number(b.steps))
    .map(
      ({ agent, steps, shareOfBest, lowestShare, seconds, processorSeconds }) =>
        `| ${agent} | ${Number(steps).toLocaleString('en')} | ${(100 * Number(shareOfBest)).toFixed(2)} % | ${(100 * Number(lowestShare)).toFixed(2)} % | ${Number(seconds).toFixed(1)} | ${Number(processorSeconds).toFixed(1)} |`,
    ),
];
const page = join(import.meta.dirname, '../docs/guide/campaign-v1.md');
writeFileSync(
  page,
  readFileSync(page, 'utf8').replace(
    /(<!-- results:start -->\n).*(<!-- results:end -->)/s,
    (_, from: string, to: string) => `${from}${table.join('\n')}\n${to}`,
  ),
);
