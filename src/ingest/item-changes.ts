import { type Catalogue, contentHash, type Event, type Item, type Json } from '../core/index.ts';

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
