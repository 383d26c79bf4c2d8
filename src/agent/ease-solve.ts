/**
 * Rows of P, the inverse of G + regularisation I, where G = X'X says how many shoppers took both of two items (ease.ts
 * needs nothing else). G is never made and nothing is inverted: row j solves (X'X + regularisation I) p = e_j, for 16 items
 * at a time, by Chebyshev's iteration (Saad 2003, "Iterative Methods for Sparse Linear Systems", algorithm 12.1), whose
 * steps cost what X holds. Beside conjugate gradients it needs no inner products, but bounds of the eigenvalues:
 *
 *   below  the regularisation
 *   above  for any v > 0 the largest (G v)_i / v_i (Collatz & Wielandt: G has no negative entries), v by power iteration
 *
 * The regularisation is as large as it is to keep the answer from following single shoppers; it also makes the ratio
 * of the two small (a dozen steps on shops), and P nearly sparse, so of each row the largest numbers are kept.
 */
import { loadKernels, sumRowsWidth } from '../math/index.ts';
import { entriesByItem, rowOfEntry, type SparseRows } from './sparse-rows.ts';

/** Which different items shoppers took; G adds up the rows, each times its weight: how many took just these (-1 takes one back). */
export interface EaseProfiles {
  readonly offsets: Int32Array;
  readonly items: Int32Array;
  readonly weights: Float32Array;
}

export interface EaseRows {
  /** Row k: what is kept of row `wanted[k]` of P, without its diagonal. */
  readonly rows: SparseRows;
  /** Number k: the diagonal of that row. */
  readonly diagonal: Float64Array;
}

/** Errors of a row beside its size. */
const tolerance = 1e-5;
const powerSteps = 20;

export function easeRows(
  profiles: EaseProfiles,
  itemCount: number,
  { regularisation, neighbours }: { readonly regularisation: number; readonly neighbours: number },
  wanted: Int32Array,
  progress?: (done: number, total: number) => void,
): EaseRows {
  const w = sumRowsWidth;
  const n = itemCount;
  const shoppers = profiles.weights.length;
  const { starts, entries } = entriesByItem(profiles.items, n);
  const rowOf = rowOfEntry(profiles.offsets);
  const nonZeros = profiles.items.length;
  const kernels = loadKernels({
    bytes: 4 * (2 * nonZeros + shoppers + n + 2 + w * (shoppers + 2 * n)) + 1024,
  });
  const copy = (from: Int32Array): Int32Array => {
    const to = kernels.ints(from.length);
    to.set(from);
    return to;
  };
  const byShopper = { offsets: copy(profiles.offsets), columns: copy(profiles.items) };
  const byItem = { offsets: copy(starts), columns: copy(entries.map((entry) => rowOf[entry]!)) };
  const direction = kernels.floats(n * w);
  const seen = kernels.floats(shoppers * w);
  const image = kernels.floats(n * w);
  /** image = G direction. */
  const applyGram = (): void => {
    kernels.sumRows(byShopper.offsets, byShopper.columns, direction, seen);
    for (let u = 0; u < shoppers; u++) {
      const weight = profiles.weights[u]!;
      if (weight !== 1) for (let c = u * w; c < (u + 1) * w; c++) seen[c]! *= weight;
    }
    kernels.sumRows(byItem.offsets, byItem.columns, seen, image);
  };

  const times = new Float64Array(n);
  profiles.items.forEach((item, p) => {
    times[item]! += profiles.weights[rowOf[p]!]!;
  });
  const above = regularisation + largestEigenvalue(direction, image, applyGram);
  const { center, spread, steps } = interval(regularisation, above);

  const residual = new Float32Array(n * w);
  const solution = new Float32Array(n * w);
  /** The 16 rows that begin at `wanted[from]`, in columns of `solution`. */
  const solve = (from: number): void => {
    residual.fill(0);
    direction.fill(0);
    solution.fill(0);
    for (let c = 0; c < w && from + c < wanted.length; c++) {
      residual[wanted[from + c]! * w + c] = 1;
      direction[wanted[from + c]! * w + c] = 1 / center;
    }
    let rho = spread / center;
    for (let step = 0; step < steps; step++) {
      applyGram();
      const next = 1 / ((2 * center) / spread - rho);
      const [keep, turn] = [next * rho, (2 * next) / spread];
      for (let i = 0; i < n * w; i++) {
        const d = direction[i]!;
        const r = residual[i]! - image[i]! - regularisation * d;
        solution[i]! += d;
        residual[i] = r;
        direction[i] = keep * d + turn * r;
      }
      rho = next;
    }
  };

  const kept = keeper(wanted.length, n, neighbours);
  const diagonal = new Float64Array(wanted.length);
  const row = new Float32Array(n);
  for (let from = 0; from < wanted.length; from += w) {
    solve(from);
    for (let c = 0; c < w && from + c < wanted.length; c++) {
      const item = wanted[from + c]!;
      for (let i = 0; i < n; i++) row[i] = solution[i * w + c]!;
      diagonal[from + c] = row[item]!;
      row[item] = 0;
      // What counts in a score is an entry beside its own item's diagonal, which is about 1 / (regularisation + times).
      kept.add(row, (i) => regularisation + times[i]!);
    }
    progress?.(Math.min(wanted.length, from + w), wanted.length);
  }
  return { rows: kept.rows(), diagonal };
}

