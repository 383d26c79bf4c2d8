/**
 * `TENDRIL_DATASETS=... node bench/related.ts`: what the `related` lists of Amazon's metadata are worth, on the part of
 * Digital Music that comes with them: every agent with and without them, leave one out and global time split. Writes
 * bench/results/related.json.
 *
 * An ablation, not a headline: the lists were crawled in 2014, after the reviews that are foretold here, and they were
 * made of purchases, some of which these reviews are of.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importFiles, openDataDirectory, sqliteLog } from '../src/adapters/index.ts';
import { agentNamed } from '../src/agent/index.ts';
import { rng } from '../src/core/index.ts';
import { type Evaluation, evaluateSequences, leaveOneOut, timeSplit } from '../src/eval/index.ts';
import { readShop, type ShopData } from '../src/learn/index.ts';
import { gainsOf, pairedBootstrap } from '../src/measure/index.ts';
import { datasets, record, rounded } from './record.ts';

const seed = 1;
const folder = join(datasets(), 'amazon-digital-music-partial');
const pairs = [
  ['popularity', 'related'],
  ['markov', 'markov+related'],
  ['item-knn', 'item-knn+related'],
  ['markov+item-knn', 'markov+item-knn+related'],
] as const;

const shop = await importedShop();
const reviewed = shop.sequences.itemCount;
const rows: Record<string, unknown>[] = [];
for (const split of [leaveOneOut(shop.sequences), timeSplit(shop.sequences)]) {
  const judge = (agent: string): Promise<Evaluation> =>
    evaluateSequences(agentNamed(agent), {
      split,
      k: 10,
      seed,
      graph: shop.graph,
      now: () => performance.now(),
    });
  for (const [without, withGraph] of pairs) {
    const [a, b] = [await judge(without), await judge(withGraph)];
    const { low, high } = pairedBootstrap(
      gainsOf('ndcg', b.ranked.ranks, 10),
      gainsOf('ndcg', a.ranked.ranks, 10),
      rng(seed),
    );
    rows.push(row(split.protocol, without, a), {
      ...row(split.protocol, withGraph, b),
      'ndcg@10 above the row before': [rounded(low), rounded(high)],
    });
    for (const line of rows.slice(-2))
      console.log(`${line.protocol} ${line.agent}: hr@10 ${line['hr@10']} ndcg@10 ${line['ndcg@10']}`);
  }
}
record('related', {
  command: 'node bench/related.ts',
  data: `Amazon product data 2014, Digital Music, first part of the files: ${shop.sequences.items.length} reviews of ${shop.sequences.n} shoppers, ${reviewed} products in the catalogue, ${shop.graph.size} edges among them`,
  seeds: [seed],
  notes: [
    'Whole catalogue, items of the history masked, ties at mid-rank; settings picked on validation.',
    'The lists were crawled after the reviews that are foretold and know of purchases behind them: what they add here is more than they could have added then.',
    'ndcg@10 above the row before: 95 % paired bootstrap over the cases.',
    'The files are cut off in the order of products, so histories have gaps.',
  ],
  rows,
});

async function importedShop(): Promise<ShopData> {
  const temporary = mkdtempSync(join(tmpdir(), 'tendril-related-'));
  const directory = openDataDirectory(join(temporary, 'shop'), { create: true });
  const log = await sqliteLog(directory.logPath);
  try {
    await importFiles(log, {
      format: 'amazon',
      files: ['meta_Digital_Music.head.json.gz', 'reviews_Digital_Music_5.head.json.gz'].map((file) =>
        join(folder, file),
      ),
      rejectsPath: directory.rejectsPath,
      now: Date.now(),
    });
    return await readShop(log);
  } finally {
    await log.close();
    rmSync(temporary, { recursive: true });
  }
}

function row(
  protocol: string,
  agent: string,
  { figures, cases, report }: Evaluation,
): Record<string, unknown> {
  const shown = Object.entries(figures).map(([name, value]) => [name, rounded(value)]);
  return { protocol, agent, cases, ...Object.fromEntries(shown), report };
}
