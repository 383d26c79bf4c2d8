/**
 * The layers of small networks, which a graph engine spends more time on arranging than on computing: rows times a
 * matrix, the way back through it, and tanh. Matrices are row-major, inputs x outputs.
 *
 *   forward    out = tanh(x w + bias)             back    d_x = (d w^T) (1 - x^2)       w += x^T d, bias += sum of d
 *
 * Every width is a multiple of 4, and so is the number of rows (of `addOuter` it may be any): who has fewer fills up with
 * zeros, which stay zeros in all that is learned. Throw RangeError for anything else and for arrays that are too short.
 */
export interface DenseKernels {
  /** out = x w + bias for each of `rows` rows of x, squashed by tanh where asked. Widths: bias.length outputs, w.length / outputs inputs. */
  affine(
    x: Float32Array,
    rows: number,
    w: Float32Array,
    bias: Float32Array,
    squash: boolean,
    out: Float32Array,
  ): void;
  /** out = (d wT) (1 - h^2), `width` numbers a row: from the gradient of what w made of h = tanh(z) to the gradient of z. */
  backThroughTanh(
    d: Float32Array,
    rows: number,
    wT: Float32Array,
    width: number,
    h: Float32Array,
    out: Float32Array,
  ): void;
  /** w += x^T d, bias += the sums of d's columns. */
  addOuter(x: Float32Array, rows: number, d: Float32Array, w: Float32Array, bias: Float32Array): void;
  /** w, rows x columns, as columns x rows; any numbers of both. */
  transpose(w: Float32Array, rows: number, columns: number, out: Float32Array): void;
}

/** The next multiple of 4. */
export const fours = (n: number): number => (n + 3) & ~3;

/**
 * tanh(x) = x p(x^2) / q(x^2) within 7.9, where it is 1 in single precision (the rational function of Eigen and XLA). At
 * most 3e-7 from the truth, within the rounding of what it is used for.
 */
export const tanhNumbers = {
  limit: 7.905311107635498,
  p: [
    -2.76076847742355e-16, 2.00018790482477e-13, -8.60467152213735e-11, 5.12229709037114e-8,
    1.48572235717979e-5, 6.37261928875436e-4, 4.89352455891786e-3,
  ],
  q: [1.19825839466702e-6, 1.18534705686654e-4, 2.268434632439e-3, 4.89352518554385e-3],
} as const;

/** Throws RangeError unless `width` is a multiple of 4 and the array holds so many rows of it. */
export function rowsFit(rows: number, width: number, array: Float32Array): void {
  if (width % 4 !== 0) throw new RangeError(`rows have ${width} numbers: all must be multiples of 4`);
  tableFits(rows, width, array);
}

/** The same of any width. */
export function tableFits(rows: number, width: number, array: Float32Array): void {
  if (rows * width > array.length)
    throw new RangeError(`${rows} rows of ${width} numbers do not fit an array of ${array.length}`);
}

/** The same where rows are taken four at a time. */
export function foursFit(rows: number, width: number, array: Float32Array): void {
  if (rows % 4 !== 0) throw new RangeError(`there are ${rows} rows: all must be multiples of 4`);
  rowsFit(rows, width, array);
}
