import type { Catalogue, Item, RecommendRequest } from '../core/index.ts';

/** Masks of decisions that are over: as many bytes anew for each would keep the garbage collector at work all the time. */
const spare: Uint8Array[] = [];

/** Gives back a mask that nobody looks at any more. */
export function release(mask: Uint8Array): void {
  if (spare.length < 4) spare.push(mask);
}

/**
 * Rules are masks, laid before anything is drawn: what may not be shown has probability 0, and the probabilities that
 * are logged are those of what could be. 1 where allowed.
 */
export function allowedItems(
  { items, indexOf, stocked }: Pick<Catalogue, 'items' | 'indexOf' | 'stocked'>,
  request: RecommendRequest,
  bought: ReadonlySet<string>,
): Uint8Array {
  const { filter, exclude, excludeBought, itemIds } = request;
  const used = spare.pop();
  const mask = used?.length === items.length ? used : new Uint8Array(items.length);
  if (itemIds) mask.fill(0);
  else mask.set(stocked);
  for (const itemId of itemIds ?? []) {
    const index = indexOf(itemId);
    if (index !== undefined) mask[index] = stocked[index]!;
  }
  if (exclude) for (const itemId of exclude) leaveOut(indexOf(itemId));
  if (excludeBought) for (const itemId of bought) leaveOut(indexOf(itemId));
  if (!filter) return mask;
  const fits = fitsFilter(filter);
  for (let i = 0; i < items.length; i++) {
    if (mask[i] && !fits(items[i]!)) mask[i] = 0;
  }
  return mask;

  function leaveOut(index: number | undefined): void {
    if (index !== undefined) mask[index] = 0;
  }
}

/** Whether an item fits everything that a filter asks for; one without a price fits no bound of prices. */
export function fitsFilter(filter: NonNullable<RecommendRequest['filter']>): (item: Item) => boolean {
  const { minPrice, maxPrice } = filter;
  const categories = filter.categories && new Set(filter.categories.map(folded));
  const brands = filter.brands && new Set(filter.brands.map(folded));
  return ({ price, brand, categories: kinds }) => {
    if (categories && !kinds?.some((kind) => categories.has(folded(kind)))) return false;
    if (brands && !(brand !== undefined && brands.has(folded(brand)))) return false;
    if (minPrice !== undefined && !(price !== undefined && price >= minPrice)) return false;
    if (maxPrice !== undefined && !(price !== undefined && price <= maxPrice)) return false;
    return true;
  };
}

/**
 * What a request adds to scores before anything is drawn, in shares of the distance from the worst score to the best: 1 lifts
 * the worst to where the best was, -1 buries the best. Of several rules that fit an item all count.
 */
export function boostsOf(
  items: readonly Item[],
  indexOf: (itemId: string) => number | undefined,
  boosts: NonNullable<RecommendRequest['boost']>,
): Float32Array {
  const offsets = new Float32Array(items.length);
  for (const { itemIds, categories, brands, by } of boosts) {
    if (itemIds && !categories && !brands) {
      for (const itemId of new Set(itemIds)) {
        const index = indexOf(itemId);
        if (index !== undefined) offsets[index]! += by;
      }
      continue;
    }
    const ids = itemIds && new Set(itemIds);
    const kinds = categories && new Set(categories.map(folded));
    const makers = brands && new Set(brands.map(folded));
    items.forEach(({ itemId, brand, categories: own }, index) => {
      if (ids && !ids.has(itemId)) return;
      if (kinds && !own?.some((kind) => kinds.has(folded(kind)))) return;
      if (makers && !(brand !== undefined && makers.has(folded(brand)))) return;
      offsets[index]! += by;
    });
  }
  return offsets;
}

/** How alike two of these items are, by place: the share of their categories and brands that both have (Jaccard), 0 where nothing is known. */
export function alikenessAmong(items: readonly Item[]): (a: number, b: number) => number {
  const traits = items.map(traitsOf);
  return (a, b) => {
    const [one, other] = [traits[a]!, traits[b]!];
    let both = 0;
    for (const trait of one) if (other.has(trait)) both++;
    const all = one.size + other.size - both;
    return all === 0 ? 0 : both / all;
  };
}

const traitsOf = ({ categories = [], brand }: Item): Set<string> =>
  new Set([
    ...categories.map((kind) => `category ${folded(kind)}`),
    ...(brand === undefined ? [] : [`brand ${folded(brand)}`]),
  ]);

const folded = (text: string): string => text.toLowerCase();
