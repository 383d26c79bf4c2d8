import type { Item } from './item.ts';

/** The items of a shop, numbered: models speak of item numbers 0 .. size - 1, the outside of itemIds. Numbers never change. */
export interface Catalogue {
  readonly items: readonly Item[];
  readonly size: number;
  /** The number of an item, or undefined for an unknown one. */
  indexOf(itemId: string): number | undefined;
  /** One number for each item: 0 only where its stock is known and used up, so that it is never recommended; else 1. */
  readonly stocked: Uint8Array;
}

export function catalogue(items: readonly Item[]): Catalogue {
  const numbers = new Map(items.map((item, i) => [item.itemId, i]));
  return {
    items,
    size: items.length,
    indexOf: (itemId) => numbers.get(itemId),
    stocked: Uint8Array.from(items, isStocked),
  };
}

export const isStocked = ({ stock }: Item): 0 | 1 => (stock === undefined || stock > 0 ? 1 : 0);
