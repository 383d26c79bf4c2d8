import type { Command } from 'commander';
import {
  dataPath,
  demoReviews,
  directoryRegistry,
  openDataDirectory,
  openEngine,
  sqliteLog,
  writeReport,
} from '../adapters/index.ts';
import { fullReport } from '../eval/index.ts';
import type { Engine } from '../math/index.ts';
import { reportedShop } from './about-shop.ts';
import { names, positiveWhole, wholeNumber } from './option-values.ts';
import { printRows } from './output.ts';
import { progressLine } from './progress.ts';
import { shopExperiment } from './shop-experiment.ts';

interface Options {
  readonly data?: string;
  readonly out?: string;
  readonly agents: readonly string[];
  readonly seed: number;
  readonly seeds: number;
  readonly interactions: number;
  readonly simulate: boolean;
  readonly json: boolean;
}

/** `tendril report`: judges, simulates, and writes what it found as pictures and one page. */
export function reportCommand(command: Command): void {
  command
    .description(
      'Judges agents on the shop, lets them learn in a simulated one, reads the reviews, and writes report.html (one self-contained page), each picture as SVG and PNG, and report.json with every number. Works beside a running server.',
    )
    .option('--data <dir>', 'an imported shop (default: $TENDRIL_DATA or ./tendril-data)')
    .option('--out <dir>', 'where to write (default: reports/ in the data directory)')
    .option('--agents <names>', 'judged on the shop, separated by commas', names, reportAgents)
    .option('--interactions <n>', 'slates an agent learns from in the simulated shop', positiveWhole, 20_000)
    .option('--seeds <n>', 'training runs of each agent there', positiveWhole, 3)
    .option('--no-simulate', 'leave the simulated shop out')
    .option('--seed <n>', 'of everything drawn by chance', wholeNumber, 1)
    .option('--json', 'the files written, one JSON object a line', false)
    .addHelpText('after', '\nExample:\n  $ tendril report --data my-shop --out my-report')
    .action(report);
}

/** Judged on the shop's own interactions where nobody names others. */
export const reportAgents: string[] = [
  'popularity',
  'recent-popularity',
  'markov',
  'item-knn',
  'markov+item-knn',
  'recent-popularity+markov+item-knn',
];

async function report(options: Options): Promise<void> {
  const { seed, seeds, interactions } = options;
  const directory = openDataDirectory(dataPath(options.data));
  const log = await sqliteLog(directory.logPath, { readOnly: true });
  const line = progressLine('report');
  let opened: Promise<Engine> | undefined;
  const engine = (): Promise<Engine> => {
    opened ??= openEngine();
    return opened;
  };
  try {
    const { name, notes, isDemo } = reportedShop(directory.path);
    let share = 0;
    const made = await fullReport(log, {
      name,
      notes,
      registry: directoryRegistry(directory.modelsPath),
      engine,
      agents: options.agents,
      seed,
      now: Date.now,
      progress(stage, done, total) {
        share = done / total;
        line.report(Math.round(100 * share), 100, stage);
      },
      ...(isDemo && { reviews: demoReviews() }),
      ...(options.simulate && {
        simulate: shopExperiment({
          seed,
          seeds,
          interactions,
          engine,
          progress: (done, total, note = '') =>
            line.report(Math.round(100 * (share + ((1 - share) * done) / total)), 100, `simulating ${note}`),
        }),
      }),
    });
    const files = await writeReport(made, options.out ?? directory.reportsPath);
    line.done();
    printRows(
      files.map((file) => ({ file })),
      options.json,
    );
  } finally {
    line.done();
    await log.close();
  }
}
