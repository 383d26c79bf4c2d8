/**
 * Shoppers' histories as flat arrays (compressed rows): the interactions of shopper u are the entries
 * `offsets[u] .. offsets[u + 1]` of the other arrays, oldest first. The food of count models and sequence models.
 */
export interface Sequences {
  /** Shoppers. */
  readonly n: number;
  /** Items in the catalogue; entries of `items` are in 0 .. itemCount - 1. */
  readonly itemCount: number;
  /** n + 1. */
  readonly offsets: Int32Array;
  readonly items: Int32Array;
  /** Index into `eventTypes` (event-type.ts), where known. */
  readonly types?: Uint8Array;
  /** Milliseconds since 1970. */
  readonly times?: Float64Array;
  /** Strength: a rating 1-5 where there is one, else 0. */
  readonly ratings?: Float32Array;
}

/** From plain lists of item numbers, for tests and small data. */
export function sequencesOf(lists: readonly (readonly number[])[], itemCount: number): Sequences {
  const offsets = new Int32Array(lists.length + 1);
  lists.forEach((list, u) => {
    offsets[u + 1] = offsets[u]! + list.length;
  });
  return { n: lists.length, itemCount, offsets, items: Int32Array.from(lists.flat()) };
}
