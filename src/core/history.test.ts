import { expect, test } from 'vitest';
import {
  gapBucket,
  gapBuckets,
  gapsPart,
  historyPlace,
  observationSpec,
  readHistory,
  sequencesOf,
  shopObservation,
  writeHistory,
} from './index.ts';

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

test('where it shows pauses, each token has the bucket of the one before it, but for the oldest', () => {
  const timed = observationSpec([...shopObservation(10, 3).parts, gapsPart(3)]);
  const at = historyPlace(timed)!;
  const times = Float64Array.of(0, 500, 2500, 2500, 1e12);
  const sequences = { ...sequencesOf([[1, 2, 3, 3, 4]], 10), times };
  const gapsAfter = (end: number, given = sequences): number[] => {
    const out = new Float32Array(timed.size).fill(9);
    writeHistory(at, given, 0, end, out, 0);
    return [...out.slice(at.gaps)];
  };
  expect([0, 1, 2, 3, 4, 5].map((end) => gapsAfter(end))).toEqual([
    [0, 0, 0],
    [0, 0, 0],
    [0, 0, gapBucket(500)],
    [0, gapBucket(500), gapBucket(2000)],
    [0, gapBucket(2000), gapBucket(0)],
    [0, gapBucket(0), gapBuckets],
  ]);
  const { times: _, ...untimed } = sequences;
  expect(gapsAfter(5, untimed as never)).toEqual([0, 0, 0]);
});

test('pauses double from bucket to bucket, whatever their size', () => {
  expect([-5, 0, 999, 1000, 2999, 3000, 86_400_000, 1e12].map(gapBucket)).toEqual([1, 1, 1, 2, 2, 3, 17, 30]);
  expect(gapBucket(Number.POSITIVE_INFINITY)).toBe(gapBuckets);
});
