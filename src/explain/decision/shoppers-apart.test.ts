import { expect, test } from 'vitest';
import type { Policy } from '../../agent/index.ts';
import { observationSpec, rng } from '../../core/index.ts';
import { loggedBandit } from '../../world/index.ts';
import { shoppersApart } from './shoppers-apart.ts';

const observation = observationSpec([
  { name: 'age', kind: 'real', size: 1 },
  { name: 'visits', kind: 'real', size: 1 },
]);
const policy = { observation } as Policy;
const stored = (observations: Float32Array) => {
  const n = observations.length / 2;
  return loggedBandit({
    observation,
    vocabulary: {},
    actions: ['mail', 'none'],
    observations,
    action: new Int32Array(n),
    propensity: new Float64Array(n).fill(1),
    reward: new Float64Array(n),
  });
};
const apart = (observations: Float32Array) =>
  shoppersApart({ policy, definition: stored(observations), worldOptions: {}, seed: 1, shoppers: 20_000 });
const rowsOf = ({ n, observations }: { n: number; observations: Float32Array }): string[] =>
  Array.from({ length: n }, (_, i) => observations.subarray(2 * i, 2 * i + 2).join());

test('stored rows are split in two halves that share no shopper, each row once', async () => {
  const stream = rng('rows');
  const rows = Float32Array.from({ length: 1000 }, () => stream.int(15));
  const { grown, judged, stored: counts } = await apart(rows);
  const [left, right] = [rowsOf(grown), rowsOf(judged)];
  const all = rowsOf({ n: 500, observations: rows });
  expect([...left, ...right].sort()).toEqual(all.sort());
  expect(left.filter((row) => right.includes(row))).toEqual([]);
  expect(counts).toEqual({ rows: 500, different: new Set(all).size });
  expect(Math.abs(new Set(left).size - new Set(right).size)).toBeLessThanOrEqual(1);
});

test('a log of one shopper says nothing of others, however often the row is stored', async () => {
  await expect(apart(new Float32Array(2000).fill(3))).rejects.toThrow(
    'policy file stores: 1 (rows: 1000); accepted for a tree',
  );
});
