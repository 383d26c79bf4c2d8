import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rng, sequencesOf } from '../core/index.ts';
import { lengthSorted, roundedLength, rowsFor, windowsOf } from './sequence-windows.ts';

const lists = fc.array(fc.array(fc.nat({ max: 9 }), { maxLength: 40 }), { maxLength: 60 });

test('none where there is nothing to learn: no history, or one interaction', () => {
  expect(windowsOf(sequencesOf([[], [3]], 10), 5)).toEqual([]);
});

test.each([
  ['exactly as many inputs as places', 4, { from: 0, to: 4, learnFrom: 1 }],
  ['one more: the oldest is left out', 5, { from: 1, to: 5, learnFrom: 2 }],
])('%s', (_, length, window) => {
  const history = Array.from({ length }, (_, i) => i);
  expect(windowsOf(sequencesOf([history], 10), 3)).toEqual([window]);
});

test('what was learned before is context only', () => {
  const sequences = sequencesOf([[1, 2, 3, 4]], 10);
  expect(windowsOf(sequences, 9, Int32Array.of(3))).toEqual([{ from: 0, to: 4, learnFrom: 3 }]);
  expect(windowsOf(sequences, 9, Int32Array.of(4))).toEqual([]);
});

test('batches hold every window once, none longer than its batch, none more than fit', () =>
  fc.assert(
    fc.property(
      lists,
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 9 }),
      (all, places, batchSize) => {
        const windows = windowsOf(sequencesOf(all, 10), places);
        const batches = lengthSorted(windows, batchSize, places, rng(1));
        expect(new Set(batches.flatMap((batch) => batch.windows)).size).toBe(windows.length);
        expect(batches.flatMap((batch) => batch.windows).length).toBe(windows.length);
        for (const { length, windows: some } of batches) {
          expect(length).toBeLessThanOrEqual(places);
          expect(some.length).toBeLessThanOrEqual(rowsFor(length, batchSize));
          for (const { from, to } of some) expect(to - from - 1).toBeLessThanOrEqual(length);
        }
      },
    ),
  ));

test('lengths are rounded up by at most a quarter, and never beyond the places', () => {
  for (let length = 1; length <= 300; length++) {
    const rounded = roundedLength(length, 300);
    expect(rounded).toBeGreaterThanOrEqual(length);
    expect(rounded).toBeLessThanOrEqual(Math.min(300, Math.max(length, 1.25 * length + 1)));
  }
});
