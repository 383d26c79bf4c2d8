/**
 * Rows in 7 bits and a query in 8, and what their product can be off by.
 *
 * With s = max |x| / 63, x ~ s x7 and q ~ t q8; a byte holds x7 + 64. Since
 *
 *     q . x - s t q8 . x7  =  (q - t q8) . s x7  +  q . (x - s x7),
 *
 * that difference is in size at most s t slack, with (Cauchy and Schwarz)
 *
 *     slack = |q - t q8| / t x (largest |x7| of all rows)  +  |q| / t x (largest |x / s - x7|)   (+ what single precision rounds).
 *
 * Scales are relative to the largest of all rows, and what is bounded is in units of it and of the query.
 */
import type { Kernels } from './kernels.ts';

export interface QuantisedRows {
  /** x7 + 64, 0 .. 127, rows of `paddedWidth`; columns that fill them up are 64. */
  readonly items: Int8Array;
  /** s of each row relative to the largest; NaN for the rows that fill their number up to a multiple of 4. */
  readonly scales: Float32Array;
  /** The number of each row among all, where these are some. */
  readonly numbers?: Int32Array;
  /** s of the row whose scale is 1. */
  readonly unit: number;
  readonly largestNorm: number;
  readonly largestRest: number;
}

const middle = 64;
const most = 63;
/** The most that |query| may add up to in columns that share a lane of the scan, so that 127 times it stays below 2^15. */
const scanLimit = 258;

/** Bytes of a row: whole pieces of the scan. */
export const paddedWidth = (width: number): number => Math.max(1, Math.ceil(width / 64)) * 64;

/** Throws RangeError where a number is not finite. */
export function quantiseRows(
  values: Float32Array,
  n: number,
  width: number,
  kernels: Kernels,
): QuantisedRows {
  const padded = paddedWidth(width);
  const room = Math.ceil(n / 4) * 4;
  const items = kernels.bytes(room * padded).fill(middle);
  const scales = kernels.floats(room).fill(Number.NaN);
  let largest = 0;
  for (let i = 0; i < n; i++) {
    let range = 0;
    for (let j = i * width; j < (i + 1) * width; j++) {
      const size = Math.abs(values[j]!);
      if (!(size < Infinity))
        throw new RangeError(`row ${i}, column ${j - i * width} is ${values[j]}, not finite`);
      if (size > range) range = size;
    }
    scales[i] = range / most;
    if (range / most > largest) largest = range / most;
  }
  const unit = largest || 1;
  let [largestNorm, largestRest] = [0, 0];
  for (let i = 0; i < n; i++) {
    // Rows that are nothing beside the largest get a scale that single precision can hold; the bound stays true.
    scales[i] = Math.max(scales[i]! / unit, 1e-30);
    const scale = scales[i]! * unit;
    let [norm, rest] = [0, 0];
    for (let j = 0; j < width; j++) {
      const exact = values[i * width + j]! / scale;
      const rounded = Math.max(-most, Math.min(most, Math.round(exact)));
      items[i * padded + j] = middle + rounded;
      norm += rounded ** 2;
      rest += (exact - rounded) ** 2;
    }
    largestNorm = Math.max(largestNorm, Math.sqrt(norm));
    largestRest = Math.max(largestRest, Math.sqrt(rest));
  }
  return { items, scales, unit, largestNorm, largestRest };
}

/** Copies of some rows, as many as a multiple of 4. */
export function someRows(
  all: QuantisedRows,
  width: number,
  numbers: Int32Array,
  kernels: Kernels,
): QuantisedRows {
  const padded = paddedWidth(width);
  const items = kernels.bytes(numbers.length * padded);
  const scales = kernels.floats(numbers.length);
  numbers.forEach((row, i) => {
    items.set(all.items.subarray(row * padded, (row + 1) * padded), i * padded);
    scales[i] = all.scales[row]!;
  });
  return { ...all, items, scales, numbers };
}

/**
 * Writes the query as bytes. With them (dot + shift) x scale x unit bounds a row's product from above, and is too large by
 * slack x scale x unit in the middle. Throws RangeError where it is not of `width` finite numbers.
 */
export function quantiseQuery(
  query: Float32Array,
  width: number,
  rows: QuantisedRows,
  query8: Int8Array,
): { unit: number; shift: number; slack: number } {
  if (query.length !== width)
    throw new RangeError(`the query has ${query.length} numbers, the rows ${width}`);
  let range = 0;
  // Sums of the columns that the scan adds up in 16 bits.
  const lanes = new Float64Array(query8.length / 8);
  for (let j = 0; j < width; j++) {
    const size = Math.abs(query[j]!);
    if (!(size < Infinity)) throw new RangeError(`the query holds ${query[j]}, which is not finite`);
    range = Math.max(range, size);
    lanes[(j >> 6) * 8 + ((j & 15) >> 1)]! += size;
  }
  // As fine as bytes allow, and so that eight products with rounding stay below 2^15.
  const unit = Math.max(range / 127, Math.max(...lanes) / (scanLimit - 4)) || 1;
  let [sum, sizes, norm, rest] = [0, 0, 0, 0];
  for (let j = 0; j < width; j++) {
    const exact = query[j]! / unit;
    const rounded = Math.round(exact);
    query8[j] = rounded;
    sum += rounded;
    sizes += Math.abs(rounded);
    norm += exact ** 2;
    rest += (exact - rounded) ** 2;
  }
  const rounding = 127 * sizes * 2 ** -20;
  const slack = (Math.sqrt(rest) * rows.largestNorm + Math.sqrt(norm) * rows.largestRest) * 1.0001 + rounding;
  return { unit: unit * rows.unit, shift: slack - middle * sum, slack };
}
