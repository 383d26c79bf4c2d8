/**
 * The rank of a target among all items, from 0: items with a higher score and half of those with the same, so that a
 * constant score is a random order, not a lucky one. A score of -Infinity takes an item out: it does not count, and as
 * a target it cannot be reached, its rank is Infinity. NaN, what a model that diverged says, is never to its credit: as
 * a target it cannot be reached either, and any other item with it counts as higher. The row begins at `at`.
 */
export function rankOf(scores: Float32Array, at: number, items: number, target: number): number {
  const value = scores[at + target]!;
  if (!(value > -Infinity)) return Infinity;
  let higher = 0;
  let same = -1;
  const end = at + items;
  for (let i = at; i < end; i++) {
    const score = scores[i]!;
    if (score < value) continue;
    if (score === value) same++;
    else higher++;
  }
  return higher + same / 2;
}

/**
 * Writes the best `k` items to `out` at `to`, best first, ties to the lowest number, -1 where there are no more. A score
 * of -Infinity or NaN takes an item out.
 */
export function bestOf(
  scores: Float32Array,
  at: number,
  items: number,
  k: number,
  out: Int32Array,
  to: number,
): void {
  let size = 0;
  let least = -Infinity;
  for (let i = 0; i < items; i++) {
    const score = scores[at + i]!;
    if (!(score > least)) continue;
    let slot = size < k ? size++ : k - 1;
    while (slot > 0 && scores[at + out[to + slot - 1]!]! < score) {
      out[to + slot] = out[to + slot - 1]!;
      slot--;
    }
    out[to + slot] = i;
    if (size === k) least = scores[at + out[to + k - 1]!]!;
  }
  out.fill(-1, to + size, to + k);
}