/** At least the largest eigenvalue of G, closely. Uses the first column of the block. */
function largestEigenvalue(direction: Float32Array, image: Float32Array, applyGram: () => void): number {
  const w = sumRowsWidth;
  direction.fill(1);
  let least = Number.POSITIVE_INFINITY;
  for (let step = 0; step < powerSteps; step++) {
    applyGram();
    let largest = 0;
    let size = 0;
    for (let i = 0; i < direction.length; i += w) {
      largest = Math.max(largest, image[i]! / direction[i]!);
      size = Math.max(size, image[i]!);
    }
    least = Math.min(least, largest);
    if (size === 0) return 0;
    // Kept above 0, so that every step is a bound.
    for (let i = 0; i < direction.length; i++) direction[i] = image[i]! / size + 1e-3;
  }
  return least * (1 + 1e-4);
}

/** Center and half width of the eigenvalues, and the steps after which what is wrong is below the tolerance. */
function interval(below: number, above: number): { center: number; spread: number; steps: number } {
  const spread = Math.max((above - below) / 2, below * 1e-6);
  const root = Math.sqrt(Math.max(above, below * (1 + 1e-6)) / below);
  const steps = Math.ceil(Math.log(2 / tolerance) / Math.log((root + 1) / (root - 1)));
  return { center: (above + below) / 2, spread, steps };
}

/** Gathers the largest numbers of rows. */
function keeper(
  count: number,
  columnsOf: number,
  most: number,
): {
  add(row: Float32Array, weight: (column: number) => number): void;
  rows(): SparseRows;
} {
  const offsets = new Int32Array(count + 1);
  const columns = new Int32Array(count * Math.min(most, columnsOf));
  const values = new Float32Array(columns.length);
  const sizes = new Float32Array(columnsOf);
  const sorted = new Float32Array(columnsOf);
  let at = 0;
  let rows = 0;
  return {
    add(row, weight) {
      let found = 0;
      for (let i = 0; i < columnsOf; i++) {
        const size = Math.abs(row[i]! * weight(i));
        sizes[i] = size;
        if (size > 1e-6) sorted[found++] = size;
      }
      const least = found > most ? nthLargest(sorted, found, most) : 1e-6;
      const end = at + most;
      for (let i = 0; i < columnsOf && at < end; i++) {
        if (sizes[i]! < least || sizes[i]! <= 1e-6) continue;
        columns[at] = i;
        values[at++] = row[i]!;
      }
      offsets[++rows] = at;
    },
    rows: () => ({ n: count, offsets, columns: columns.slice(0, at), values: values.slice(0, at) }),
  };
}

/** The k-th largest of the first `length` numbers, which it moves about (Hoare's selection). */
function nthLargest(values: Float32Array, length: number, k: number): number {
  let [low, high] = [0, length - 1];
  while (low < high) {
    const pivot = values[(low + high) >> 1]!;
    let [i, j] = [low, high];
    while (i <= j) {
      while (values[i]! > pivot) i++;
      while (values[j]! < pivot) j--;
      if (i > j) break;
      const moved = values[i]!;
      values[i++] = values[j]!;
      values[j--] = moved;
    }
    if (k - 1 <= j) high = j;
    else if (k - 1 >= i) low = i;
    else break;
  }
  return values[k - 1]!;
}
