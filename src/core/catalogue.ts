import type { Item } from './item.ts';

/** The items of a shop, numbered: models speak of item numbers 0 .. size - 1, the outside of itemIds. Numbers never change. */
export interface Catalogue {
  readonly items: readonly Item[];
  readonly size: number;
  /** The number of an item, or undefined for an unknown one. */
  indexOf(itemId: string): number | undefined;
}

export function catalogue(items: readonly Item[]): Catalogue {
  const numbers = new Map(items.map((item, i) => [item.itemId, i]));
  return { items, size: items.length, indexOf: (itemId) => numbers.get(itemId) };
}
