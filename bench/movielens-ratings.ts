/** The ratings of MovieLens 100k in time order, and what was known before each. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type Profile, profileOf } from '../src/state/index.ts';
import { datasets } from './record.ts';

/** Rows of one file of MovieLens 100k, tab separated, without the header. */
const table = (name: string): string[][] =>
  gunzipSync(readFileSync(join(datasets(), 'movielens-100k', `ml-100k.${name}.gz`)))
    .toString('latin1')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split('\t'));
/** Profiles as an import reads them: the region is the first character of the postal code. */
export const shopperOf: ReadonlyMap<string, Profile> = new Map(
  table('user').map(([id, age, gender, , zip]) => {
    const shopper = { age: age!, gender: gender!, zip: zip! };
    return [
      id!,
      profileOf({ eventId: '', eventType: 'shopper_changed', timestamp: 0, properties: { shopper } }),
    ];
  }),
);
export const genreOf = new Map(table('item').map(([id, , , genres]) => [id!, genres?.split(' ')[0] ?? '']));
export const genres = [...new Set(genreOf.values())].sort();

/** One rating and what is known the second before it. */
export interface Case {
  readonly shopper: string;
  readonly item: string;
  readonly rating: number;
  readonly second: number;
  readonly global: Mean;
  readonly ofShopper: Mean;
  readonly ofItem: Mean;
}
interface Mean {
  readonly sum: number;
  readonly n: number;
}
const none: Mean = { sum: 0, n: 0 };
/** Drawn towards `prior` with the weight of k ratings. */
export const damped = ({ sum, n }: Mean, prior: number, k: number): number =>
  n + k > 0 ? (sum + k * prior) / (n + k) : prior;
/** The mean of all ratings; 3, the middle, before the first. */
export const overall = ({ global }: Case): number => damped(global, 3, 0);

/** The ratings in time order, each with the means of all ratings of earlier seconds. */
export function knownBefore(): Case[] {
  const ratings = table('inter').map(([shopper, item, rating, second]) => ({
    shopper: shopper!,
    item: item!,
    rating: Number(rating),
    second: Number(second),
  }));
  ratings.sort((a, b) => a.second - b.second);
  let global = none;
  const [shoppers, items] = [new Map<string, Mean>(), new Map<string, Mean>()];
  const plus = ({ sum, n }: Mean, rating: number): Mean => ({ sum: sum + rating, n: n + 1 });
  const found: Case[] = [];
  for (let i = 0, seen = 0; i < ratings.length; i++) {
    for (; ratings[seen]!.second < ratings[i]!.second; seen++) {
      const { shopper, item, rating } = ratings[seen]!;
      global = plus(global, rating);
      shoppers.set(shopper, plus(shoppers.get(shopper) ?? none, rating));
      items.set(item, plus(items.get(item) ?? none, rating));
    }
    const one = ratings[i]!;
    found.push({
      ...one,
      global,
      ofShopper: shoppers.get(one.shopper) ?? none,
      ofItem: items.get(one.item) ?? none,
    });
  }
  return found;
}
