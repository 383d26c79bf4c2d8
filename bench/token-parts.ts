/**
 * `TENDRIL_DATASETS=... node bench/token-parts.ts [sets] [seeds]`: what pauses, prices and the sentiment of reviews add to
 * the tokens of the agent `transformer`. Up to three imported shops, leave one out, whole catalogue: with each part that the
 * shop tells, with all of them, and with none; differences to none are paired over shoppers, gains averaged over seeds
 * (bench/results/token-parts.json).
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openEngine } from '../src/adapters/index.ts';
import { agentNamed } from '../src/agent/index.ts';
import { rng } from '../src/core/index.ts';
import { evaluateSequences, leaveOneOut } from '../src/eval/index.ts';
import { gainsOf, pairedBootstrap } from '../src/measure/index.ts';
import { importedShop } from './imported-shop.ts';
import { datasets, merged, record, rounded } from './record.ts';

const sets: Record<string, { format: string; data: string; files: string[]; parts: string[] }> = {
  'musical-instruments': {
    format: 'amazon',
    data: 'Amazon product data 2014, Musical Instruments',
    files: ['amazon-musical-instruments-5core/reviews_Musical_Instruments_5.json.gz'],
    parts: ['timeGaps', 'reviewSentiment'],
  },
  'digital-music': {
    format: 'amazon',
    data: 'Amazon product data 2014, Digital Music in part',
    files: ['reviews_Digital_Music_5.head.json.gz', 'meta_Digital_Music.head.json.gz'].map((name) =>
      join('amazon-digital-music-partial', name),
    ),
    parts: ['timeGaps', 'priceBuckets', 'reviewSentiment'],
  },
  'movielens-100k': {
    format: 'movielens',
    data: 'MovieLens 100k',
    files: ['inter', 'item', 'user'].map((name) => join('movielens-100k', `ml-100k.${name}.gz`)),
    parts: ['timeGaps'],
  },
};
const [wanted = Object.keys(sets).join(), seeds = '1,2,3'] = process.argv.slice(2);
const root = datasets();
mkdirSync(join(import.meta.dirname, 'results'), { recursive: true });

for (const name of wanted.split(',')) {
  const { format, files, parts } = sets[name]!;
  const shop = await importedShop(
    format,
    files.map((file) => join(root, file)),
  );
  const choices = [[], ...parts.map((part) => [part]), ...(parts.length > 1 ? [parts] : [])];
  let none: Float64Array | undefined;
  for (const choice of choices) {
    const sum: Record<string, number> = {};
    const all = seeds.split(',').map(Number);
    let gains: Float64Array | undefined;
    for (const seed of all) {
      const { figures, report, ranked } = await evaluateSequences(agentNamed('transformer'), {
        split: leaveOneOut(shop.sequences),
        k: 10,
        seed,
        settings: { threads: 1, ...Object.fromEntries(choice.map((part) => [part, true])) },
        items: shop.features,
        now: () => performance.now(),
        engine: openEngine,
      });
      for (const [figure, value] of Object.entries({
        'hr@10': figures['hr@10']!,
        'ndcg@10': figures['ndcg@10']!,
        'validation.ndcg@10': report['validation.ndcg@10']!,
      }))
        sum[figure] = (sum[figure] ?? 0) + value / all.length;
      const ndcg = gainsOf('ndcg', ranked.ranks, 10);
      gains ??= new Float64Array(ndcg.length);
      ndcg.forEach((gain, c) => {
        gains![c]! += gain / all.length;
      });
    }
    none ??= gains;
    const { mean, low, high } = pairedBootstrap(gains!, none!, rng(1));
    const row = {
      set: name,
      parts: choice.join(' + ') || 'none',
      cases: gains!.length,
      ...Object.fromEntries(Object.entries(sum).map(([figure, value]) => [figure, rounded(value)])),
      'ndcg@10 above none': [mean, low, high].map(rounded),
    };
    console.log(JSON.stringify(row));
    const rows = merged('token-parts', [row], ['set', 'parts']);
    record('token-parts', {
      command: 'node bench/token-parts.ts',
      data: `As imported: ${[...new Set(rows.map((one) => String(one.set)))].map((one) => sets[one]!.data).join('; ')}`,
      seeds: all,
      notes: [
        'Leave one out, whole catalogue, items of the history masked; default settings of the agent. Sentiment is of reviews before the judged interactions.',
      ],
      rows,
    });
  }
}
