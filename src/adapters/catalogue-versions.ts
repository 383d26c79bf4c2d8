import { contentHash, type Event, type Item } from '../core/index.ts';
import type { Log } from '../log/index.ts';

/**
 * What the catalogue says of each item now, by hash, so that an import stores only what changes it. The id of a change
 * names the entry and the change before it: the same file twice changes nothing, and a price that goes up and comes down
 * again is two changes.
 *
 * An item that stands in one file twice, with different entries, is changed twice by it. When such an item comes again,
 * only the last entry of the import counts: else the same file, read again, would change it back and forth.
 */
export interface CatalogueVersions {
  /** The event that makes the item so; undefined where it is so already, or where `rest` will tell. */
  change(item: Item, now: number): Event | undefined;
  /** At the end of an import: the changes that were waited with. */
  rest(now: number): Event[];
}

interface Version {
  readonly version: string;
  readonly eventId: string;
  readonly time: number;
  /** Whether this import, or the one that brought it, changed the item more than once. */
  readonly repeated: boolean;
}

export async function catalogueVersions(log: Log): Promise<CatalogueVersions> {
  const current = new Map<string, Version>();
  const waiting = new Map<string, Item>();
  const note = (itemId: string, version: string, eventId: string, time: number): void => {
    current.set(itemId, { version, eventId, time, repeated: current.get(itemId)?.time === time });
  };
  for await (const { event } of log.read()) {
    if (event.eventType !== 'item_changed') continue;
    const item = event.properties?.item as unknown as Item | undefined;
    // The newest by time is what the catalogue says.
    if (item && event.timestamp >= (current.get(item.itemId)?.time ?? 0))
      note(item.itemId, versionOf(item), event.eventId, event.timestamp);
  }
  function store(item: Item, now: number): Event | undefined {
    const version = versionOf(item);
    const before = current.get(item.itemId);
    if (version === before?.version) return undefined;
    const eventId = contentHash(`item_changed ${item.itemId} ${before?.eventId ?? ''} ${version}`);
    note(item.itemId, version, eventId, now);
    return {
      eventId,
      eventType: 'item_changed',
      timestamp: now,
      itemId: item.itemId,
      properties: { item: item as never },
    };
  }
  return {
    change(item, now) {
      const before = current.get(item.itemId);
      if (before === undefined || !before.repeated || before.time === now) return store(item, now);
      waiting.set(item.itemId, item);
      return undefined;
    },
    rest(now) {
      const events = [...waiting.values()].flatMap((item) => store(item, now) ?? []);
      waiting.clear();
      return events;
    },
  };
}

const versionOf = (item: Item): string => contentHash(JSON.stringify(item)).slice(0, 16);
