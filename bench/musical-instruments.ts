/**
 * `TENDRIL_DATASETS=... node bench/musical-instruments.ts [seeds] [agents]`: every agent on the real reviews of Musical
 * Instruments (10,261 reviews, 1,429 shoppers, 900 products), leave one out and global time split, several seeds, with
 * 95 % t-intervals over the seeds. The reviews are imported as a shop would import them; votes and other fields that
 * were crawled later are not looked at, and `content` is not here: the data set has no catalogue. Writes bench/results/musical-instruments.json.
 *
 * With agents named, only their rows are measured again. The interval over seeds says how much chance there is in training; that over cases, in `low` and `high`, how much
 * there is in which shoppers were judged. Count agents draw nothing: their seeds agree.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importFiles, openDataDirectory, openEngine, sqliteLog } from '../src/adapters/index.ts';
import { agentNamed, agents } from '../src/agent/index.ts';
import type { Sequences } from '../src/core/index.ts';
import { rng } from '../src/core/index.ts';
import { type Evaluation, evaluateSequences, leaveOneOut, type Split, timeSplit } from '../src/eval/index.ts';
import { readShop } from '../src/learn/index.ts';
import { gainsOf, pairedBootstrap, tInterval } from '../src/measure/index.ts';
import { datasets, merged, record, rounded } from './record.ts';

const file = join(datasets(), 'amazon-musical-instruments-5core', 'reviews_Musical_Instruments_5.json.gz');
const seeds = Array.from({ length: Number(process.argv[2] ?? 5) }, (_, i) => i + 1);
const contenders = [
  { label: 'random', agent: 'random' },
  { label: 'popularity', agent: 'popularity' },
  { label: 'recent-popularity', agent: 'recent-popularity' },
  { label: 'markov', agent: 'markov' },
  { label: 'item-knn', agent: 'item-knn' },
  { label: 'als', agent: 'als' },
  { label: 'markov+item-knn', agent: 'markov+item-knn' },
  { label: 'q-learning', agent: 'q-learning' },
  { label: 'dqn', agent: 'dqn' },
  { label: 'dqn as printed', agent: 'dqn', settings: { asPrinted: true } },
].filter(
  ({ label, agent }) =>
    (agent.includes('+') || agents.some(({ name }) => name === agent)) &&
    (process.argv[3]?.split(',').includes(label) ?? true),
);

mkdirSync(join(import.meta.dirname, 'results'), { recursive: true });
const shop = await importedShop();
const engine = await openEngine();
const rows: Record<string, unknown>[] = [];
for (const split of [leaveOneOut(shop.sequences), timeSplit(shop.sequences)]) {
  const baseline = await judge(split, 'popularity', {}, 1);
  for (const { label, agent, settings = {} } of contenders) {
    const runs: Evaluation[] = [];
    for (const seed of seeds) runs.push(await judge(split, agent, settings, seed));
    const row = summary(split, label, runs, baseline);
    rows.push(row);
    write();
    console.log(
      `${split.protocol} ${label}: hr@10 ${row['hr@10']} ndcg@10 ${row['ndcg@10']}, fit ${row.fitSeconds} s a seed`,
    );
  }
}
/** After every row, so that a run that is cut short leaves what it has. */
function write(): void {
  record('musical-instruments', {
    command: `node bench/musical-instruments.ts ${seeds.length}`,
    data: 'Amazon product data 2014, Musical Instruments, complete 5-core file, imported by `tendril import amazon`',
    seeds,
    notes: [
      'Whole catalogue, items of the history masked, ties at mid-rank; settings picked on validation; agents that learn from transitions are taught by replay of the training histories with 3 items not taken for each item taken.',
      'Times have the resolution of a day: in leave one out, reviews of one day stand in the order of the file; in the time split they do not see each other.',
    ],
    rows: merged('musical-instruments', rows, ['protocol', 'agent']),
  });
}

async function importedShop(): Promise<{ sequences: Sequences }> {
  const folder = mkdtempSync(join(tmpdir(), 'tendril-musical-'));
  const directory = openDataDirectory(join(folder, 'shop'), { create: true });
  const log = await sqliteLog(directory.logPath);
  try {
    await importFiles(log, {
      format: 'amazon',
      files: [file],
      rejectsPath: directory.rejectsPath,
      now: Date.now(),
    });
    return await readShop(log);
  } finally {
    await log.close();
    rmSync(folder, { recursive: true });
  }
}

function judge(
  split: Split,
  agent: string,
  settings: Record<string, unknown>,
  seed: number,
): Promise<Evaluation> {
  const definition = agentNamed(agent);
  return evaluateSequences(definition, {
    split,
    k: 10,
    seed,
    settings,
    now: () => performance.now(),
    ...(definition.needsEngine && { engine: async () => engine }),
  });
}

function summary(
  split: Split,
  label: string,
  runs: readonly Evaluation[],
  baseline: Evaluation,
): Record<string, unknown> {
  const row: Record<string, unknown> = { protocol: split.protocol, agent: label, cases: runs[0]!.cases };
  for (const name of Object.keys(runs[0]!.figures)) {
    const { mean, low, high } = tInterval(runs.map(({ figures }) => figures[name]!));
    row[name] = rounded(mean);
    if ((name === 'hr@10' || name === 'ndcg@10') && Number.isFinite(low))
      row[`${name} over seeds`] = [rounded(low), rounded(high)];
  }
  const gains = (run: Evaluation): Float64Array => gainsOf('ndcg', run.ranked.ranks, 10);
  const { low, high, p } = pairedBootstrap(gains(runs[0]!), gains(baseline), rng(1));
  row['ndcg@10 above popularity'] = { low: rounded(low), high: rounded(high), p: rounded(p) };
  row.fitSeconds = rounded(runs.reduce((sum, run) => sum + run.fitSeconds, 0) / runs.length);
  row.report = runs[0]!.report;
  return row;
}
