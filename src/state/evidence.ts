import { contentHash, type PackedArray } from '../core/index.ts';
import { type PairCounts, pairCounts } from './pair-counts.ts';

/**
 * What can be counted, for saying why: how often an item was chosen, how often this week, and how often it was chosen
 * with or soon after another one. A fold over interactions of interest, in order of time; every number a reason names
 * is one of these counts.
 *
 *   shopper:  a . . b . c          pairs counted: a->b, a->c, b->c   (at most `reach` back, within `span`)
 *   same time: both directions
 */
export interface Evidence {
  /** Takes in one interaction of interest with an item number. */
  add(shopper: string, item: number, time: number): void;
  /** Interactions with the item, ever. */
  interactions(item: number): number;
  /** Interactions within the seven days (UTC) that end with the one of `now`. */
  week(item: number, now: number): number;
  /**
   * The items chosen most within seven days, at most 100, the most first, ties to the lowest number: the days that end with
   * `weekEnd`. Counted along, so that an answer does not look at the whole catalogue.
   */
  trending(now: number): readonly number[];
  /** `now`; where nothing was chosen in the seven days before it, the time of the newest interaction; undefined without any. */
  weekEnd(now: number): number | undefined;
  /** How often `next` was chosen with or soon after `previous`. */
  after(previous: number, next: number): number;
  /** Items chosen with or soon after this one, with how often. */
  followers(item: number): ReadonlyMap<number, number>;
  /** Items chosen with, soon after or soon before this one, with how often. */
  neighbours(item: number): readonly { readonly item: number; readonly count: number }[];
  /** Time of the newest interaction, or undefined. */
  readonly newest: number | undefined;
  /** Item numbers counted, shoppers seen, interactions taken in. */
  readonly size: number;
  readonly shoppers: number;
  readonly taken: number;
  /** Shoppers with three interactions or more whose hashes come first: always the same ones, chosen by nobody. */
  sample(n: number): string[];
  save(): SavedEvidence;
}

export interface SavedEvidence {
  readonly newest: number | null;
  readonly shoppers: readonly string[];
  readonly arrays: Readonly<Record<string, PackedArray>>;
}

/** What a shopper did last, oldest first, and how much in all. */
interface Past {
  count: number;
  last: { readonly item: number; readonly time: number }[];
}

const day = 86_400_000;
const days = 7;
const reach = 5;
const span = 7 * day;
const trends = 100;

