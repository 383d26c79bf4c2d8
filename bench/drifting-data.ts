/**
 * Public data in time order, cut into a first half and five tenths, for what an agent forgets and learns on the way.
 *
 *   movielens-100k                               every rating an interaction; some shoppers come back, films have titles and genres
 *   diginetica-sessions, retailrocket-sessions   sessions that each stand once, products that are numbers and nothing more
 *
 * The files of sessions tell no times, but their lines are in time order: the nearer two twentieths of the file, the more of what is
 * taken in them is the same, and the later, by and large, the nearer to the test, which is the last week (docs/agents/transformer.md has the figures).
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { readSequenceFile } from '../src/adapters/index.ts';
import { catalogue, type ItemFeatures } from '../src/core/index.ts';
import { encodingFitter, itemFeatures, itemLabels } from '../src/state/index.ts';

export interface DriftingData {
  readonly itemCount: number;
  /** Items of each shopper or session, oldest first. */
  readonly histories: readonly (readonly number[])[];
  /** For each of the six parts, how much of each history lies before its end. */
  readonly lengths: readonly (readonly number[])[];
  /** Histories whose last interaction of the first half is held back to be judged by. */
  readonly held: readonly number[];
  /** Whether a history is judged by what it takes in a coming part. */
  asked(history: number): boolean;
  /** What is known of the items, where something is. */
  readonly items?: ItemFeatures;
  /** Places of a list that a hit must be in. */
  readonly k: number;
  /** Whether items of the history may come again, or are masked. */
  readonly repeats: boolean;
  /** Of the agent, where they are not its defaults. */
  readonly settings: Readonly<Record<string, number>>;
}

const shares = [0, 0.5, 0.6, 0.7, 0.8, 0.9, 1];
const partsOf = (count: number): number[] => shares.map((share) => Math.round(share * count));

export async function driftingData(root: string, set: string): Promise<DriftingData> {
  return set === 'movielens-100k' ? films(join(root, set)) : sessions(join(root, set));
}

function films(folder: string): DriftingData {
  const lines = (name: string): string[][] =>
    gunzipSync(readFileSync(join(folder, `ml-100k.${name}.gz`)))
      .toString('latin1')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split('\t'));
  const items = catalogue(
    lines('item').map(([itemId, title, , genres]) => ({
      itemId: itemId!,
      title: title!,
      categories: (genres ?? '').split(' '),
    })),
  );
  const users = new Map<string, number>();
  const taken = lines('inter')
    .map(([user, item, , time], at) => ({ user: user!, item: items.indexOf(item!)!, time: Number(time), at }))
    .sort((a, b) => a.time - b.time || a.at - b.at);
  const parts = partsOf(taken.length);
  const histories: number[][] = [];
  const lengths: number[][] = [];
  for (let part = 1; part < parts.length; part++) {
    for (const { user, item } of taken.slice(parts[part - 1], parts[part])) {
      if (!users.has(user)) {
        users.set(user, histories.length);
        histories.push([]);
      }
      histories[users.get(user)!]!.push(item);
    }
    lengths.push(histories.map((history) => history.length));
  }
  return {
    itemCount: items.size,
    histories,
    lengths,
    held: histories.flatMap((_, u) => ((lengths[0]![u] ?? 0) >= 5 ? [u] : [])),
    asked: () => true,
    items: itemFeatures(
      items,
      encodingFitter().encoding({ itemCount: items.size, shopperCount: 0 }),
      itemLabels(items),
    ),
    k: 10,
    repeats: false,
    settings: { epochs: 15 },
  };
}

async function sessions(folder: string): Promise<DriftingData> {
  const { n, offsets, items, itemCount } = await readSequenceFile(
    join(folder, 'train_sessions.txt.gz'),
    new Map(),
    { users: false },
  );
  const histories = Array.from({ length: n }, (_, u) => [...items.subarray(offsets[u], offsets[u + 1])]);
  const [, half, ...later] = partsOf(n);
  return {
    itemCount,
    histories,
    lengths: [half!, ...later].map((end) => histories.map(({ length }, u) => (u < end ? length : 0))),
    held: histories.flatMap(({ length }, u) => (u < half! && u % 3 === 0 && length >= 3 ? [u] : [])),
    asked: (u) => u % 3 === 0,
    k: 20,
    repeats: true,
    settings: { epochs: 12, dropout: 0.3 },
  };
}
