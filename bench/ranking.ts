/**
 * `TENDRIL_DATASETS=... node bench/ranking.ts [s3rec|sessions|all] [agents]`: next-item prediction on public data, one
 * row for each agent and data set.
 *
 *   s3rec     leave one out on the three S3-Rec files (bench/results/s3rec.json)
 *   sessions  all prefixes of the test sessions of Diginetica and RetailRocket (bench/results/sessions.json), with the
 *             most frequent next item counted plainly beside it, to show that the files are read as others read them
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openEngine, readSequenceFile } from '../src/adapters/index.ts';
import { agentNamed, agents } from '../src/agent/index.ts';
import type { Sequences } from '../src/core/index.ts';
import { evaluateSequences, leaveOneOut, type Split, sessionSplit } from '../src/eval/index.ts';
import { datasets, record, rounded } from './record.ts';

const root = datasets();
const seed = 1;
const [what = 'all', named] = process.argv.slice(2);
const counting = [
  'random',
  'popularity',
  'recent-popularity',
  'markov',
  'item-knn',
  'als',
  'markov+item-knn',
];
const names =
  named?.split(',') ??
  counting.filter((name) => name.includes('+') || agents.some((agent) => agent.name === name));

mkdirSync(join(import.meta.dirname, 'results'), { recursive: true });
if (what !== 'sessions') await s3rec();
if (what !== 's3rec') await sessions();

async function s3rec(): Promise<void> {
  const rows = [];
  for (const set of ['Beauty', 'Sports_and_Outdoors', 'Toys_and_Games']) {
    const sequences = await readSequenceFile(
      join(root, 's3rec-amazon-sequences', `${set}.txt.gz`),
      new Map(),
    );
    rows.push(...(await judge(set, leaveOneOut(sequences), 10)));
  }
  record('s3rec', {
    command: 'node bench/ranking.ts s3rec',
    data: 'Amazon product data 2014 as prepared for S3-Rec: Beauty, Sports_and_Outdoors, Toys_and_Games',
    seeds: [seed],
    notes: [
      'Leave one out; fitted on all but the last two items of each shopper, also for the test; whole catalogue, items of the history masked, ties at mid-rank.',
      'The times of this data have the resolution of a day, and items of one day stand in the order of the catalogue: part of every score here is the order of the file.',
    ],
    rows,
  });
}

async function sessions(): Promise<void> {
  const rows = [];
  for (const [set, minPrefix] of [
    ['diginetica-sessions', 1],
    ['retailrocket-sessions', 2],
  ] as const) {
    const numbers = new Map<string, number>();
    const read = (part: string): Promise<Sequences> =>
      readSequenceFile(join(root, set, `${part}_sessions.txt.gz`), numbers, { users: false });
    const [train, test] = [await read('train'), await read('test')];
    const itemCount = numbers.size;
    const split = sessionSplit({ ...train, itemCount }, { ...test, itemCount }, { minPrefix });
    rows.push({ set, ...mostFrequentNext(train, split) });
    rows.push(...(await judge(set, split, 20)));
  }
  record('sessions', {
    command: 'node bench/ranking.ts sessions',
    data: 'Diginetica (CIKM Cup 2016) and RetailRocket sessions as prepared by others, files train_sessions and test_sessions',
    seeds: [seed],
    notes: [
      'Every prefix of a test session (RetailRocket: of two or more) predicts the next item; whole catalogue, nothing masked, ties at mid-rank.',
      'most-frequent-next is counted plainly: ties by first appearance, nothing recommended beyond what was seen to follow.',
    ],
    rows,
  });
}

async function judge(set: string, split: Split, k: number): Promise<Record<string, unknown>[]> {
  const rows = [];
  for (const name of names) {
    const definition = agentNamed(name);
    const { figures, report, fitSeconds, scoreSeconds, cases } = await evaluateSequences(definition, {
      split,
      k,
      seed,
      now: () => performance.now(),
      ...(definition.consumes === 'transitions' && { engine: openEngine }),
    });
    const row = {
      set,
      agent: name,
      ...Object.fromEntries(Object.entries(figures).map(([figure, value]) => [figure, rounded(value)])),
      cases,
      fitSeconds: rounded(fitSeconds),
      scoreSeconds: rounded(scoreSeconds),
      report,
    };
    rows.push(row);
    const [a, b] = k === 10 ? ['hr@10', 'ndcg@10'] : ['recall@20', 'mrr@20'];
    console.log(
      `${set} ${name}: ${a} ${figures[a!]!.toFixed(4)} ${b} ${figures[b!]!.toFixed(4)}, fit ${fitSeconds.toFixed(2)} s, judge ${scoreSeconds.toFixed(1)} s`,
    );
  }
  return rows;
}

/** The twenty items that most often came next after the last one, as papers count it. */
function mostFrequentNext({ n, offsets, items }: Sequences, { test }: Split): Record<string, unknown> {
  const following = new Map<number, Map<number, number>>();
  for (let u = 0; u < n; u++) {
    for (let p = offsets[u]!; p + 1 < offsets[u + 1]!; p++) {
      const next = following.get(items[p]!) ?? new Map<number, number>();
      following.set(items[p]!, next.set(items[p + 1]!, (next.get(items[p + 1]!) ?? 0) + 1));
    }
  }
  const lists = new Map(
    [...following].map(([item, next]) => [
      item,
      [...next]
        .sort((a, b) => b[1] - a[1])
        .slice(0, 20)
        .map(([other]) => other),
    ]),
  );
  let hits = 0;
  let reciprocal = 0;
  test.rows.forEach((row, c) => {
    const last = test.sequences.items[test.sequences.offsets[row]! + test.ends[c]! - 1]!;
    const rank = lists.get(last)?.indexOf(test.targets[c]!) ?? -1;
    if (rank < 0) return;
    hits++;
    reciprocal += 1 / (rank + 1);
  });
  const cases = test.rows.length;
  console.log(
    `most-frequent-next: recall@20 ${(hits / cases).toFixed(4)} mrr@20 ${(reciprocal / cases).toFixed(4)}`,
  );
  return {
    agent: 'most-frequent-next',
    'recall@20': rounded(hits / cases),
    'mrr@20': rounded(reciprocal / cases),
    cases,
  };
}
