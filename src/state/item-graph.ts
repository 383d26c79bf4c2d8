import { type Catalogue, type EdgeKind, edgeKinds, type Item, type ItemGraph } from '../core/index.ts';

/** The graph of the first `count` items of a catalogue: what their `related` lists say of each other. */
export function itemGraph(catalogue: Catalogue, count = catalogue.size): ItemGraph {
  const kinds = edgeKinds.map((kind) => [kind, neighbours(catalogue, count, kind)] as const);
  const ends = kinds.reduce((sum, [, { items }]) => sum + items.length, 0);
  return { n: count, size: ends / 2, kinds: Object.fromEntries(kinds) as unknown as ItemGraph['kinds'] };
}

/** The items that an item's own `related` lists name, the strongest sign first. */
export function linkedItems(
  { related = {} }: Item,
  indexOf: Catalogue['indexOf'],
): { readonly item: number; readonly kind: EdgeKind }[] {
  return edgeKinds.flatMap((kind) =>
    (related[kind] ?? []).flatMap((itemId) => {
      const item = indexOf(itemId);
      return item === undefined ? [] : [{ item, kind }];
    }),
  );
}

function neighbours(
  { items, indexOf }: Catalogue,
  count: number,
  kind: EdgeKind,
): ItemGraph['kinds'][EdgeKind] {
  const lists = Array.from({ length: count }, () => new Set<number>());
  for (let i = 0; i < count; i++) {
    for (const itemId of items[i]!.related?.[kind] ?? []) {
      const other = indexOf(itemId);
      if (other === undefined || other >= count || other === i) continue;
      lists[i]!.add(other);
      lists[other]!.add(i);
    }
  }
  const offsets = new Int32Array(count + 1);
  lists.forEach((list, i) => {
    offsets[i + 1] = offsets[i]! + list.size;
  });
  return { offsets, items: Int32Array.from(lists.flatMap((list) => [...list])) };
}
