import type { Sequences } from '../core/index.ts';
import type { ShopData } from '../learn/index.ts';
import { type FittedShop, fitShop } from '../world/index.ts';

/** A simulated shop fitted to the most frequent products of an imported one. */
export interface ShopFit extends FittedShop {
  /** Products kept, and the share of all interactions that is theirs. */
  readonly items: number;
  readonly share: number;
}

/**
 * Fits shop-v1 to the `most` products with the most interactions, so that agents can be compared within minutes however
 * large the catalogue is. Unknown prices count as the middle one. Throws `no-data` below 100 interactions.
 */
export function fitFrequent(
  { sequences, catalogue, features }: ShopData,
  most: number,
  slate: number,
  seed: number,
): ShopFit {
  const counts = new Int32Array(sequences.itemCount);
  for (const item of sequences.items) counts[item]!++;
  const kept = [...counts.keys()]
    .filter((item) => counts[item]! > 0)
    .sort((a, b) => counts[b]! - counts[a]! || a - b)
    .slice(0, most);
  const less = onlyItems(sequences, kept);
  const prices = kept
    .map((item) => catalogue.items[item]?.price)
    .filter((price) => price !== undefined && price > 0) as number[];
  const middle = prices.sort((a, b) => a - b)[prices.length >> 1] ?? 1;
  const facts = {
    categories: numbered(kept.map((item) => features.categories[item]!)),
    categoryCount: new Set(kept.map((item) => features.categories[item]!)).size,
    prices: kept.map((item) => catalogue.items[item]?.price || middle),
  };
  return {
    ...fitShop(less, facts, { slate, seed, steps: 20_000 }),
    items: kept.length,
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
