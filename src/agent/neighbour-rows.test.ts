import { expect, test } from 'vitest';
import { rng, sequencesOf } from '../core/index.ts';
import { neighbourRows } from './neighbour-rows.ts';

/** Rows of histories that stay among items 0-4 or among 5-9; item 10 is taken alone, item 11 by nobody. */
function rowsOf(seed: number): Float32Array {
  const chance = rng(seed);
  const histories = Array.from({ length: 200 }, (_, u) =>
    Array.from({ length: 4 }, () => 5 * (u % 2) + chance.int(5)),
  );
  const table = new Float32Array(12 * 3).fill(7);
  neighbourRows(sequencesOf([...histories, [10]], 12), table, 3, 0.5, rng(2));
  return table;
}

const product = (table: Float32Array, a: number, b: number): number =>
  [0, 1, 2].reduce((sum, c) => sum + table[a * 3 + c]! * table[b * 3 + c]!, 0);

test('items taken near each other begin near each other, all at one length', () => {
  const table = rowsOf(1);
  for (let a = 0; a < 10; a++) expect(product(table, a, a)).toBeCloseTo(0.25, 5);
  const mean = (pairs: readonly (readonly [number, number])[]): number =>
    pairs.reduce((sum, [a, b]) => sum + product(table, a, b), 0) / pairs.length;
  const all = Array.from({ length: 100 }, (_, at) => [Math.floor(at / 10), at % 10] as const);
  const together = mean(all.filter(([a, b]) => a !== b && a < 5 === b < 5));
  const apart = mean(all.filter(([a, b]) => a < 5 !== b < 5));
  expect(together).toBeGreaterThan(apart + 0.2);
});

test('items without a neighbour keep their rows, and the same seed gives the same ones', () => {
  const table = rowsOf(1);
  expect([...table.subarray(30)]).toEqual(Array(6).fill(7));
  expect(rowsOf(1)).toEqual(table);
});

test('nothing taken, one item, and fewer items than columns', () => {
  for (const [lists, n] of [
    [[], 1],
    [[[0]], 1],
    [[[0, 0, 0]], 1],
    [[[0, 1]], 2],
  ] as const) {
    const table = new Float32Array(n * 4).fill(0.01);
    neighbourRows(sequencesOf(lists, n), table, 4, 0.3, rng(1));
    expect(table.every(Number.isFinite)).toBe(true);
  }
});
