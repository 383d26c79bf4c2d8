import { type Catalogue, type Event, type Item, isStocked, linesOf } from '../core/index.ts';

/**
 * The catalogue as a fold over the log: `item_changed` events carry whole items, the newest by time wins, and every
 * item ever named by any event has a number, given by first appearance and never changed. An event never needs a
 * known item, so an item may be no more than its id.
 */
export interface CatalogueState extends Catalogue {
  /** Takes an event in, whatever its type, in order of arrival. Answers true where an item is new or changed. */
  apply(event: Event): boolean;
  item(itemId: string): Item | undefined;
  /** Counts up whenever an item is new or changed. */
  readonly version: number;
  save(): SavedCatalogue;
}

export interface SavedCatalogue {
  readonly items: readonly Item[];
  /** Time of each item's newest change; -Infinity where none was seen. */
  readonly changedAt: Float64Array;
}

/** `known` fixes the first numbers: the items of a model that was trained on them. Or goes on from what was saved. */
export function catalogueState(known: readonly string[] = [], saved?: SavedCatalogue): CatalogueState {
  const items: Item[] = [...(saved?.items ?? [])];
  const changedAt: number[] = [...(saved?.changedAt ?? [])];
  const numbers = new Map(items.map(({ itemId }, number) => [itemId, number]));
  let stocked = Uint8Array.from(items, isStocked);
  let version = items.length;
  const appear = (itemId: string): number => {
    let number = numbers.get(itemId);
    if (number === undefined) {
      number = items.length;
      numbers.set(itemId, number);
      items.push({ itemId });
      if (number >= stocked.length) {
        const longer = new Uint8Array(Math.max(64, 2 * number));
        longer.set(stocked);
        stocked = longer;
      }
      stocked[number] = 1;
      changedAt.push(Number.NEGATIVE_INFINITY);
      version++;
    }
    return number;
  };
  known.forEach(appear);
  return {
    items,
    get size() {
      return items.length;
    },
    get version() {
      return version;
    },
    indexOf: (itemId) => numbers.get(itemId),
    item: (itemId) => items[numbers.get(itemId) ?? -1],
    get stocked() {
      return stocked.subarray(0, items.length);
    },
    apply(event) {
      const before = version;
      const item = event.eventType === 'item_changed' ? itemOf(event) : undefined;
      if (item) {
        const number = appear(item.itemId);
        if (event.timestamp >= changedAt[number]!) {
          items[number] = item;
          stocked[number] = isStocked(item);
          changedAt[number] = event.timestamp;
          version++;
        }
      } else {
        for (const line of linesOf(event)) appear(line.itemId);
      }
      return version > before;
    },
    save: () => ({ items, changedAt: Float64Array.from(changedAt) }),
  };
}

function itemOf(event: Event): Item | undefined {
  const item = event.properties?.item as unknown;
  return typeof item === 'object' && item !== null && typeof (item as Item).itemId === 'string'
    ? (item as Item)
    : undefined;
}
