import { type ItemFeatures, kindOfArray, type PackedArray, TendrilError } from '../core/index.ts';
import { type Alike, alikeAmong, writeMean } from './content-rows.ts';
import { arrayOf, readModel, type SavedModel, writeModel } from './saved-model.ts';

/**
 * A saved model takes in products that came after it was taught: their numbers follow those it knows, so every row it has
 * stays where it was and what it is, and theirs stand behind (the rows after those of the items, where there are such,
 * behind them).
 *
 *     table   [ row 0 | ... | row from - 1 ]  ->  [ row 0 | ... | row from - 1 | like what resembles it | ... ]
 *
 * What is learned of an item begins as the mean of the learned items most like it (content-rows.ts), of one like none as the
 * mean of all learned ones; what an optimiser keeps of it, and how often it was taken, as 0.
 */
export interface Growth {
  /** Items the model was taught. */
  readonly from: number;
  /** Items it is to know, the first `from` of them as before. */
  readonly to: number;
  /** Of all `to` items, in their numbers. */
  readonly features: ItemFeatures;
}

/** An array with a row for each item. */
export interface ItemRows {
  /** Numbers of a row. */
  readonly width: number;
  /** What a new row is: like the learned items most like it; or the same number throughout. */
  readonly start: 'alike' | number;
}

/**
 * A saved agent for more items. Throws TendrilError `bad-model` where the agent cannot grow, or the bytes are not its own.
 */
export function growModel<S>(
  {
    name,
    grow,
  }: { readonly name: string; grow?(saved: SavedModel, settings: S, growth: Growth): SavedModel },
  settings: S,
  saved: Uint8Array,
  growth: Growth,
): Uint8Array {
  if (growth.from === growth.to) return saved;
  if (!grow)
    throw new TendrilError(
      'bad-model',
      `the newest "${name}" knows ${growth.from} items and the shop has ${growth.to} now, which this agent cannot take in: train without --resume`,
    );
  return writeModel(name, grow(readModel(name, saved), settings, growth));
}

/** The model with longer arrays: those named in `rows`, where it has them. `counts` names the one that tells what was learned; without it, all. */
export function withMoreRows(
  model: SavedModel,
  growth: Growth,
  rows: Readonly<Record<string, ItemRows>>,
  counts?: string,
): SavedModel {
  const alike = Object.values(rows).some(({ start }) => start === 'alike')
    ? likeLearned(model, growth, counts)
    : [];
  const arrays: Record<string, PackedArray> = { ...model.arrays };
  for (const [name, { width, start }] of Object.entries(rows)) {
    const array = arrays[name];
    if (array) arrays[name] = longer(array, name, width, start, growth, alike);
  }
  return { values: model.values, arrays };
}

/** For each new item the learned ones most like it, of one like none all of them. */
function likeLearned(model: SavedModel, { from, to, features }: Growth, counts: string | undefined): Alike[] {
  const taken = new Float64Array(to).fill(1, 0, from);
  if (counts) taken.set(arrayOf(model, counts, 'f64', from));
  const fresh = Array.from({ length: to - from }, (_, i) => from + i);
  const learned = [...taken.keys()].filter((item) => taken[item]! > 0);
  const all = learned.map((item) => ({ item, weight: 1 / learned.length }));
  return alikeAmong(features, taken, fresh).map((some) => (some.length > 0 ? some : all));
}

function longer(
  array: PackedArray,
  name: string,
  width: number,
  start: ItemRows['start'],
  { from, to }: Growth,
  alike: readonly Alike[],
): PackedArray {
  const [end, added] = [from * width, (to - from) * width];
  if (array.length < end)
    throw new TendrilError(
      'bad-model',
      `"${name}" of the saved model has ${array.length} entries where at least ${end} are needed: it was made with other settings`,
    );
  const grown = new (array.constructor as new (length: number) => PackedArray)(array.length + added);
  grown.set(array.subarray(0, end));
  grown.set(array.subarray(end), end + added);
  if (typeof start === 'number') grown.fill(start, end, end + added);
  else
    alike.forEach((some, i) => {
      if (!(array instanceof Float32Array || array instanceof Float64Array))
        throw new RangeError(`"${name}" holds ${kindOfArray(array)}: there is no mean of such`);
      writeMean(array, width, some, grown as typeof array, end + i * width);
    });
  return grown;
}
