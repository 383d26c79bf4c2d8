/**
 * `TENDRIL_DATASETS=... node bench/blend.ts MODELS [sets] [seeds] [agent.setting=value ...] [--blends a+b,...] [--peer RANKS]`:
 * blends of counts, factors and a transformer on the three S3-Rec files, leave one out (bench/results/blend.json), against the
 * fixed blend of counts by a paired bootstrap over shoppers.
 *
 * `transformer`, `bpr` and `ease` take long, so each is trained once and kept in the folder MODELS, which also holds what a killed run left
 * to go on from; blends are given the trained ones and fit everything else. Where MODELS is `-` only counts are blended.
 * RANKS is a folder with the ranks of a blend measured outside this repository in SET.json, as bench/peers/blend_ranks.py leaves them:
 * then each blend is paired with it too, and the mean of the seeds (bench/results/blend-peer.json).
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openEngine, readSequenceFile } from '../src/adapters/index.ts';
import { type AgentDefinition, agentNamed } from '../src/agent/index.ts';
import { rng } from '../src/core/index.ts';
import { type Evaluation, evaluateSequences, leaveOneOut } from '../src/eval/index.ts';
import { gainsOf, pairedBootstrap } from '../src/measure/index.ts';
import { datasets, merged, record, rounded } from './record.ts';
import { settingsAsked, trainedAgent, trainedBlend } from './trained-agent.ts';

/** One blend outside this repository. */
interface Peer {
  /** Processor time it took, all in all. */
  readonly minutes: number;
  readonly targets: readonly number[];
  readonly ranks: readonly number[];
}

const root = datasets();
const { positionals, values: asked } = parseArgs({
  allowPositionals: true,
  options: {
    peer: { type: 'string' },
    blends: {
      type: 'string',
      default: ['', '+als+bpr'].map((more) => `markov+item-knn${more}+transformer`).join(),
    },
  },
});
const [models, chosen = 'Beauty,Sports_and_Outdoors,Toys_and_Games', numbers = '1', ...given] = positionals;
if (models === undefined) {
  console.error('name a folder to keep trained transformers in');
  process.exit(2);
}
const countsOnly = models === '-';
if (!countsOnly) mkdirSync(models, { recursive: true });
const settings = settingsAsked('transformer', given);
const seeds = numbers.split(',').map(Number);
const k = 10;
const engine = await openEngine();
const data = 'Amazon product data 2014 as prepared for S3-Rec: Beauty, Sports_and_Outdoors, Toys_and_Games';
const ofTransformer = `The transformer: its defaults${given.length > 0 ? ` but ${given.join(', ')}` : ''}.`;
const rows: Record<string, unknown>[] = [];
const paired: Record<string, unknown>[] = [];

for (const set of chosen.split(',')) {
  const sequences = await readSequenceFile(join(root, 's3rec-amazon-sequences', `${set}.txt.gz`), new Map());
  const split = leaveOneOut(sequences);
  const peer = peerOf(set, split.test.targets);
  const each = new Map<string, ArrayLike<number>[]>();
  let counts: Evaluation | undefined;
  for (const seed of seeds) {
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
    const two = agentNamed('markov+item-knn');
    // Nothing in it depends on the seed.
    counts ??= await judge(two, { mixture: 'fixed' });
    keep(set, 'markov+item-knn, fixed', seed, counts, counts);
    if (countsOnly) {
      keep(set, 'markov+item-knn', seed, await judge(two), counts);
      save();
      continue;
    }
    const kept = { models, set, split, engine, seed, settings };
    keep(
      set,
      'transformer',
      seed,
      await judge(await trainedAgent({ ...kept, agent: 'transformer' })),
      counts,
    );
    for (const name of asked.blends.split(',')) {
      const found = await judge(await trainedBlend(name, kept));
      keep(set, name, seed, found, counts);
      const soFar = [...(each.get(name) ?? []), found.ranked.ranks];
      each.set(name, soFar);
      if (peer) {
        paired.push(besidePeer(set, name, seed, [found.ranked.ranks], peer));
        if (soFar.length === seeds.length && seeds.length > 1)
          paired.push(besidePeer(set, name, `mean of ${seeds.join(', ')}`, soFar, peer));
        console.log(JSON.stringify(paired.at(-1)));
      }
      save();
    }
  }
}

function save(): void {
  record('blend', {
    command: `node bench/blend.ts ${countsOnly ? '-' : 'MODELS'}`,
    data,
    seeds,
    notes: [
      'Leave one out; fitted on all but the last two items of each shopper, also for the test; whole catalogue, items of the history masked, ties at mid-rank.',
      'The times of this data have the resolution of a day, and items of one day stand in the order of the catalogue: part of every score here is the order of the file.',
      'The gains are over the fixed blend markov+item-knn, of hr@10 and ndcg@10, with the bounds of a paired bootstrap over shoppers (1,000 resamples).',
      ...(countsOnly ? [] : [ofTransformer]),
    ],
    rows: merged('blend', rows, ['set', 'agent', 'seed']),
  });
  if (paired.length === 0) return;
  record('blend-peer', {
    command: 'node bench/blend.ts MODELS --peer RANKS',
    data,
    seeds,
    notes: [
      'Leave one out as in blend.json. The peer: a small PyTorch transformer with a Markov chain and item-KNN, weights from a grid, one seed, learned anew and ended after peerMinutes of processor time (bench/peers/blend_ranks.py); its code is not part of this repository.',
      'Above: the mean difference over shoppers, with the bounds of a paired bootstrap over shoppers (1,000 resamples). Chance in the training of the peer, of which there is one seed, is not in the bounds.',
      ofTransformer,
    ],
    rows: merged('blend-peer', paired, ['set', 'agent', 'seed']),
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

/** The ranks of the peer; throws where it was judged on other items or on shoppers in another order. */
function peerOf(set: string, targets: Int32Array): Peer | undefined {
  if (asked.peer === undefined) return undefined;
  const peer: Peer = JSON.parse(readFileSync(join(asked.peer, `${set}.json`), 'utf8'));
  if (targets.length !== peer.targets.length || targets.some((item, u) => item !== peer.targets[u]))
    throw new Error(`${set}: the peer was judged on other items or on shoppers in another order`);
  return peer;
}

/** What the blend has and the peer, and the mean difference of shoppers with its bounds; gains of several seeds are averaged shopper by shopper. */
function besidePeer(
  set: string,
  agent: string,
  seed: number | string,
  found: readonly ArrayLike<number>[],
  peer: Peer,
): Record<string, unknown> {
  const meanOf = (values: Float64Array): number => values.reduce((sum, x) => sum + x / values.length, 0);
  const figures = (['hr', 'ndcg'] as const).flatMap((gain) => {
    const gains = found.map((ranks) => gainsOf(gain, ranks, k));
    const own = gains[0]!.map((_, u) => gains.reduce((sum, values) => sum + values[u]! / gains.length, 0));
    const theirs = gainsOf(gain, peer.ranks, k);
    const { mean, low, high } = pairedBootstrap(own, theirs, rng(1));
    return [
      [`${gain}@10`, meanOf(own)],
      [`${gain}@10 of the peer`, meanOf(theirs)],
      [`${gain}@10 above`, mean],
      [`${gain}@10 above low`, low],
      [`${gain}@10 above high`, high],
    ] as [string, number][];
  });
  return {
    set,
    agent,
    seed,
    cases: peer.ranks.length,
    ...Object.fromEntries(figures.map(([name, value]) => [name, rounded(value)])),
    peerMinutes: peer.minutes,
  };
}
