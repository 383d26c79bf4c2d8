/**
 * `TENDRIL_DATASETS=... node bench/session-order.ts`: whether the lines of files of sessions, which tell no times, are in time order
 * (bench/results/session-order.json). Of the twentieths of the file to train: the share of clicks that two of them have in common (the sum over
 * items of the smaller share), by how far apart they are, and that of each with the test, which is the last week. Beside it the same of
 * the lines in random order, where it cannot depend on the distance.
 */
import { join } from 'node:path';
import { readSequenceFile } from '../src/adapters/index.ts';
import { rng, type Sequences, shuffle } from '../src/core/index.ts';
import { datasets, record, rounded } from './record.ts';

const twentieths = 20;
const rows = [];
for (const set of ['diginetica-sessions', 'retailrocket-sessions']) {
  const numbers = new Map<string, number>();
  const read = (part: string): Promise<Sequences> =>
    readSequenceFile(join(datasets(), set, `${part}_sessions.txt.gz`), numbers, { users: false });
  const [train, test] = [await read('train'), await read('test')];
  const order = Int32Array.from({ length: train.n }, (_, u) => u);
  for (const lines of ['as they are', 'in random order']) {
    if (lines === 'in random order') shuffle(order, rng(1));
    const parts = Array.from({ length: twentieths }, (_, part) =>
      sharesOf(train, order.subarray((part * train.n) / twentieths, ((part + 1) * train.n) / twentieths)),
    );
    const atDistance = (distance: number): number => {
      const pairs = parts.slice(distance).map((later, part) => inCommon(parts[part]!, later));
      return rounded(pairs.reduce((sum, x) => sum + x, 0) / pairs.length);
    };
    const last = sharesOf(
      test,
      Int32Array.from({ length: test.n }, (_, u) => u),
    );
    rows.push({
      set,
      lines,
      ...Object.fromEntries(
        [1, 5, 10, 15, 19].map((distance) => [`${distance} apart`, atDistance(distance)]),
      ),
      'with the test': parts.map((part) => rounded(inCommon(part, last))),
    });
    console.log(JSON.stringify(rows.at(-1)));
  }
}
record('session-order', {
  command: 'node bench/session-order.ts',
  data: 'Diginetica and RetailRocket sessions, files train_sessions and test_sessions',
  seeds: [1],
  rows,
});

function sharesOf({ itemCount, offsets, items }: Sequences, lines: Int32Array): Float64Array {
  const counts = new Float64Array(itemCount);
  let all = 0;
  for (const u of lines)
    for (const item of items.subarray(offsets[u], offsets[u + 1])) {
      counts[item]!++;
      all++;
    }
  return counts.map((count) => count / all);
}

function inCommon(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, share, item) => sum + Math.min(share, b[item] ?? 0), 0);
}
