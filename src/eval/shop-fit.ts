import type { Progress, Sequences } from '../core/index.ts';
import type { ShopData } from '../learn/index.ts';
import { type FittedShop, fitShop } from '../world/index.ts';

/** A simulated shop fitted to the most frequent products of an imported one. */
export interface ShopFit extends FittedShop {
  /** Items kept, by their numbers in the imported shop, most frequent first; the share of all interactions that is theirs. */
  readonly kept: readonly number[];
  /** Interactions with each of them. */
  readonly popularity: readonly number[];
  readonly share: number;
}

export interface FitFrequentOptions {
  /** Products kept. */
  readonly most: number;
  readonly slate: number;
  readonly seed: number;
  readonly progress?: Progress;
}

/**
 * Fits shop-v1 to the `most` products with the most interactions, so that agents can be compared within minutes however
 * large the catalogue is. `prices` has one for each item of the shop, NaN where it is unknown: those count as the middle
 * one. Throws `no-data` below 100 interactions.
 */
export function fitFrequent(
  { sequences, features }: Pick<ShopData, 'sequences' | 'features'>,
  prices: Float64Array,
  { most, slate, seed, progress }: FitFrequentOptions,
): ShopFit {
  const counts = new Int32Array(sequences.itemCount);
  for (const item of sequences.items) counts[item]!++;
  const kept = [...counts.keys()]
    .filter((item) => counts[item]! > 0)
    .sort((a, b) => counts[b]! - counts[a]! || a - b)
    .slice(0, most);
  const less = onlyItems(sequences, kept);
  const known = kept.map((item) => prices[item]!).filter((price) => price > 0);
  const middle = known.sort((a, b) => a - b)[known.length >> 1] ?? 1;
  const facts = {
    categories: numbered(kept.map((item) => features.categories[item]!)),
    categoryCount: new Set(kept.map((item) => features.categories[item]!)).size,
    prices: kept.map((item) => (prices[item]! > 0 ? prices[item]! : middle)),
  };
  return {
    ...fitShop(less, facts, { slate, seed, steps: 30_000, ...(progress && { progress }) }),
    kept,
    popularity: kept.map((item) => counts[item]!),
    share: less.items.length / sequences.items.length,
  };
}

/** The interactions with these items, numbered anew in their order. */
function onlyItems(
  { n, itemCount, offsets, items, types, times }: Sequences,
  kept: readonly number[],
): Sequences {
  const numbers = new Int32Array(itemCount).fill(-1);
  kept.forEach((item, number) => {
    numbers[item] = number;
  });
  const places: number[] = [];
  const starts = new Int32Array(n + 1);
  for (let row = 0; row < n; row++) {
    for (let p = offsets[row]!; p < offsets[row + 1]!; p++) if (numbers[items[p]!]! >= 0) places.push(p);
    starts[row + 1] = places.length;
  }
  return {
    n,
    itemCount: kept.length,
    offsets: starts,
    items: Int32Array.from(places, (p) => numbers[items[p]!]!),
    ...(types && { types: Uint8Array.from(places, (p) => types[p]!) }),
    ...(times && { times: Float64Array.from(places, (p) => times[p]!) }),
  };
}

/** Labels as 0, 1, 2 ... in order of first appearance. */
function numbered(labels: readonly number[]): number[] {
  const numbers = new Map<number, number>();
  return labels.map((label) => {
    const number = numbers.get(label) ?? numbers.size;
    numbers.set(label, number);
    return number;
  });
}
