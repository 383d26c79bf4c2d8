import type { DenseKernels } from './dense-kernels.ts';

/**
 * The loops that a graph engine does badly: they touch every number once and are bound by memory, so they run in place
 * on flat arrays. Two keepers of one contract: WebAssembly (`loadKernels`) and its plain twin (`plainKernels`), equal
 * to the last bit but for the sums of `DenseKernels`, which are rounded once a product where the processor can.
 *
 * Every array that is passed must come from `floats`, `doubles`, `ints` or `bytes` of the same kernels, or be a
 * `subarray` of one: those lie in memory the kernels own, at fixed places, and are never detached, so views may be kept
 * for as long as the kernels live (and bound to an engine as inputs). There is no free: take what a model needs once.
 */
export interface Kernels extends DenseKernels {
  /** "wasm", "wasm fused" or "plain", for logs. */
  readonly id: string;
  /** Zeroed arrays of n numbers. Throw RangeError where the memory the kernels were given is used up. */
  floats(n: number): Float32Array;
  doubles(n: number): Float64Array;
  ints(n: number): Int32Array;
  bytes(n: number): Int8Array;

  /** theta -= learningRate x scale x gradient. */
  sgd(theta: Float32Array, gradient: Float32Array, learningRate: number, scale?: number): void;

  /** mean += rate x (values - mean), in double precision: a running mean of the values. */
  approach(mean: Float32Array, values: Float32Array, rate: number): void;

  /**
   * One Adam step (Kingma & Ba 2015, algorithm 1) on all of theta; m and v are its moments, of the same length. A first moment
   * below 1e-30 becomes 0: what has had no gradient for hundreds of steps costs neither root nor quotient, and moves nothing.
   */
  adam(theta: Float32Array, m: Float32Array, v: Float32Array, gradient: Float32Array, step: AdamStep): void;

  /**
   * The same for some rows of tables of `width` columns: an embedding, of which a batch touches little. `gradient` has
   * the size of theta; the gradient rows that were used are set to zero, ready for the next scatter. `rows` must be
   * distinct. The moments of other rows stand still.
   */
  adamRows(
    theta: Float32Array,
    m: Float32Array,
    v: Float32Array,
    gradient: Float32Array,
    rows: Int32Array,
    width: number,
    step: AdamStep,
  ): void;

  /** target[rows[i]] += values[i] for rows of `width` columns, in order; rows may repeat, negative ones are left out. */
  scatterAddRows(target: Float32Array, rows: Int32Array, values: Float32Array, width: number): void;

  /**
   * Writes each row number of `rows` once into `out`, in order of first appearance, leaves negative ones out, and
   * answers how many there are. `marks` holds a zero for every possible row and is left so.
   */
  distinctRows(rows: Int32Array, marks: Int8Array, out: Int32Array): number;

  /** The sum of squares in double precision; its root is the norm that clipping compares. */
  sumOfSquares(values: Float32Array): number;

  /** The same, into out[0]. */
  squaresTo(values: Float32Array, out: Float64Array): void;

  /**
   * Every row of `a` times every row of `b`: out[i x n + j] = a_i . b_j, with m and n rows of `width` columns, a multiple
   * of 4. Four partial sums each, in single precision.
   */
  products(a: Float32Array, m: number, b: Float32Array, n: number, width: number, out: Float32Array): void;

  /**
   * start + a b for an `a` of which many numbers are zero, as after a ReLU: these cost nothing. Sums in single precision,
   * in the order of a's columns, products fused where the runtime knows how. Where b has at most four columns WebAssembly may
   * multiply zeros too: a NaN or an infinity in b spreads there.
   */
  sparseProduct(product: SparseProduct): void;

  /**
   * A sparse matrix of ones times a dense one of 16 columns: row i of `out` becomes the sum of the rows of `values` named by
   * `columns[offsets[i] .. offsets[i + 1]]`, in that order. As many rows as `offsets` has numbers, less one.
   */
  sumRows(offsets: Int32Array, columns: Int32Array, values: Float32Array, out: Float32Array): void;

  /**
   * Finds the rows of `items` (numbers 0 .. 127; `query.length` columns, a multiple of 64; as many as `scales` has numbers, a
   * multiple of 4) for which (query . row_i + shift) x scales[i] > threshold; writes their numbers to `rows` and what was
   * compared to `bounds`, in order, and answers how many. `bounds` has room for 3 more than there are rows. In any 64 columns of
   * the query the sizes of those that share a lane (2 l and 2 l + 1 of each 16) must add up to at most 258.
   */
  scanInt8(
    query: Int8Array,
    items: Int8Array,
    scales: Float32Array,
    shift: number,
    threshold: number,
    rows: Int32Array,
    bounds: Float32Array,
  ): number;

  /**
   * out[i] = query . the row of `values` that rows[i] names, in double precision: four sums, of columns j mod 4 (of what is
   * left after the last whole four all in the first), added in pairs.
   */
  dotRows(query: Float32Array, values: Float32Array, rows: Int32Array, out: Float64Array): void;
}

