/**
 * `TENDRIL_DATASETS=... node bench/blend.ts MODELS [sets] [seeds] [agent.setting=value ...]`: blends of counts and a
 * transformer on the three S3-Rec files, leave one out (bench/results/blend.json), against the fixed blend of counts by a
 * paired bootstrap over shoppers.
 *
 * `transformer` and `ease` take long, so each is trained once and kept in the folder MODELS, which also holds what a killed run left
 * to go on from; blends are given the trained ones and fit everything else. Where MODELS is `-` only counts are blended.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openEngine, readSequenceFile } from '../src/adapters/index.ts';
import { type AgentDefinition, agentNamed, blendOf } from '../src/agent/index.ts';
import { rng } from '../src/core/index.ts';
import { type Evaluation, evaluateSequences, leaveOneOut } from '../src/eval/index.ts';
import { gainsOf, pairedBootstrap } from '../src/measure/index.ts';
import { datasets, merged, record, rounded } from './record.ts';
import { settingsAsked, trainedAgent } from './trained-agent.ts';

const root = datasets();
const [models, chosen = 'Beauty,Sports_and_Outdoors,Toys_and_Games', seeds = '1', ...given] =
  process.argv.slice(2);
if (models === undefined) {
  console.error('name a folder to keep trained transformers in');
  process.exit(2);
}
const countsOnly = models === '-';
if (!countsOnly) mkdirSync(models, { recursive: true });
const settings = settingsAsked('transformer', given);
const k = 10;
const engine = await openEngine();
const rows: Record<string, unknown>[] = [];

for (const set of chosen.split(',')) {
  const sequences = await readSequenceFile(join(root, 's3rec-amazon-sequences', `${set}.txt.gz`), new Map());
  const split = leaveOneOut(sequences);
  for (const seed of seeds.split(',').map(Number)) {
    const judge = (
      definition: AgentDefinition,
      of: Readonly<Record<string, unknown>> = {},
    ): Promise<Evaluation> =>
      evaluateSequences(definition, {
        split,
        k,
        seed,
        settings: of,
        now: () => process.cpuUsage().user / 1000,
        engine: async () => engine,
      });
    const [markov, itemKnn] = ['markov', 'item-knn'].map(agentNamed) as [AgentDefinition, AgentDefinition];
    const counts = await judge(blendOf([markov, itemKnn]), { mixture: 'fixed' });
    keep(set, 'markov+item-knn, fixed', seed, counts, counts);
    keep(set, 'markov+item-knn', seed, await judge(blendOf([markov, itemKnn])), counts);
    save();
    if (countsOnly) continue;
    const kept = { models, set, split, engine };
    const trained = await trainedAgent({ ...kept, agent: 'transformer', seed, settings });
    keep(set, 'transformer', seed, await judge(trained), counts);
    const three = blendOf([markov, itemKnn, trained]);
    keep(set, 'markov+item-knn+transformer, fixed', seed, await judge(three, { mixture: 'fixed' }), counts);
    keep(set, 'markov+item-knn+transformer', seed, await judge(three), counts);
    save();
    const four = blendOf([
      markov,
      itemKnn,
      await trainedAgent({ ...kept, agent: 'ease', seed: 1, settings: {} }),
      trained,
    ]);
    keep(set, 'markov+item-knn+ease+transformer', seed, await judge(four), counts);
    save();
  }
}

function save(): void {
  record('blend', {
    command: `node bench/blend.ts ${countsOnly ? '-' : 'MODELS'}`,
    data: 'Amazon product data 2014 as prepared for S3-Rec: Beauty, Sports_and_Outdoors, Toys_and_Games',
    seeds: seeds.split(',').map(Number),
    notes: [
      'Leave one out; fitted on all but the last two items of each shopper, also for the test; whole catalogue, items of the history masked, ties at mid-rank.',
      'The times of this data have the resolution of a day, and items of one day stand in the order of the catalogue: part of every score here is the order of the file.',
      'The gains are over the fixed blend markov+item-knn, of hr@10 and ndcg@10, with the bounds of a paired bootstrap over shoppers (1,000 resamples).',
      ...(countsOnly
        ? []
        : [`The transformer: its defaults${given.length > 0 ? ` but ${given.join(', ')}` : ''}.`]),
    ],
    rows: merged('blend', rows, ['set', 'agent', 'seed']),
  });
}

function keep(set: string, agent: string, seed: number, found: Evaluation, counts: Evaluation): void {
  const gainOver = (gain: 'hr' | 'ndcg'): Record<string, number> => {
    const [own, theirs] = [found, counts].map(({ ranked }) => gainsOf(gain, ranked.ranks, k));
    const { mean, low, high } = pairedBootstrap(own!, theirs!, rng(1));
    return {
      [`${gain}@10 gain`]: rounded(mean),
      [`${gain}@10 gain low`]: rounded(low),
      [`${gain}@10 gain high`]: rounded(high),
    };
  };
  const row = {
    set,
    agent,
    seed,
    ...Object.fromEntries(Object.entries(found.figures).map(([name, value]) => [name, rounded(value)])),
    ...(found === counts ? {} : { ...gainOver('hr'), ...gainOver('ndcg') }),
    fitSeconds: rounded(found.fitSeconds),
    cases: found.cases,
    report: found.report,
  };
  rows.push(row);
  const { figures } = found;
  console.log(
    `${set} ${agent}, seed ${seed}: hr@10 ${figures['hr@10']!.toFixed(4)} ndcg@10 ${figures['ndcg@10']!.toFixed(4)} debiased ${figures['debiased-hr@10']!.toFixed(4)}, fit ${found.fitSeconds.toFixed(0)} s`,
  );
}
