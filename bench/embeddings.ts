/**
 * What shoppers' embeddings are worth to agents that read observations: `node bench/embeddings.ts [agents]` on the example
 * shop, `TENDRIL_DATASETS=... node bench/embeddings.ts [agents] musical-instruments` on real reviews. Each shopper's last
 * interaction is held back and ranked against the whole catalogue. The same seeds with and without; the interval is of the
 * paired differences.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importFiles, openDataDirectory, openEngine, sqliteLog } from '../src/adapters/index.ts';
import { agentNamed } from '../src/agent/index.ts';
import { readShop, type ShopData, trainOnShop } from '../src/learn/index.ts';
import { pairedTInterval, tInterval } from '../src/measure/index.ts';
import { datasets, merged, record, rounded } from './record.ts';

const shops = {
  example: {
    format: 'csv' as const,
    file: () => join(import.meta.dirname, '..', 'examples', 'events.csv'),
    about: 'examples/events.csv: 3,266 interactions of 120 simulated shoppers',
  },
  'musical-instruments': {
    format: 'amazon' as const,
    file: () => join(datasets(), 'amazon-musical-instruments-5core', 'reviews_Musical_Instruments_5.json.gz'),
    about: 'Amazon Musical Instruments, 5-core: 10,261 reviews, 1,429 shoppers, 900 products',
  },
};
const shop = (process.argv[3] ?? 'example') as keyof typeof shops;
const { format, file } = shops[shop];
const seeds = [1, 2, 3, 4, 5];
const sizes = [8, 16];
/** Bandits read a row for each item: all of the history as one-hot would be 18,000 numbers an item. */
const lessons: Readonly<Record<string, { settings: Record<string, unknown>; steps: number; parts: string }>> =
  {
    'lin-ucb': { settings: { alpha: 0.3 }, steps: 20_000, parts: 'features' },
    thompson: { settings: {}, steps: 20_000, parts: 'features' },
    dqn: { settings: {}, steps: 6_000, parts: 'all' },
  };
const wanted = process.argv[2]?.split(',') ?? Object.keys(lessons);

const path = mkdtempSync(join(tmpdir(), 'tendril-embeddings-'));
try {
  const directory = openDataDirectory(path, { create: true });
  const log = await sqliteLog(directory.logPath);
  await importFiles(log, {
    format,
    files: [file()],
    rejectsPath: directory.rejectsPath,
    now: Date.now(),
  });
  const plain = await readShop(log);
  const engine = await openEngine();
  const rows: Record<string, unknown>[] = [];
  const run = async (name: string, data: ShopData, seed: number): Promise<Record<string, number>> => {
    const { settings, steps, parts } = lessons[name]!;
    const read = data.encoder.embeddings ? `${parts},embedding` : parts;
    const { manifest } = await trainOnShop(log, data, {
      definition: agentNamed(name),
      settings: { ...settings, ...(parts !== 'all' && { features: read }) },
      seed,
      now: 0,
      steps,
      engine,
    });
    return manifest.metrics as Record<string, number>;
  };
  for (const name of wanted) {
    const without: Record<string, number>[] = [];
    for (const seed of seeds) without.push(await run(name, plain, seed));
    for (const size of sizes) {
      const data = await readShop(log, { embeddings: size });
      const joined: Record<string, number>[] = [];
      for (const seed of seeds) joined.push(await run(name, data, seed));
      const figures = ['ndcg@10', 'hr@10'].map((figure) => {
        const [a, b] = [joined, without].map((runs) => runs.map((metrics) => metrics[figure]!));
        const { mean, low, high } = pairedTInterval(a!, b!);
        return [
          [figure, rounded(tInterval(a!).mean)],
          [`${figure} without`, rounded(tInterval(b!).mean)],
          [`${figure} gain`, [mean, low, high].map(rounded)],
        ];
      });
      rows.push({
        shop,
        agent: name,
        embeddings: size,
        steps: lessons[name]!.steps,
        ...Object.fromEntries(figures.flat()),
      });
      console.log(JSON.stringify(rows.at(-1)));
    }
  }
  await log.close();
  const all = merged('embeddings', rows, ['shop', 'agent', 'embeddings']);
  record('embeddings', {
    command: 'node bench/embeddings.ts',
    data: [...new Set(all.map((row) => row.shop as keyof typeof shops))]
      .map((one) => shops[one].about)
      .join('; '),
    seeds,
    notes: [
      'bandits read the parts features (and embedding), dqn everything; gain: mean of the paired differences with its 95 % t-interval over the seeds',
    ],
    rows: all,
  });
} finally {
  rmSync(path, { recursive: true, force: true });
}
