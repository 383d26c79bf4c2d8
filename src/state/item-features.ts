import { type Catalogue, hash53, type Item, type ItemFeatures } from '../core/index.ts';
import { type Encoding, scaled } from './encoding.ts';
import { itemVectors } from './item-vectors.ts';

/** Numbers in an item's text row. */
export const textSize = 128;

/** Names of categories and brands as a model was taught them: the first has number 1. Saved with the model. */
export interface ItemLabels {
  readonly categories: readonly string[];
  readonly brands: readonly string[];
}

/** The labels of the first `count` items, in order of appearance. */
export function itemLabels({ items }: Catalogue, count = items.length): ItemLabels {
  const known = items.slice(0, count);
  return { categories: [...new Set(named(known, categoryOf))], brands: [...new Set(named(known, brandOf))] };
}

const categoryOf = (item: Item): string | undefined => item.categories?.at(-1);
const brandOf = (item: Item): string | undefined => item.brand;
const named = (items: readonly Item[], nameOf: (item: Item) => string | undefined): string[] =>
  items.map(nameOf).filter((name) => name !== undefined);

/**
 * What content-aware agents know of the items. Categories (the narrowest one of each item) and brands have the numbers
 * of their labels, 0 where a name is none of them: a catalogue that changes later does not change what a number
 * means. Prices are scaled as in training; text is hashed: every word of title, brand, categories and description adds
 * +-idf(word) to one of 128 places (Weinberger et al. 2009, feature hashing with signs), rows then have length 1.
 * Items beyond the encoding's are left out. Words are counted in the first `counted` items, those a model was taught: which
 * come later do not change what it reads of them.
 */
export function itemFeatures(
  catalogue: Catalogue,
  encoding: Encoding,
  labels: ItemLabels,
  counted = encoding.itemCount,
): ItemFeatures {
  const n = Math.min(catalogue.size, encoding.itemCount);
  const known = catalogue.items.slice(0, n);
  const categories = numbered(known.map(categoryOf), labels.categories);
  const brands = numbered(known.map(brandOf), labels.brands);
  const prices = new Float32Array(n).fill(0.5);
  const text = new Float32Array(n * textSize);
  const words = known.map(wordsOf);
  const items = new Map<string, number>();
  const taught = words.slice(0, counted);
  for (const list of taught) for (const word of list) items.set(word, (items.get(word) ?? 0) + 1);

  for (let i = 0; i < n; i++) {
    const { price } = known[i]!;
    if (price !== undefined && encoding.later.prices) prices[i] = scaled(encoding.price, price);
    const row = text.subarray(i * textSize, (i + 1) * textSize);
    for (const word of words[i]!) {
      const hash = hash53(word);
      const sign = Math.floor(hash / 2 ** 40) % 2 === 0 ? 1 : -1;
      row[hash % textSize]! += sign * Math.log(1 + taught.length / (items.get(word) ?? 1));
    }
    const length = Math.hypot(...row);
    if (length > 0) for (let t = 0; t < textSize; t++) row[t]! /= length;
  }
  const [categoryCount, brandCount] = [labels.categories.length, labels.brands.length];
  const vectors = itemVectors(known, counted);
  return { n, categories, categoryCount, brands, brandCount, prices, text, textSize, ...vectors };
}

/** Names as numbers: the place among the labels from 1, 0 for none of them. */
function numbered(names: readonly (string | undefined)[], labels: readonly string[]): Int32Array {
  const numbers = new Map<string | undefined, number>(labels.map((label, i) => [label, i + 1]));
  return Int32Array.from(names, (name) => numbers.get(name) ?? 0);
}

/** The different words of an item; categories and brand also as a whole. */
function wordsOf({ title, brand, categories = [], description }: Item): Set<string> {
  const whole = [...categories, ...(brand === undefined ? [] : [brand])].map(
    (name) => `=${name.toLowerCase()}`,
  );
  const words = [title, brand, ...categories, description].flatMap(
    (text) => text?.toLowerCase().match(/[\p{L}\p{N}]{2,}/gu) ?? [],
  );
  return new Set([...words, ...whole]);
}
