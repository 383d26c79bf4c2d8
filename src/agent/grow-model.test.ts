import { describe, expect, test } from 'vitest';
import type { ItemFeatures } from '../core/index.ts';
import { growModel, withMoreRows } from './grow-model.ts';
import { isAllowed, moreClosed, numbersOfMask, writeMask } from './replay-buffer.ts';

/** Items by category alone: 1 1 2 | 2 0, the last two of them later. */
const features: ItemFeatures = {
  ...{ n: 5, categoryCount: 2, brandCount: 0, textSize: 0, text: new Float32Array(0) },
  categories: Int32Array.of(1, 1, 2, 2, 0),
  brands: new Int32Array(5),
  prices: new Float32Array(5),
};
const growth = { from: 3, to: 5, features };

describe('a model that grows', () => {
  test('what is known stays, what comes later begins as its like or as the mean, what stood behind stands behind', () => {
    const table = Float32Array.of(1, 2, 3, 4, 5, 6, 70, 80);
    const model = { values: { kept: 1 }, arrays: { table, moment: new Float32Array(6).fill(9) } };
    const grown = withMoreRows(model, growth, {
      table: { width: 2, start: 'alike' },
      moment: { width: 2, start: 0 },
      missing: { width: 1, start: 0 },
    });
    expect(grown.values).toEqual({ kept: 1 });
    expect([...(grown.arrays.table as Float32Array)]).toEqual([1, 2, 3, 4, 5, 6, 5, 6, 3, 4, 70, 80]);
    expect([...(grown.arrays.moment as Float32Array)]).toEqual([...new Array(6).fill(9), 0, 0, 0, 0]);
    expect(Object.keys(grown.arrays)).toEqual(['table', 'moment']);
  });

  test('what comes later begins as what looks like it, where products have vectors', () => {
    const seen = { ...features, vectors: Float32Array.of(1, 0, 0, 1, 1, 0, 0, 0, 0, 1), vectorSize: 2 };
    const model = { values: {}, arrays: { table: Float32Array.of(1, 2, 30) } };
    const rows = { table: { width: 1, start: 'alike' } } as const;
    const grown = withMoreRows(model, { ...growth, features: seen }, rows);
    // The first by its category alone, the second by its vector alone.
    expect([...(grown.arrays.table as Float32Array)]).toEqual([1, 2, 30, 30, 2]);
  });

  test('only what was learned is looked at', () => {
    const arrays = { table: Float64Array.of(1, 3, 8), counts: Float64Array.of(2, 1, 0) };
    const rows = { table: { width: 1, start: 'alike' }, counts: { width: 1, start: 0 } } as const;
    const grown = withMoreRows({ values: {}, arrays }, growth, rows, 'counts').arrays;
    // The only one of its category was never taken.
    expect([...(grown.table as Float64Array)]).toEqual([1, 3, 8, 2, 2]);
    expect([...(grown.counts as Float64Array)]).toEqual([2, 1, 0, 0, 0]);
  });

  test('an array that is too short, and an agent that cannot, are refused', () => {
    const short = { values: {}, arrays: { table: new Float32Array(5) } };
    expect(() => withMoreRows(short, growth, { table: { width: 2, start: 0 } })).toThrow(
      '"table" of the saved model has 5 entries where at least 6 are needed',
    );
    expect(() => growModel({ name: 'none' }, {}, new Uint8Array(0), growth)).toThrow(
      'train without --resume',
    );
  });

  test.each([
    [3, 5],
    [24, 30],
    [20, 60],
  ])('of %i choices that were replayed none of the later ones, up to %i, was allowed', (from, to) => {
    const row = new Float32Array(2 + numbersOfMask(from));
    row.set([7, 8]);
    const masks = Uint8Array.from({ length: from }, (_, c) => (c === 1 ? 0 : 1));
    writeMask(masks, 0, from, row, 2);
    const both = Float32Array.of(...row, ...row);
    const grown = moreClosed(both, 2, { from, to });
    const width = 2 + numbersOfMask(to);
    expect(grown).toHaveLength(2 * width);
    for (const at of [0, width]) {
      expect([...grown.subarray(at, at + 2)]).toEqual([7, 8]);
      const allowed = Array.from({ length: to }, (_, c) => isAllowed(grown, at + 2, c));
      expect(allowed).toEqual(allowed.map((_, c) => c < from && c !== 1));
    }
    expect(moreClosed(new Float32Array(0), 0, { from, to })).toHaveLength(0);
  });
});
