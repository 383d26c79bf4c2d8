/** What one case is worth by its rank (from 0) in a list of `k`; formulas in `measure.ts`. */
export const gains = {
  hr: (rank: number, k: number): number => (rank < k ? 1 : 0),
  precision: (rank: number, k: number): number => (rank < k ? 1 / k : 0),
  recall: (rank: number, k: number): number => (rank < k ? 1 : 0),
  ndcg: (rank: number, k: number): number => (rank < k ? 1 / Math.log2(rank + 2) : 0),
  mrr: (rank: number, k: number): number => (rank < k ? 1 / (rank + 1) : 0),
} as const;

export type GainName = keyof typeof gains;

/** The gain of each case. */
export function gainsOf(name: GainName, ranks: ArrayLike<number>, k: number): Float64Array {
  const gain = gains[name];
  return Float64Array.from({ length: ranks.length }, (_, i) => gain(ranks[i]!, k));
}

/** The mean, weighted where weights are given; 0 of nothing. */
export function meanOf(values: ArrayLike<number>, weights?: ArrayLike<number>): number {
  let sum = 0;
  let total = 0;
  for (let i = 0; i < values.length; i++) {
    const weight = weights ? weights[i]! : 1;
    sum += weight * values[i]!;
    total += weight;
  }
  return total > 0 ? sum / total : 0;
}

/**
 * Inverse propensities of the targets: how likely an interaction is in the log at all grows with the item's
 * popularity, so the plain mean speaks for popular items. Weights 1 / (c + 1) make every item speak alike.
 */
export function inversePropensities(targets: Int32Array, counts: ArrayLike<number>): Float64Array {
  return Float64Array.from(targets, (target) => 1 / (counts[target]! + 1));
}

/** Figures of one list against any number of right items: all of `gains`, with the ideal order for NDCG. */
export function listGains(
  list: ArrayLike<number>,
  right: ReadonlySet<number>,
  k: number,
): Record<GainName, number> {
  let hits = 0;
  let dcg = 0;
  let reciprocal = 0;
  for (let slot = 0; slot < Math.min(k, list.length); slot++) {
    if (!right.has(list[slot]!)) continue;
    hits++;
    dcg += 1 / Math.log2(slot + 2);
    if (reciprocal === 0) reciprocal = 1 / (slot + 1);
  }
  let ideal = 0;
  for (let slot = 0; slot < Math.min(k, right.size); slot++) ideal += 1 / Math.log2(slot + 2);
  return {
    hr: hits > 0 ? 1 : 0,
    precision: hits / k,
    recall: right.size > 0 ? hits / right.size : 0,
    ndcg: ideal > 0 ? dcg / ideal : 0,
    mrr: reciprocal,
  };
}
