import { contentHash, type Event, type Item } from '../core/index.ts';
import type { Log } from '../log/index.ts';

/**
 * What the catalogue says of each item now, by hash, so that an import stores only what changes it. The id of a change
 * names the entry and the change before it: the same file twice changes nothing, and a price that goes up and comes down
 * again is two changes.
 */
export interface CatalogueVersions {
  /** The event that makes the item so, or undefined where it is so already. */
  change(item: Item, now: number): Event | undefined;
}

export async function catalogueVersions(log: Log): Promise<CatalogueVersions> {
  const current = new Map<string, { version: string; eventId: string }>();
  for await (const event of log.readByTime()) {
    if (event.eventType !== 'item_changed') continue;
    const item = event.properties?.item as unknown as Item | undefined;
    if (item) current.set(item.itemId, { version: versionOf(item), eventId: event.eventId });
  }
  return {
    change(item, now) {
      const version = versionOf(item);
      const before = current.get(item.itemId);
      if (version === before?.version) return undefined;
      const eventId = contentHash(`item_changed ${item.itemId} ${before?.eventId ?? ''} ${version}`);
      current.set(item.itemId, { version, eventId });
      return {
        eventId,
        eventType: 'item_changed',
        timestamp: now,
        itemId: item.itemId,
        properties: { item: item as never },
      };
    },
  };
}

const versionOf = (item: Item): string => contentHash(JSON.stringify(item)).slice(0, 16);
