import type { Item, RecommendRequest } from '../core/index.ts';

/**
 * Rules are masks, laid before anything is drawn: what may not be shown has probability 0, and the probabilities that
 * are logged are those of what could be. 1 where allowed.
 */
export function allowedItems(
  items: readonly Item[],
  indexOf: (itemId: string) => number | undefined,
  request: RecommendRequest,
  bought: ReadonlySet<string>,
): Uint8Array {
  const { filter, exclude, excludeBought, itemIds } = request;
  const mask = new Uint8Array(items.length);
  if (itemIds) for (const itemId of itemIds) set(mask, indexOf(itemId), 1);
  else mask.fill(1);
  if (exclude) for (const itemId of exclude) set(mask, indexOf(itemId), 0);
  if (excludeBought) for (const itemId of bought) set(mask, indexOf(itemId), 0);
  const categories = filter?.categories && new Set(filter.categories.map(folded));
  const brands = filter?.brands && new Set(filter.brands.map(folded));
  for (let i = 0; i < items.length; i++) {
    if (mask[i] && !fits(items[i]!)) mask[i] = 0;
  }
  return mask;

  function fits({ stock, price, brand, categories: kinds }: Item): boolean {
    if (stock !== undefined && stock <= 0) return false;
    if (categories && !kinds?.some((kind) => categories.has(folded(kind)))) return false;
    if (brands && !(brand !== undefined && brands.has(folded(brand)))) return false;
    if (filter?.minPrice !== undefined && !(price !== undefined && price >= filter.minPrice)) return false;
    if (filter?.maxPrice !== undefined && !(price !== undefined && price <= filter.maxPrice)) return false;
    return true;
  }
}

const folded = (text: string): string => text.toLowerCase();

function set(mask: Uint8Array, index: number | undefined, value: 0 | 1): void {
  if (index !== undefined) mask[index] = value;
}