export function evidence(saved?: SavedEvidence): Evidence {
  let total = new Uint32Array(1024);
  let weekly = new Uint32Array(1024 * days);
  let size = 0;
  let newest = saved?.newest ?? undefined;
  let taken = 0;
  const pasts = new Map<string, Past>();
  const [followers, leaders] = [pairsOf(saved, 'followers'), pairsOf(saved, 'leaders')];
  if (saved) goOn(saved);

  function goOn({ shoppers, arrays }: SavedEvidence): void {
    grow(arrays.total!.length - 1);
    total.set(arrays.total!);
    weekly.set(arrays.weekly!);
    const { counts, lastItems, lastTimes } = arrays;
    shoppers.forEach((shopper, s) => {
      const past: Past = { count: counts![s]!, last: [] };
      for (let i = s * reach; i < (s + 1) * reach && lastItems![i]! >= 0; i++)
        past.last.push({ item: lastItems![i]!, time: lastTimes![i]! });
      pasts.set(shopper, past);
      taken += past.count;
    });
  }
  function grow(item: number): void {
    size = Math.max(size, item + 1);
    if (item < total.length) return;
    const length = Math.max(item + 1, total.length * 2);
    const longer = new Uint32Array(length);
    longer.set(total);
    total = longer;
    const wider = new Uint32Array(length * days);
    wider.set(weekly);
    weekly = wider;
  }
  const turn = (time: number): void => {
    const from = newest === undefined ? Math.floor(time / day) - days : Math.floor(newest / day);
    const to = Math.floor(time / day);
    for (let d = Math.max(from + 1, to - days + 1); d <= to; d++) {
      for (let i = d % days; i < weekly.length; i += days) weekly[i] = 0;
    }
    newest = Math.max(newest ?? time, time);
  };
  /** What is chosen most in the week that begins with day `from`; found anew where that is another. */
  let trend: { readonly from: number; readonly end: number; readonly items: number[] } | undefined;
  function week(item: number, now: number): number {
    if (newest === undefined) return 0;
    const last = Math.floor(newest / day);
    let sum = 0;
    for (let d = Math.max(last - days + 1, Math.floor(now / day) - days + 1); d <= last; d++) {
      sum += weekly[item * days + (d % days)] ?? 0;
    }
    return sum;
  }
  const weekEnd = (now: number): number | undefined =>
    newest === undefined || now - newest >= days * day ? newest : Math.max(now, newest);
  /** Puts an item whose count has risen into its place: nothing else can have moved. */
  function rise(item: number, { end, items }: NonNullable<typeof trend>): void {
    const count = week(item, end);
    const isAfter = (other: number): boolean => {
      const its = week(other, end);
      return its < count || (its === count && other > item);
    };
    const worst = items[trends - 1];
    if (count === 0 || (worst !== undefined && worst !== item && !isAfter(worst))) return;
    let at = items.indexOf(item);
    if (at < 0) at = Math.min(items.length, trends - 1);
    for (; at > 0 && isAfter(items[at - 1]!); at--) items[at] = items[at - 1]!;
    items[at] = item;
  }
  const pair = (previous: number, next: number): void => {
    followers.add(previous, next);
    leaders.add(next, previous);
  };

  return {
    add(shopper, item, time) {
      grow(item);
      if (newest === undefined || time > newest) turn(time);
      total[item]!++;
      taken++;
      if (Math.floor(time / day) > Math.floor(newest! / day) - days) {
        weekly[item * days + (Math.floor(time / day) % days)]!++;
        if (trend) rise(item, trend);
      }
      const past = pasts.get(shopper) ?? { count: 0, last: [] };
      for (const before of past.last) {
        if (before.item === item || Math.abs(time - before.time) > span) continue;
        pair(before.item, item);
        if (before.time === time) pair(item, before.item);
      }
      past.count++;
      past.last = [...past.last.filter((p) => p.item !== item), { item, time }].slice(-reach);
      pasts.set(shopper, past);
    },
    interactions: (item) => total[item] ?? 0,
    week,
    weekEnd,
    trending(now) {
      const end = weekEnd(now);
      if (end === undefined) return [];
      const from = Math.floor(end / day) - days + 1;
      if (trend?.from !== from) {
        trend = { from, end, items: [] };
        for (let item = 0; item < size; item++) rise(item, trend);
      }
      return trend.items;
    },
    after: (previous, next) => followers.row(previous).get(next) ?? 0,
    followers: followers.row,
    neighbours(item) {
      const counts = new Map(followers.row(item));
      for (const [other, n] of leaders.row(item)) counts.set(other, (counts.get(other) ?? 0) + n);
      return [...counts].map(([other, n]) => ({ item: other, count: n }));
    },
    get newest() {
      return newest;
    },
    get size() {
      return size;
    },
    get shoppers() {
      return pasts.size;
    },
    get taken() {
      return taken;
    },
    sample: (n) =>
      [...pasts]
        .filter(([, { count }]) => count >= 3)
        .map(([shopper]) => ({ shopper, key: contentHash(shopper) }))
        .sort((a, b) => (a.key < b.key ? -1 : 1))
        .slice(0, n)
        .map(({ shopper }) => shopper),
    save() {
      const lastItems = new Int32Array(pasts.size * reach).fill(-1);
      const lastTimes = new Float64Array(pasts.size * reach);
      [...pasts.values()].forEach(({ last }, s) => {
        last.forEach(({ item, time }, i) => {
          lastItems[s * reach + i] = item;
          lastTimes[s * reach + i] = time;
        });
      });
      return {
        newest: newest ?? null,
        shoppers: [...pasts.keys()],
        arrays: {
          total: total.slice(0, size),
          weekly: weekly.slice(0, size * days),
          counts: Uint32Array.from(pasts.values(), ({ count }) => count),
          lastItems,
          lastTimes,
          ...named('followers', followers),
          ...named('leaders', leaders),
        },
      };
    },
  };
}

const named = (name: string, pairs: PairCounts): Record<string, PackedArray> =>
  Object.fromEntries(Object.entries(pairs.save()).map(([part, array]) => [`${name}.${part}`, array]));

const pairsOf = (saved: SavedEvidence | undefined, name: string): PairCounts => {
  const part = (of: string): Uint32Array => saved!.arrays[`${name}.${of}`] as Uint32Array;
  return pairCounts(saved && { offsets: part('offsets'), items: part('items'), counts: part('counts') });
};
