import { type Catalogue, hash53, type Item, type ItemFeatures } from '../core/index.ts';
import { type Encoding, scaled } from './encoding.ts';

/** Numbers in an item's text row. */
export const textSize = 128;

/**
 * What content-aware agents know of the items. Categories (the narrowest one of each item) and brands are numbered
 * by first appearance; prices scaled as in training; text is hashed: every word of title, brand, categories and description adds
 * +-idf(word) to one of 128 places (Weinberger et al. 2009, feature hashing with signs), rows then have length 1.
 * Items beyond the encoding's are left out.
 */
export function itemFeatures(catalogue: Catalogue, encoding: Encoding): ItemFeatures {
  const n = Math.min(catalogue.size, encoding.itemCount);
  const known = catalogue.items.slice(0, n);
  const [categories, categoryCount] = numbered(known.map((item) => item.categories?.at(-1)));
  const [brands, brandCount] = numbered(known.map((item) => item.brand));
  const prices = new Float32Array(n).fill(0.5);
  const text = new Float32Array(n * textSize);
  const words = known.map(wordsOf);
  const items = new Map<string, number>();
  for (const list of words) for (const word of list) items.set(word, (items.get(word) ?? 0) + 1);

  for (let i = 0; i < n; i++) {
    const { price } = known[i]!;
    if (price !== undefined && encoding.later.prices) prices[i] = scaled(encoding.price, price);
    const row = text.subarray(i * textSize, (i + 1) * textSize);
    for (const word of words[i]!) {
      const hash = hash53(word);
      const sign = Math.floor(hash / 2 ** 40) % 2 === 0 ? 1 : -1;
      row[hash % textSize]! += sign * Math.log(1 + n / items.get(word)!);
    }
    const length = Math.hypot(...row);
    if (length > 0) for (let t = 0; t < textSize; t++) row[t]! /= length;
  }
  return { n, categories, categoryCount, brands, brandCount, prices, text, textSize };
}

/** Names as numbers from 1, by first appearance, 0 for none; and how many there are. */
function numbered(names: readonly (string | undefined)[]): readonly [Int32Array, number] {
  const numbers = new Map<string, number>();
  const of = Int32Array.from(names, (name) => {
    if (name === undefined) return 0;
    const number = numbers.get(name) ?? numbers.size + 1;
    numbers.set(name, number);
    return number;
  });
  return [of, numbers.size];
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
