/**
 * What it is worth to dqn to know who the shopper is (`--user-specific`, `--biased`; Lei & Li 2019): `node bench/shopper-factors.ts`
 * on the example shop, whose shoppers come again. Each shopper's last interaction is held back and ranked against the whole
 * catalogue; the same seeds and steps for each, the interval is of the paired differences to dqn without either.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importFiles, openDataDirectory, openEngine, sqliteLog } from '../src/adapters/index.ts';
import { agentNamed } from '../src/agent/index.ts';
import { readShop, trainOnShop } from '../src/learn/index.ts';
import { pairedTInterval, tInterval } from '../src/measure/index.ts';
import { record, rounded } from './record.ts';

const seeds = [1, 2, 3, 4, 5];
const steps = 6_000;
const ways: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  dqn: {},
  'dqn --user-specific': { userSpecific: true },
  'dqn --biased': { biased: true },
};

const path = mkdtempSync(join(tmpdir(), 'tendril-shopper-factors-'));
try {
  const directory = openDataDirectory(path, { create: true });
  const log = await sqliteLog(directory.logPath);
  const file = join(import.meta.dirname, '..', 'examples', 'events.csv');
  await importFiles(log, {
    format: 'csv',
    files: [file],
    rejectsPath: directory.rejectsPath,
    now: Date.now(),
  });
  const data = await readShop(log);
  const engine = await openEngine();
  const figures = ['ndcg@10', 'hr@10'];
  const rows: Record<string, unknown>[] = [];
  let plain: readonly Readonly<Record<string, number>>[] = [];
  for (const [agent, settings] of Object.entries(ways)) {
    const runs: Readonly<Record<string, number>>[] = [];
    for (const seed of seeds) {
      const { manifest } = await trainOnShop(log, data, {
        definition: agentNamed('dqn'),
        settings,
        seed,
        now: 0,
        steps,
        engine,
      });
      runs.push(manifest.metrics as Record<string, number>);
      console.log(agent, seed, figures.map((figure) => runs.at(-1)![figure]).join(' '));
    }
    if (agent === 'dqn') plain = runs;
    const told = figures.flatMap((figure) => {
      const [own, without] = [runs, plain].map((all) => all.map((metrics) => metrics[figure]!));
      const { mean, low, high } = pairedTInterval(own!, without!);
      return [
        [figure, rounded(tInterval(own!).mean)],
        ...(agent === 'dqn' ? [] : [[`${figure} gain`, [mean, low, high].map(rounded)]]),
      ];
    });
    rows.push({ agent, steps, ...Object.fromEntries(told) });
  }
  await log.close();
  record('shopper-factors', {
    command: 'node bench/shopper-factors.ts',
    data: 'examples/events.csv: 3,266 interactions of 120 simulated shoppers',
    seeds,
    notes: [
      'gain: mean of the paired differences to dqn without the option, with its 95 % t-interval over the seeds',
    ],
    rows,
  });
} finally {
  rmSync(path, { recursive: true, force: true });
}
