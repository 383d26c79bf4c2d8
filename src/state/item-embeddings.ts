import { rng, type Sequences } from '../core/index.ts';
import { topEigenvectors } from '../math/index.ts';

/**
 * Where items stand to each other, learned from histories alone, without any reward: items that come up near each other in
 * histories get vectors that point the same way. What skip-gram does to words (and item2vec, Barkan & Koenigstein 2016, to
 * items) is a factorisation of their pointwise mutual information (Levy & Goldberg 2014, "Neural word embedding as
 * implicit matrix factorization"); here it is done directly, which draws nothing by chance that matters:
 *
 *   pair(i, j)   times i and j are at most 5 apart in a history
 *   ppmi(i, j)   max(0, log(pair(i, j) / pairs of i / share of j in all pairs))
 *   vector of i  row i of Q sqrt(|eigenvalues|), the largest ones of ppmi, made one long
 *
 * with the share taken of counts to the power .75 (Levy, Goldberg & Dagan 2015). A shopper is the mean of what they took, halved for
 * every 30 days it is old (`embedShopper`), made one long: a direction, with the same meaning for everybody.
 */
export interface ItemEmbeddings {
  /** Numbers of a vector. */
  readonly size: number;
  /** Items x size; 0 for an item that was never near another. */
  readonly vectors: readonly number[];
}

const reach = 5;
const smoothing = 0.75;

export function itemEmbeddings(train: Sequences, size: number): ItemEmbeddings {
  const { itemCount: n } = train;
  const pairs = countPairs(train);
  const sums = new Float64Array(n);
  for (const [i, row] of pairs.entries()) for (const count of row.values()) sums[i]! += count;
  const smooth = sums.map((sum) => sum ** smoothing);
  const total = smooth.reduce((a, b) => a + b, 0);
  // Symmetric: the mean of both directions, which differ by the smoothing only.
  const ppmi = pairs.map((row, i) =>
    [...row].map(([j, count]) => {
      const one = Math.log((count / sums[i]!) * (total / smooth[j]!));
      const other = Math.log((count / sums[j]!) * (total / smooth[i]!));
      return [j, Math.max(0, (one + other) / 2)] as const;
    }),
  );
  const { vectors, values } = topEigenvectors(
    n,
    size,
    (column, out) => {
      for (let i = 0; i < n; i++) {
        let sum = 0;
        for (const [j, value] of ppmi[i]!) sum += value * column[j]!;
        out[i] = sum;
      }
    },
    rng(0),
  );
  const rows = new Array<number>(n * size).fill(0);
  for (let i = 0; i < n; i++) {
    const row = vectors.map((column, c) => column[i]! * Math.sqrt(Math.abs(values[c]!)));
    const length = Math.hypot(...row);
    // Five digits: they are stored as text with the model, and say no more than this.
    row.forEach((x, c) => {
      rows[i * size + c] = length > 0 ? Math.round((1e5 * x) / length) / 1e5 : 0;
    });
  }
  return { size, vectors: rows };
}

/** The embeddings of more items: those that came after they were learned were never near another. */
export const embeddingsOf = ({ size, vectors }: ItemEmbeddings, items: number): ItemEmbeddings => ({
  size,
  vectors: [...vectors, ...new Array<number>(items * size - vectors.length).fill(0)],
});

const halfLife = 30 * 86_400_000;

/** Writes a shopper's direction: of items with their times, before `now`; zeros where nothing is known. */
export function embedShopper(
  { size, vectors }: ItemEmbeddings,
  taken: Iterable<{ readonly item: number; readonly time: number }>,
  now: number,
  out: Float32Array,
  at: number,
): void {
  const sum = new Float64Array(size);
  for (const { item, time } of taken) {
    const weight = 0.5 ** (Math.max(0, now - time) / halfLife);
    for (let c = 0; c < size; c++) sum[c]! += weight * vectors[item * size + c]!;
  }
  const length = Math.hypot(...sum);
  for (let c = 0; c < size; c++) out[at + c] = length > 0 ? sum[c]! / length : 0;
}

/** For each item, how often each other one is near it. */
function countPairs({ n, itemCount, offsets, items }: Sequences): Map<number, number>[] {
  const pairs = Array.from({ length: itemCount }, () => new Map<number, number>());
  for (let u = 0; u < n; u++)
    for (let p = offsets[u]!; p < offsets[u + 1]!; p++)
      for (let q = Math.max(offsets[u]!, p - reach); q < p; q++) {
        const [i, j] = [items[p]!, items[q]!];
        if (i === j) continue;
        pairs[i]!.set(j, (pairs[i]!.get(j) ?? 0) + 1);
        pairs[j]!.set(i, (pairs[j]!.get(i) ?? 0) + 1);
      }
  return pairs;
}
