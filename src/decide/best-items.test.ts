import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bestItems } from './best-items.ts';

test('finds what sorting everything finds, ties, masks and numbers that are none included', () =>
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(-2, -1, 0, 0.5, 3, Number.NaN, Number.NEGATIVE_INFINITY), { maxLength: 60 }),
      fc.integer({ min: 1, max: 20 }),
      fc.integer(),
      (list, most, mask) => {
        const values = Float32Array.from(list);
        const allowed = Uint8Array.from({ length: list.length + 2 }, (_, i) => (mask >> (i % 31)) & 1);
        const sorted = list
          .map((_, i) => i)
          .filter((i) => allowed[i] && Number.isFinite(list[i]))
          .sort((a, b) => list[b]! - list[a]! || a - b);
        expect(bestItems(values, allowed, most)).toEqual(sorted.slice(0, most));
      },
    ),
  ));
