import { expect, test } from 'vitest';
import { rng, sequencesOf } from '../core/index.ts';
import { damagedCases } from './damage.ts';

const rows = Array.from({ length: 200 }, (_, u) => Array.from({ length: 10 }, (_, i) => (u + i) % 50));
const sequences = { ...sequencesOf(rows, 50), times: new Float64Array(2000).map((_, p) => p) };
const cases = {
  sequences,
  rows: Int32Array.from(rows.keys()),
  ends: new Int32Array(200).fill(9),
  targets: Int32Array.from(rows, (row) => row[9]!),
};
const historiesOf = ({ sequences: s, rows: r, ends }: typeof cases) =>
  Array.from(r, (row, c) => [...s.items.subarray(s.offsets[row]!, s.offsets[row]! + ends[c]!)]);

test('a third of the history goes missing, never the newest item, and the order stays', () => {
  const damaged = damagedCases(cases, 'dropped', rng(1));
  const left = historiesOf(damaged as typeof cases);
  const kept = left.reduce((sum, history) => sum + history.length, 0) / (200 * 9);
  // All of the newest and two thirds of the other eight.
  expect(kept).toBeGreaterThan(0.66);
  expect(kept).toBeLessThan(0.75);
  left.forEach((history, u) => {
    expect(history.at(-1)).toBe(rows[u]![8]);
    expect(rows[u]!.slice(0, 9).filter((item) => history.includes(item))).toEqual(history);
  });
  expect(damaged.targets).toEqual(cases.targets);
});

test('a third of the history is replaced, and the length stays', () => {
  const left = historiesOf(damagedCases(cases, 'replaced', rng(2)) as typeof cases);
  const same = left.flat().filter((item, p) => item === rows[Math.floor(p / 9)]![p % 9]).length / (200 * 9);
  expect(left.every((history) => history.length === 9)).toBe(true);
  expect(same).toBeGreaterThan(0.63);
  expect(same).toBeLessThan(0.72);
});

test('bare histories are the same items and nothing else', () => {
  const damaged = damagedCases(cases, 'bare', rng(3));
  expect(historiesOf(damaged as typeof cases)).toEqual(rows.map((row) => row.slice(0, 9)));
  expect(damaged.sequences.times).toBeUndefined();
});
