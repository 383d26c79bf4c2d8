import { eventTypeCode, type Sequences } from '../../core/index.ts';

/** What a shop's data say at first sight, of a real one and of a simulated one alike. */
export interface ShopStatistics {
  /** Share of all interactions, of each item and of each category. */
  readonly itemShares: Float64Array;
  readonly categoryShares: Float64Array;
  /** Mean and standard deviation of log price over interactions. */
  readonly logPrice: { readonly mean: number; readonly deviation: number };
  /** Interactions in a visit: mean, and share of visits with 1, 2, ... 20 or more. */
  readonly visitLength: { readonly mean: number; readonly shares: Float64Array };
  /** Share of interactions that reached the cart, and of those that were bought; missing where no deep event was seen. */
  readonly cartRate?: number;
  readonly buyRate?: number;
  /** Visits of a shopper, mean, and mean days between them; where there are times. */
  readonly visitsPerShopper?: number;
  readonly gapDays?: number;
}

export interface ItemFacts {
  /** Category number of each item, from 0. */
  readonly categories: ArrayLike<number>;
  readonly categoryCount: number;
  /** Money. */
  readonly prices: ArrayLike<number>;
}

const codes = { cart: eventTypeCode('add_to_cart'), purchase: eventTypeCode('purchase') };
const visitGap = 30 * 60_000;
const longest = 20;

/**
 * Statistics of some rows (shoppers) of `sequences`. With times, a pause of 30 minutes begins a new visit; without, a row
 * is one visit. Several events of one item in one visit are one interaction, as deep as the deepest.
 */
export function shopStatistics(
  sequences: Sequences,
  facts: ItemFacts,
  take: (row: number) => boolean = () => true,
): ShopStatistics {
  const { offsets, items, types, times } = sequences;
  const itemShares = new Float64Array(sequences.itemCount);
  const categoryShares = new Float64Array(facts.categoryCount);
  const lengths = new Float64Array(longest);
  let [count, sum, squares, carts, buys, visits, shoppers, gaps, gapSum] = [0, 0, 0, 0, 0, 0, 0, 0, 0];
  const endVisit = (visit: Map<number, number>): void => {
    if (visit.size === 0) return;
    visits++;
    lengths[Math.min(longest, visit.size) - 1]!++;
    for (const [item, type] of visit) {
      count++;
      itemShares[item]!++;
      categoryShares[facts.categories[item]!]!++;
      const log = Math.log(Math.max(0.01, facts.prices[item]!));
      sum += log;
      squares += log * log;
      if (type === codes.cart || type === codes.purchase) carts++;
      if (type === codes.purchase) buys++;
    }
    visit.clear();
  };
  for (let row = 0; row < sequences.n; row++) {
    if (!take(row) || offsets[row] === offsets[row + 1]) continue;
    shoppers++;
    const visit = new Map<number, number>();
    for (let e = offsets[row]!; e < offsets[row + 1]!; e++) {
      const pause = times && e > offsets[row]! ? times[e]! - times[e - 1]! : 0;
      if (pause > visitGap) {
        endVisit(visit);
        gaps++;
        gapSum += pause / 86_400_000;
      }
      const type = types?.[e] ?? 0;
      visit.set(items[e]!, Math.max(visit.get(items[e]!) ?? 0, depth(type)));
    }
    endVisit(visit);
  }
  const share = (counts: Float64Array): Float64Array => counts.map((c) => c / Math.max(1, count));
  const mean = sum / Math.max(1, count);
  let meanLength = 0;
  for (let l = 0; l < longest; l++) meanLength += lengths[l]!;
  return {
    itemShares: share(itemShares),
    categoryShares: share(categoryShares),
    logPrice: { mean, deviation: Math.sqrt(Math.max(0, squares / Math.max(1, count) - mean * mean)) },
    visitLength: {
      mean: count / Math.max(1, visits),
      shares: lengths.map((l) => l / Math.max(1, meanLength)),
    },
    // A log of nothing but purchases says nothing of the way to them.
    ...(carts > 0 && carts < count && { cartRate: carts / count, buyRate: buys / carts }),
    ...(times && {
      visitsPerShopper: visits / Math.max(1, shoppers),
      ...(gaps > 0 && { gapDays: gapSum / gaps }),
    }),
  };
}

/** Types by how far they go; what comes after a purchase (refund, rating, review) belongs to a purchase already seen. */
function depth(type: number): number {
  return type === codes.cart || type === codes.purchase ? type : 0;
}

/** Half the sum of absolute differences: the share that would have to move. */
export function totalVariation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i]! - b[i]!) / 2;
  return sum;
}
