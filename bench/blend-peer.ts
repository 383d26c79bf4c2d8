/**
 * `TENDRIL_DATASETS=... node bench/blend-peer.ts MODELS RANKS [sets] [seeds] [agent.setting=value ...]`: learned blends with a
 * transformer above a blend measured outside this repository, by a paired bootstrap over shoppers (bench/results/blend-peer.json).
 * RANKS is a folder with the peer's ranks in SET.json, as bench/peers/blend_ranks.py leaves them; MODELS the folder of
 * trained agents that bench/blend.ts keeps.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openEngine, readSequenceFile } from '../src/adapters/index.ts';
import { type AgentDefinition, agentNamed, blendOf } from '../src/agent/index.ts';
import { rng } from '../src/core/index.ts';
import { evaluateSequences, leaveOneOut } from '../src/eval/index.ts';
import { gainsOf, pairedBootstrap } from '../src/measure/index.ts';
import { datasets, merged, record, rounded } from './record.ts';
import { settingsAsked, trainedAgent } from './trained-agent.ts';

interface Peer {
  /** Processor time it took, all in all. */
  readonly minutes: number;
  readonly targets: readonly number[];
  readonly ranks: readonly number[];
}

const root = datasets();
const [models, folder, chosen = 'Beauty,Sports_and_Outdoors,Toys_and_Games', numbers = '1,2,3', ...given] =
  process.argv.slice(2);
if (models === undefined || folder === undefined) {
  console.error('name the folder of trained transformers and the folder of the ranks of the peer');
  process.exit(2);
}
const seeds = numbers.split(',').map(Number);
const settings = settingsAsked('transformer', given);
const k = 10;
const engine = await openEngine();

for (const set of chosen.split(',')) {
  const peer: Peer = JSON.parse(readFileSync(join(folder, `${set}.json`), 'utf8'));
  const sequences = await readSequenceFile(join(root, 's3rec-amazon-sequences', `${set}.txt.gz`), new Map());
  const split = leaveOneOut(sequences);
  const { targets } = split.test;
  if (targets.length !== peer.targets.length || targets.some((item, u) => item !== peer.targets[u]))
    throw new Error(`${set}: the peer was judged on other items or on shoppers in another order`);
  const kept = { models, set, split, engine };
  const counts = ['markov', 'item-knn'].map(agentNamed);
  const ease = await trainedAgent({ ...kept, agent: 'ease', seed: 1, settings: {} });
  for (const [agent, more] of [
    ['markov+item-knn+transformer', []],
    ['markov+item-knn+ease+transformer', [ease]],
  ] as [string, AgentDefinition[]][]) {
    const found: ArrayLike<number>[] = [];
    for (const seed of seeds) {
      const trained = await trainedAgent({ ...kept, agent: 'transformer', seed, settings });
      const { ranked } = await evaluateSequences(blendOf([...counts, ...more, trained]), {
        split,
        k,
        seed,
        settings: {},
        now: () => process.cpuUsage().user / 1000,
        engine: async () => engine,
      });
      found.push(ranked.ranks);
      keep([row(set, agent, seed, [ranked.ranks], peer)]);
    }
    if (seeds.length > 1) keep([row(set, agent, `mean of ${seeds.join(', ')}`, found, peer)]);
  }
}

/** What the blend has and the peer, and the mean difference of shoppers with its bounds; gains of several seeds are averaged shopper by shopper. */
function row(
  set: string,
  agent: string,
  seed: number | string,
  found: readonly ArrayLike<number>[],
  peer: Peer,
): Record<string, unknown> {
  const meanOf = (values: Float64Array): number => values.reduce((sum, x) => sum + x / values.length, 0);
  const figures = (['hr', 'ndcg'] as const).flatMap((gain) => {
    const each = found.map((ranks) => gainsOf(gain, ranks, k));
    const own = each[0]!.map((_, u) => each.reduce((sum, values) => sum + values[u]! / each.length, 0));
    const theirs = gainsOf(gain, peer.ranks, k);
    const { mean, low, high } = pairedBootstrap(own, theirs, rng(1));
    return [
      [`${gain}@10`, meanOf(own)],
      [`${gain}@10 of the peer`, meanOf(theirs)],
      [`${gain}@10 above the peer`, mean],
      [`${gain}@10 above low`, low],
      [`${gain}@10 above high`, high],
    ] as [string, number][];
  });
  const rest = figures.map(([name, value]) => [name, rounded(value)]);
  return {
    set,
    agent,
    seed,
    cases: peer.ranks.length,
    ...Object.fromEntries(rest),
    peerMinutes: peer.minutes,
  };
}

function keep(rows: readonly Record<string, unknown>[]): void {
  console.log(JSON.stringify(rows[0]));
  record('blend-peer', {
    command: 'node bench/blend-peer.ts MODELS RANKS',
    data: 'Amazon product data 2014 as prepared for S3-Rec: each row says which file',
    seeds,
    notes: [
      'Leave one out as in blend.json. The peer: a small PyTorch transformer with a Markov chain and item-KNN, weights from a grid, one seed, learned anew for this row on a shared machine and ended after peerMinutes of processor time (bench/peers/blend_ranks.py); its code is not part of this repository.',
      'Above: the mean difference over shoppers, with the bounds of a paired bootstrap over shoppers (1,000 resamples). Chance in the training of the peer, of which there is one seed, is not in the bounds.',
      ...(given.length > 0 ? [`The transformer: its defaults but ${given.join(', ')}.`] : []),
    ],
    rows: merged('blend-peer', rows, ['set', 'agent', 'seed']),
  });
}
