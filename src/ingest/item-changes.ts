import {
  type Catalogue,
  contentHash,
  type Event,
  type Item,
  type Json,
  TendrilError,
} from '../core/index.ts';

/** The items that differ from what the catalogue has, as events. */
export function itemChanges(items: readonly Item[], catalogue: Catalogue, now: number): Event[] {
  const known = (itemId: string) => catalogue.items[catalogue.indexOf(itemId) ?? -1];
  return items
    .filter((item) => JSON.stringify(item) !== JSON.stringify(known(item.itemId)))
    .map((item) => ({
      eventId: `item:${contentHash(JSON.stringify(item))}:${now}`,
      eventType: 'item_changed',
      timestamp: now,
      itemId: item.itemId,
      properties: { item: item as unknown as Json },
    }));
}

/** Known items with the given fields in place of their own, whole again. Throws `unknown-item`, naming the first. */
export function mergedItems(changes: readonly Item[], catalogue: Catalogue): Item[] {
  const merged = new Map<string, Item>();
  for (const change of changes) {
    const { itemId } = change;
    const before = merged.get(itemId) ?? catalogue.items[catalogue.indexOf(itemId) ?? -1];
    if (!before)
      throw new TendrilError(
        'unknown-item',
        `there is no item "${itemId.slice(0, 100)}"; nothing was changed`,
      );
    merged.set(itemId, { ...before, ...change });
  }
  return [...merged.values()];
}
