import {
  type Catalogue,
  eventTypeCode,
  eventTypes,
  linesOf,
  ratingOf,
  type Sequences,
  shopperOf,
} from '../core/index.ts';
import type { Log } from '../log/index.ts';
import { identityLinks } from '../state/index.ts';

export interface LogSlice {
  /** Milliseconds, inclusive; the beginning where missing. */
  readonly from?: number;
  /** Milliseconds, exclusive; the end where missing. */
  readonly to?: number;
  /** Names of event types; where missing, every type that shows interest in an item. */
  readonly types?: readonly string[];
}

export interface LogSequences {
  readonly sequences: Sequences;
  /** Row u of the sequences is this shopper's. In order of first appearance in time. */
  readonly shoppers: readonly string[];
}

export const interestTypes: readonly string[] = eventTypes
  .filter((type) => type.interest > 0)
  .map((type) => type.name);

/**
 * Every shopper's interactions with known items in order of time, as flat arrays. An order of several items gives one
 * interaction each. What was done before a login belongs to the user; what came before an erasure is left out.
 * One pass over the log; memory is 29 bytes an interaction.
 */
export async function sequencesOfLog(
  log: Log,
  catalogue: Catalogue,
  { from, to, types = interestTypes }: LogSlice = {},
): Promise<LogSequences> {
  const wanted = new Set(types);
  const rows = growingRows();
  const shoppers: string[] = [];
  const numbers = new Map<string, number>();
  const erasedAt = new Map<string, number>();
  const links = identityLinks();
  for await (const event of log.readByTime(from, to)) {
    const shopper = shopperOf(event);
    if (shopper === undefined) continue;
    links.apply(event);
    if (event.eventType === 'erased') erasedAt.set(shopper, event.timestamp);
    if (!wanted.has(event.eventType)) continue;
    for (const { itemId } of linesOf(event)) {
      const item = catalogue.indexOf(itemId);
      if (item === undefined) continue;
      let number = numbers.get(shopper);
      if (number === undefined) {
        number = shoppers.push(shopper) - 1;
        numbers.set(shopper, number);
      }
      rows.add(number, item, eventTypeCode(event.eventType), event.timestamp, ratingOf(event) ?? 0);
    }
  }

  // Anonymous rows move to their users; rows before an erasure go; then a counting sort by shopper, stable in time.
  const owners = shoppers.map((shopper) => links.userOf(shopper) ?? shopper);
  const names = [...new Set(owners)];
  const place = new Map(names.map((name, i) => [name, i]));
  const ownerOf = Int32Array.from(owners, (owner) => place.get(owner)!);
  const bounds = Float64Array.from(shoppers, (shopper) => erasedAt.get(shopper) ?? Number.NEGATIVE_INFINITY);
  const kept = rows.take(
    (shopper, time) => (time >= bounds[shopper]! ? ownerOf[shopper]! : -1),
    names.length,
  );
  const present = names.map((_, u) => kept.offsets[u + 1]! > kept.offsets[u]!);
  if (present.every(Boolean)) return { sequences: { itemCount: catalogue.size, ...kept }, shoppers: names };
  const offsets = Int32Array.from([
    0,
    ...names.flatMap((_, u) => (present[u] ? [kept.offsets[u + 1]!] : [])),
  ]);
  return {
    sequences: { itemCount: catalogue.size, ...kept, n: offsets.length - 1, offsets },
    shoppers: names.filter((_, u) => present[u]),
  };
}

/** Rows in typed arrays that double when full. */
function growingRows() {
  let size = 0;
  let shoppers = new Int32Array(1024);
  let items = new Int32Array(1024);
  let types = new Uint8Array(1024);
  let times = new Float64Array(1024);
  let ratings = new Float32Array(1024);
  return {
    add(shopper: number, item: number, type: number, time: number, rating: number): void {
      if (size === items.length) {
        shoppers = doubled(shoppers, new Int32Array(2 * size));
        items = doubled(items, new Int32Array(2 * size));
        types = doubled(types, new Uint8Array(2 * size));
        times = doubled(times, new Float64Array(2 * size));
        ratings = doubled(ratings, new Float32Array(2 * size));
      }
      shoppers[size] = shopper;
      items[size] = item;
      types[size] = type;
      times[size] = time;
      ratings[size] = rating;
      size++;
    },
    /** Sorts rows by owner, keeping their order; owner -1 drops a row. */
    take(ownerOf: (shopper: number, time: number) => number, n: number) {
      const offsets = new Int32Array(n + 1);
      const owners = new Int32Array(size);
      for (let row = 0; row < size; row++) {
        const owner = ownerOf(shoppers[row]!, times[row]!);
        owners[row] = owner;
        if (owner >= 0) offsets[owner + 1]!++;
      }
      for (let u = 0; u < n; u++) offsets[u + 1]! += offsets[u]!;
      const next = offsets.slice(0, n);
      const total = offsets[n]!;
      const sorted = {
        n,
        offsets,
        items: new Int32Array(total),
        types: new Uint8Array(total),
        times: new Float64Array(total),
        ratings: new Float32Array(total),
      };
      for (let row = 0; row < size; row++) {
        if (owners[row]! < 0) continue;
        const to = next[owners[row]!]!++;
        sorted.items[to] = items[row]!;
        sorted.types[to] = types[row]!;
        sorted.times[to] = times[row]!;
        sorted.ratings[to] = ratings[row]!;
      }
      return sorted;
    },
  };
}

function doubled<T extends Int32Array | Uint8Array | Float64Array | Float32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
