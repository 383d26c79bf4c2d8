import type { Catalogue, Item } from '../core/index.ts';
import { type Evidence, linkedItems } from '../state/index.ts';

export interface SimilarItem {
  readonly itemId: string;
  readonly title?: string;
  /**
   * Times the two were chosen together or soon after one another / square root of the product of the times
   * each was chosen. 0 where only the catalogue says so. No cosine: beyond 1 where shoppers go back and forth between them.
   */
  readonly score: number;
  readonly reasons: readonly string[];
}

/**
 * What goes with an item by what shoppers chose; where that is too little, what the catalogue's co-purchase graph says
 * (`related`, where it was imported); then popular items of its narrowest category.
 */
export function similarItems(
  index: number,
  limit: number,
  { items, indexOf }: Catalogue,
  evidence: Evidence,
): readonly SimilarItem[] {
  const inStock = (i: number): boolean => (items[i]?.stock ?? 1) > 0;
  const own = Math.max(1, evidence.interactions(index));
  const together = evidence
    .neighbours(index)
    .filter(({ item, count }) => count >= 2 && inStock(item))
    .map(({ item, count }) => ({
      item,
      score: count / Math.sqrt(own * Math.max(1, evidence.interactions(item))),
      reason: `chosen together ${count} times`,
    }))
    .sort((a, b) => b.score - a.score || a.item - b.item)
    .slice(0, limit);
  const taken = new Set([index, ...together.map(({ item }) => item)]);
  const linked = linkedItems(items[index]!, indexOf)
    .filter(({ item }) => inStock(item) && !taken.has(item) && taken.add(item))
    .slice(0, limit - together.length)
    .map(({ item, kind }) => ({ item, score: 0, reason: saidOf[kind] }));
  const found = [...together, ...linked];
  const category = items[index]?.categories?.at(-1);
  const alike =
    found.length === limit || category === undefined
      ? []
      : items
          .map((item, i) => ({ item: i, kind: item.categories?.at(-1), count: evidence.interactions(i) }))
          .filter(({ item, kind }) => kind === category && inStock(item) && !taken.has(item))
          .sort((a, b) => b.count - a.count || a.item - b.item)
          .slice(0, limit - found.length)
          .map(({ item }) => ({ item, score: 0, reason: `of the same kind: ${category.toLowerCase()}` }));
  return [...found, ...alike].map(({ item, score, reason }) => ({
    ...named(items[item]!),
    score,
    reasons: [reason],
  }));
}

const saidOf = {
  boughtTogether: 'bought together elsewhere',
  alsoBought: 'also bought elsewhere',
  alsoViewed: 'also looked at elsewhere',
};

export interface Trending {
  readonly items: readonly {
    readonly itemId: string;
    readonly title?: string;
    /** Times chosen in the window. */
    readonly count: number;
  }[];
  /** Milliseconds, the seven days (UTC) that were counted. */
  readonly from?: number;
  readonly to?: number;
}

/** What was chosen most within seven days: those that end now, or where nothing happened in them, the last that saw any. */
export function trendingItems(
  limit: number,
  now: number,
  items: readonly Item[],
  evidence: Evidence,
): Trending {
  const to = evidence.weekEnd(now);
  if (to === undefined) return { items: [] };
  const day = 86_400_000;
  return {
    items: items
      .map((item, i) => ({ item, count: evidence.week(i, to) }))
      .filter(({ item, count }) => count > 0 && (item.stock ?? 1) > 0)
      .sort((a, b) => b.count - a.count)
      .slice(0, limit)
      .map(({ item, count }) => ({ ...named(item), count })),
    from: (Math.floor(to / day) - 6) * day,
    to,
  };
}

const named = ({ itemId, title }: Item): { readonly itemId: string; readonly title?: string } =>
  title === undefined ? { itemId } : { itemId, title };
