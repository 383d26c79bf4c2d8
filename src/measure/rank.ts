/**
 * The rank of a target among all items, from 0: items with a higher score and half of those with the same, so that a
 * constant score is a random order, not a lucky one. Items for which `masked` is 1 do not take part; a masked target
 * cannot be recommended: its rank is Infinity. The row begins at `at`.
 */
export function rankOf(
  scores: Float32Array,
  at: number,
  items: number,
  target: number,
  masked?: Uint8Array,
): number {
  if (masked?.[target]) return Infinity;
  const value = scores[at + target]!;
  let higher = 0;
  let same = -1;
  for (let i = 0; i < items; i++) {
    const score = scores[at + i]!;
    if (score < value || masked?.[i]) continue;
    if (score > value) higher++;
    else same++;
  }
  return higher + same / 2;
}

/**
 * Writes the best `k` items that are not masked to `out` at `to`, best first, ties to the lowest number, -1 where there
 * are no more.
 */
export function bestOf(
  scores: Float32Array,
  at: number,
  items: number,
  k: number,
  masked: Uint8Array | undefined,
  out: Int32Array,
  to: number,
): void {
  let size = 0;
  let least = -Infinity;
  for (let i = 0; i < items; i++) {
    const score = scores[at + i]!;
    if ((size === k && score <= least) || masked?.[i]) continue;
    let slot = size < k ? size++ : k - 1;
    while (slot > 0 && scores[at + out[to + slot - 1]!]! < score) {
      out[to + slot] = out[to + slot - 1]!;
      slot--;
    }
    out[to + slot] = i;
    least = scores[at + out[to + size - 1]!]!;
  }
  out.fill(-1, to + size, to + k);
}
