import type { Rng, Sequences } from '../core/index.ts';
import { topEigenvectors } from '../math/index.ts';
import { entriesByItem, rowOfEntry, sparseRows } from './sparse-rows.ts';

/** Interactions further apart are no neighbours; each step of distance weighs less, as in `markov`. */
const window = 10;
const decay = 0.8;
/** Holds back pairs of items that are both rare, as in `item-knn`. */
const shrink = 2;
/** Of orthogonal iteration: a good beginning needs no exact eigenvectors. */
const sweeps = 8;

/**
 * First rows for items that are learned from histories: items that stand near each other there begin near each other, so
 * that learning goes on from what counting knows, in a fraction of the passes. Rows of the eigenvectors of the normalised
 * neighbourhood (Ng, Jordan & Weiss 2002; what word vectors factorise too, Levy & Goldberg 2014), of one length:
 *
 *   near(i, j) = sum over pairs at most 10 apart of .8^(distance - 1)          in either order
 *   a(i, j)    = near(i, j) / (sqrt(near(i) near(j)) + 2)                      near(i): the sum of its row
 *   row i      = of (v_c(i) sqrt |l_c|) for the `width` largest eigenvalues l_c of a, scaled to `length`
 *
 * `table` holds items x width numbers; rows of items without a neighbour stay as they are.
 */
export function neighbourRows(
  { offsets, items, itemCount }: Sequences,
  table: Float32Array,
  width: number,
  length: number,
  rng: Rng,
): void {
  const { starts, entries } = entriesByItem(items, itemCount);
  const shopper = rowOfEntry(offsets);
  const {
    offsets: begins,
    columns,
    values,
  } = sparseRows(itemCount, (row, add) => {
    for (const entry of entries.subarray(starts[row]!, starts[row + 1]!)) {
      const [from, to] = [offsets[shopper[entry]!]!, offsets[shopper[entry]! + 1]!];
      for (let other = Math.max(from, entry - window); other < Math.min(to, entry + window + 1); other++)
        if (other !== entry) add(items[other]!, decay ** (Math.abs(other - entry) - 1));
    }
  });
  const near = new Float64Array(itemCount);
  for (let i = 0; i < itemCount; i++)
    for (let p = begins[i]!; p < begins[i + 1]!; p++) near[i]! += values[p]!;
  for (let i = 0; i < itemCount; i++)
    for (let p = begins[i]!; p < begins[i + 1]!; p++)
      values[p]! /= Math.sqrt(near[i]! * near[columns[p]!]!) + shrink;
  const found = topEigenvectors(
    itemCount,
    width,
    (column, out) => {
      for (let i = 0; i < itemCount; i++)
        for (let p = begins[i]!; p < begins[i + 1]!; p++) out[i]! += values[p]! * column[columns[p]!]!;
    },
    rng,
    sweeps,
  );
  const row = new Float64Array(found.vectors.length);
  for (let i = 0; i < itemCount; i++) {
    found.vectors.forEach((vector, c) => {
      row[c] = vector[i]! * Math.sqrt(Math.abs(found.values[c]!));
    });
    const size = Math.hypot(...row);
    if (!(size > 1e-10)) continue;
    for (let c = 0; c < row.length; c++) table[i * width + c] = (length * row[c]!) / size;
  }
}
