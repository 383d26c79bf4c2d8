import { expect, test } from 'vitest';
import { historyPlace, readHistory, sequencesOf, shopObservation, writeHistory } from './index.ts';

const spec = shopObservation(10, 3);
const place = historyPlace(spec)!;

test('a history is written newest last, left-padded, and read newest first', () => {
  const out = new Float32Array(2 * spec.size).fill(9);
  const sequences = { ...sequencesOf([[4], [7, 8, 9, 0]], 10), types: Uint8Array.of(1, 2, 2, 2, 6) };
  writeHistory(place, sequences, 1, 2, out, spec.size);
  expect([...out.slice(spec.size, spec.size + 6)]).toEqual([0, 8, 9, 0, 3, 3]);
  const items = new Int32Array(3);
  expect(readHistory(place, out, spec.size, items)).toBe(2);
  expect([...items.slice(0, 2)]).toEqual([8, 7]);
});

test('of a long history the newest remain; other parts are left alone', () => {
  const out = new Float32Array(spec.size).fill(9);
  writeHistory(place, sequencesOf([[1, 2, 3, 4]], 10), 0, 4, out, 0);
  expect([...out.slice(0, 7)]).toEqual([3, 4, 5, 0, 0, 0, 9]);
});
