import type { PackedArray } from '../core/index.ts';
import { type Growth, withMoreRows } from './grow-model.ts';
import type { SavedModel } from './saved-model.ts';

/**
 * An agent that counts knows nothing of a product that came later: its numbers begin at 0 (or at what is given), and its row of a sparse
 * matrix (`offsets`, where the model has one) is empty.
 */
export const growCounts =
  (numbers: Readonly<Record<string, number | ((values: never) => number)>>) =>
  (saved: SavedModel, values: unknown, growth: Growth): SavedModel => {
    const starts = Object.entries(numbers).map(
      ([name, start]) => [name, typeof start === 'number' ? start : start(values as never)] as const,
    );
    const offsets: PackedArray | undefined = saved.arrays.offsets;
    if (offsets) starts.push(['offsets', offsets.at(-1)!]);
    return withMoreRows(
      saved,
      growth,
      Object.fromEntries(starts.map(([name, start]) => [name, { width: 1, start }])),
    );
  };
