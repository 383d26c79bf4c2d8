/** How often one item came with another, by the first of the two. */
export interface PairCounts {
  add(from: number, to: number): void;
  /** What came with an item, with how often. */
  row(from: number): ReadonlyMap<number, number>;
  save(): SavedPairs;
}

/** Row r is the entries offsets[r] .. offsets[r + 1]. */
export interface SavedPairs {
  readonly offsets: Uint32Array;
  readonly items: Uint32Array;
  readonly counts: Uint32Array;
}

/** Companions kept for one item; beyond twice as many, the rarest half is forgotten. */
const kept = 200;
const none: ReadonlyMap<number, number> = new Map();

/** Goes on from what was saved. A saved row is unpacked when it is first looked at, so that going on costs nothing. */
export function pairCounts(saved?: SavedPairs): PairCounts {
  const rows: (Map<number, number> | undefined)[] = [];
  const savedRows = saved ? saved.offsets.length - 1 : 0;
  const ends = (row: number): readonly [number, number] =>
    row < savedRows ? [saved!.offsets[row]!, saved!.offsets[row + 1]!] : [0, 0];

  function unpacked(row: number): Map<number, number> | undefined {
    const [start, end] = ends(row);
    if (rows[row] || start === end) return rows[row];
    const counts = new Map<number, number>();
    for (let i = start; i < end; i++) counts.set(saved!.items[i]!, saved!.counts[i]!);
    rows[row] = counts;
    return counts;
  }

  return {
    add(from, to) {
      const counts = unpacked(from) ?? new Map<number, number>();
      rows[from] = counts;
      counts.set(to, (counts.get(to) ?? 0) + 1);
      if (counts.size > 2 * kept) {
        rows[from] = new Map([...counts].sort((a, b) => b[1] - a[1]).slice(0, kept));
      }
    },
    row: (from) => unpacked(from) ?? none,
    save() {
      const n = Math.max(rows.length, savedRows);
      const offsets = new Uint32Array(n + 1);
      for (let row = 0; row < n; row++) {
        const [start, end] = ends(row);
        offsets[row + 1] = offsets[row]! + (rows[row]?.size ?? end - start);
      }
      const items = new Uint32Array(offsets[n]!);
      const counts = new Uint32Array(offsets[n]!);
      for (let row = 0; row < n; row++) {
        let at = offsets[row]!;
        const own = rows[row];
        if (own) {
          for (const [item, count] of own) {
            items[at] = item;
            counts[at++] = count;
          }
        } else if (saved) {
          const [start, end] = ends(row);
          items.set(saved.items.subarray(start, end), at);
          counts.set(saved.counts.subarray(start, end), at);
        }
      }
      return { offsets, items, counts };
    },
  };
}
