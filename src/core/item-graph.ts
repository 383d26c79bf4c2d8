/** In which list of a catalogue one item names another. */
export const edgeKinds = ['boughtTogether', 'alsoBought', 'alsoViewed'] as const;
export type EdgeKind = (typeof edgeKinds)[number];

/**
 * The co-purchase graph of a catalogue, by kind of edge. Edges go both ways: one list may have been cut short of what the
 * other names. The neighbours of item i are `items[offsets[i]] .. items[offsets[i + 1] - 1]`, each once.
 */
export interface ItemGraph {
  readonly n: number;
  /** Edges of all kinds, each counted once. */
  readonly size: number;
  readonly kinds: Readonly<Record<EdgeKind, { readonly offsets: Int32Array; readonly items: Int32Array }>>;
}