/** Columns of the dense matrix of `sumRows`. */
export const sumRowsWidth = 16;

export interface SparseProduct {
  readonly a: Matrix;
  readonly b: Matrix;
  /** What every row begins with, as many numbers as b has columns; zeros where left out. */
  readonly start?: Float32Array | undefined;
  /** Negative numbers become 0. */
  readonly rectify?: boolean;
  /** As large as `out`: only where it is above 0 is anything kept, the way back through a ReLU that answered it. */
  readonly gate?: Float32Array | undefined;
  /** Rows of a x columns of b. */
  readonly out: Float32Array;
  /** Scratch, at least `sparseProductRoom`. */
  readonly room: Float32Array;
}

/**
 * Row-major numbers, of which the first rows x columns are taken, `stride` numbers from a row to the next (`columns` where left
 * out); `transposed` reads them as columns x rows.
 */
export interface Matrix {
  readonly values: Float32Array;
  readonly rows: number;
  readonly columns: number;
  readonly stride?: number;
  readonly transposed?: boolean;
}

/** Numbers of scratch for m rows of k columns times k rows. */
export const sparseProductRoom = (m: number, k: number): number => 32 * k + 160 + m + 2 * m * (k + 4);

export interface AdamStep {
  readonly learningRate: number;
  /** Decay of the first moment, usually .9. */
  readonly beta1: number;
  /** Decay of the second moment, usually .999. */
  readonly beta2: number;
  /** Added to the root of the second moment, usually 1e-8. */
  readonly epsilon: number;
  /** Counts from 1; corrects the moments' bias towards zero. */
  readonly step: number;
  /** Multiplies the gradient first, for clipping by norm or averaging; 1 where left out. */
  readonly scale?: number;
}

/** The two numbers a step's bias correction comes to: theta -= stepSize x m / (sqrt(v) x rootScale + epsilon). */
export function adamFactors({ learningRate, beta1, beta2, step }: AdamStep): {
  readonly stepSize: number;
  readonly rootScale: number;
} {
  return {
    stepSize: learningRate / (1 - beta1 ** step),
    rootScale: 1 / Math.sqrt(1 - beta2 ** step),
  };
}

/** Throws RangeError where `products` would read or write beyond its arrays. */
export function productsFit(
  a: Float32Array,
  m: number,
  b: Float32Array,
  n: number,
  width: number,
  out: Float32Array,
): void {
  if (width % 4 !== 0) throw new RangeError(`a row has ${width} columns, not a multiple of 4`);
  if (m * width > a.length || n * width > b.length || m * n > out.length)
    throw new RangeError(`${m} and ${n} rows of ${width} columns do not fit the arrays`);
}

/** Rows and columns as they are read; throws RangeError where `sparseProduct` would read or write beyond its arrays. */
export function sparseProductSizes({ a, b, start, gate, out, room }: SparseProduct): {
  readonly m: number;
  readonly k: number;
  readonly n: number;
} {
  const [m, k] = a.transposed ? [a.columns, a.rows] : [a.rows, a.columns];
  const [rows, n] = b.transposed ? [b.columns, b.rows] : [b.rows, b.columns];
  if (rows !== k) throw new RangeError(`${m} x ${k} times ${rows} x ${n} is no product`);
  const fits =
    numbersOf(a) <= a.values.length &&
    numbersOf(b) <= b.values.length &&
    m * n <= out.length &&
    n <= (start?.length ?? n) &&
    m * n <= (gate?.length ?? m * n) &&
    sparseProductRoom(m, k) <= room.length;
  if (!fits) throw new RangeError(`the product of ${m} x ${k} and ${k} x ${n} does not fit the arrays`);
  return { m, k, n };
}

/** From its first number to its last. */
const numbersOf = ({ rows, columns, stride = columns }: Matrix): number =>
  rows > 0 ? (rows - 1) * stride + columns : 0;

/** Throws RangeError where `sumRows` would read or write beyond its arrays; answers the number of rows. */
export function sumRowsFit(
  offsets: Int32Array,
  columns: Int32Array,
  values: Float32Array,
  out: Float32Array,
): number {
  const n = offsets.length - 1;
  const rows = Math.floor(values.length / sumRowsWidth);
  if (n < 0 || n * sumRowsWidth > out.length)
    throw new RangeError(`${n} rows of ${sumRowsWidth} columns do not fit ${out.length} numbers`);
  let from = 0;
  for (let i = 0; i <= n; i++) {
    const to = offsets[i]!;
    if (to < from || to > columns.length)
      throw new RangeError('the offsets do not rise from 0 to the number of columns');
    from = to;
  }
  for (let p = offsets[0]!; p < offsets[n]!; p++)
    if (columns[p]! < 0 || columns[p]! >= rows)
      throw new RangeError(`row ${columns[p]} is not in 0 .. ${rows - 1}`);
  return n;
}
