/**
 * `TENDRIL_DATASETS=... node bench/tuning.ts [agents]`: the same budget for each traditional agent, six settings on the validation part of
 * Beauty, the first of them its defaults (bench/results/tuning.json). Nothing is judged on the test. Beside each setting the difference to the
 * defaults with the bounds of a paired bootstrap over shoppers, not corrected for being five.
 */
import { join } from 'node:path';
import { openEngine, readSequenceFile } from '../src/adapters/index.ts';
import { agentNamed } from '../src/agent/index.ts';
import { rng } from '../src/core/index.ts';
import { evaluateSequences, leaveOneOut } from '../src/eval/index.ts';
import { gainsOf, pairedBootstrap } from '../src/measure/index.ts';
import { datasets, merged, record, rounded } from './record.ts';

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
};

const root = datasets();
const [names = Object.keys(tried).join()] = process.argv.slice(2);
const [k, seed] = [10, 1];
const engine = await openEngine();
const whole = leaveOneOut(
  await readSequenceFile(join(root, 's3rec-amazon-sequences', 'Beauty.txt.gz'), new Map()),
);
const split = { ...whole, test: whole.validation };
const rows: Record<string, unknown>[] = [];

for (const name of names.split(',')) {
  const settings = tried[name];
  if (!settings) throw new Error(`nothing to try for "${name}"; accepted: ${Object.keys(tried).join(', ')}`);
  let defaults: Float64Array | undefined;
  for (const setting of settings) {
    const { figures, fitSeconds, ranked } = await evaluateSequences(agentNamed(name), {
      split,
      k,
      seed,
      settings: setting,
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
      fitSeconds: rounded(fitSeconds),
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
      'Six settings for each agent, the same number for all; profileDecay is picked in each fit on the same validation part.',
      'Above: the mean difference over shoppers, with the bounds of a paired bootstrap over shoppers (1,000 resamples).',
    ],
    rows: merged('tuning', rows, ['agent', 'setting']),
  });
}
