/**
 * `TENDRIL_DATASETS=... node bench/tuning.ts [agents]`: the same budget for each agent that says what comes next, six settings on the
 * validation part of Beauty, the first of them its defaults (bench/results/tuning.json). Nothing is judged on the test. Beside each setting the
 * difference to the defaults with the bounds of a paired bootstrap over shoppers, not corrected for being five. TENDRIL_MODELS names a folder
 * where networks are kept, so that a run that was ended goes on.
 */
import { join } from 'node:path';
import { openEngine, readSequenceFile } from '../src/adapters/index.ts';
import { agentNamed } from '../src/agent/index.ts';
import { rng } from '../src/core/index.ts';
import { evaluateSequences, leaveOneOut } from '../src/eval/index.ts';
import { gainsOf, pairedBootstrap } from '../src/measure/index.ts';
import { datasets, merged, record, rounded } from './record.ts';
import { attributesOf } from './s3rec-attributes.ts';
import { trainedAgent } from './trained-agent.ts';
import { always } from './tuned.ts';

const recurrent = [
  {},
  { learningRate: 0.003 },
  { learningRate: 0.003, dropout: 0.4 },
  { learningRate: 0.003, dropout: 0.05 },
  { learningRate: 0.01 },
  { learningRate: 0.003, width: 128 },
];
const tried: Readonly<Record<string, readonly Readonly<Record<string, number>>[]>> = {
  markov: [{}, { window: 5 }, { window: 20 }, { decay: 0.6 }, { decay: 0.9 }, { window: 20, decay: 0.9 }],
  'item-knn': [{}, { shrink: 0 }, { shrink: 3 }, { shrink: 30 }, { shrink: 100 }, { shrink: 300 }],
  ease: [{}, ...[50, 100, 400, 800, 1600].map((regularisation) => ({ regularisation }))],
  als: [
    {},
    { factors: 64 },
    { factors: 256 },
    { alpha: 30 },
    { regularisation: 10 },
    { regularisation: 100 },
  ],
  bpr: [
    {},
    { factors: 128 },
    { passes: 120 },
    { learningRate: 0.05 },
    { regularisation: 0.003 },
    { regularisation: 0.03 },
  ],
  content: [{}, ...[0, 0.25, 1, 2, 4].map((categoryWeight) => ({ categoryWeight }))],
  transformer: [
    {},
    { dropout: 0.3 },
    { learningRate: 0.001 },
    { width: 128 },
    { blocks: 1 },
    { rowRate: 0.1, patience: 10 },
  ],
  gru: recurrent,
  lstm: recurrent,
};

const root = datasets();
const [names = Object.keys(tried).join()] = process.argv.slice(2);
const [k, seed] = [10, 1];
const engine = await openEngine();
const models = process.env.TENDRIL_MODELS;
const set = 'Beauty';
const numbers = new Map<string, number>();
const whole = leaveOneOut(
  await readSequenceFile(join(root, 's3rec-amazon-sequences', `${set}.txt.gz`), numbers),
);
const items = attributesOf(root, set, numbers);
const split = { ...whole, test: whole.validation };
const rows: Record<string, unknown>[] = [];

for (const name of names.split(',')) {
  const settings = tried[name];
  if (!settings) throw new Error(`nothing to try for "${name}"; accepted: ${Object.keys(tried).join(', ')}`);
  let defaults: Float64Array | undefined;
  for (const setting of settings) {
    const all = { ...always[name], ...setting };
    const kept = models && ['transformer', 'gru', 'lstm'].includes(name) ? models : undefined;
    const definition = kept
      ? await trainedAgent({ models: kept, agent: name, set, seed, split, settings: all, engine })
      : agentNamed(name);
    const { figures, fitSeconds, ranked, report } = await evaluateSequences(definition, {
      split,
      k,
      seed,
      settings: all,
      ...(name === 'content' && { items }),
      now: () => process.cpuUsage().user / 1000,
      engine: async () => engine,
    });
    const gains = gainsOf('ndcg', ranked.ranks, k);
    defaults ??= gains;
    const above = gains === defaults ? undefined : pairedBootstrap(gains, defaults, rng(1));
    rows.push({
      agent: name,
      setting:
        Object.entries(setting)
          .map(([key, value]) => `${key}=${value}`)
          .join(' ') || 'defaults',
      'hr@10': rounded(figures['hr@10']!),
      'ndcg@10': rounded(figures['ndcg@10']!),
      ...(above && {
        'ndcg@10 above defaults': rounded(above.mean),
        'above low': rounded(above.low),
        'above high': rounded(above.high),
      }),
      fitSeconds: rounded(fitSeconds + (Number(report.trainingSeconds) || 0)),
    });
    console.log(JSON.stringify(rows.at(-1)));
    save();
  }
}

function save(): void {
  record('tuning', {
    command: 'node bench/tuning.ts',
    data: 'Amazon product data 2014 as prepared for S3-Rec: Beauty; learned on all but the last two items of each shopper, judged on the last but one',
    seeds: [seed],
    notes: [
      'Six settings for each agent, the same number for all; profileDecay is picked and networks stop in each fit on the same validation part.',
      'Networks have threads=1; content knows the attributes that came with the files, priceWeight=0.',
      'Above: the mean difference over shoppers, with the bounds of a paired bootstrap over shoppers (1,000 resamples).',
    ],
    rows: merged('tuning', rows, ['agent', 'setting']),
  });
}
