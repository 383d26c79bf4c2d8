/**
 * The k items with the largest inner product with a query, exactly, at the price of reading a quarter of the numbers.
 *
 * Every row is also kept in 7 bits and every query put into 8 (quantised-rows.ts), so that one SIMD pass over the bytes
 * bounds each product from above. A little more than k rows, those with the largest bounds, are scored from the given numbers,
 * in double precision: the k-th best of them is seldom far below the k-th best of all, and never above it. What has a bound
 * that reaches it is scored too, and what has not cannot be among the best.
 *
 * The pass keeps what is above a floor, which is guessed: of about a thousand rows from everywhere, looked at first, the one
 * of a rank that the k-th best of all almost surely stands above. Had it been too high, that is seen, and the pass is made
 * again with a lower one. Nothing is approximate.
 */
import type { Kernels } from './kernels.ts';
import { loadKernels } from './load-kernels.ts';
import { bestScored, nearlyLargest, type TopK } from './order-scores.ts';
import { paddedWidth, type QuantisedRows, quantiseQuery, quantiseRows, someRows } from './quantised-rows.ts';

export interface TopKIndex {
  readonly n: number;
  readonly width: number;
  /** A copy of the rows as they were given. */
  readonly rows: Float32Array;
  /**
   * The best k rows, best first, ties to the lowest number; fewer where there are fewer. `mask` has one number for each
   * row: 0 leaves it out. `also`: rows, each once, to be scored whatever else is found. Throws RangeError where the query is not
   * of `width` finite numbers.
   */
  search(
    query: Float32Array,
    k: number,
    mask?: Uint8Array,
    also?: Int32Array,
  ): TopK & { readonly also: Float32Array };
}

const none = new Int32Array(0);
/** Most rows bounded to guess a floor. */
const mostSampled = 1024;

/**
 * Indexes n rows of `width` columns, row after row. Throws RangeError where a number is not finite. Takes about
 * n x (5 width + 24) bytes of the kernels' memory, width in bytes rounded up to a multiple of 64.
 */
export function buildTopK(values: Float32Array, n: number, width: number, kernels?: Kernels): TopKIndex {
  if (values.length !== n * width)
    throw new RangeError(`${values.length} numbers are not ${n} rows of ${width}`);
  const own = kernels ?? loadKernels({ bytes: memoryFor(n, width) });
  const rows = own.floats(n * width);
  rows.set(values);
  const all = quantiseRows(rows, n, width, own);
  const sampled = Math.min(mostSampled, n >> 3) & ~3;
  const fromEverywhere = Int32Array.from({ length: sampled }, (_, i) => Math.floor((i * n) / sampled));
  const sample = someRows(all, width, fromEverywhere, own);
  const query = own.floats(width);
  const query8 = own.bytes(paddedWidth(width));
  const room = all.scales.length;
  const [found, bounds] = [own.ints(room), own.floats(room + 3)];
  const [chosen, scores] = [own.ints(n), own.doubles(n)];

  return {
    n,
    width,
    rows,
    search(given, k, mask, also = none) {
      const { unit, shift, slack } = quantiseQuery(given, width, all, query8);
      query.set(given);
      const most = Math.max(0, Math.min(k, n));

      /** Rows that are allowed and bounded above the floor, to the front of `found` and `bounds`. */
      const scan = ({ items, scales, numbers }: QuantisedRows, floor: number): number => {
        const count = own.scanInt8(query8, items, scales, shift, floor, found, bounds);
        if (!mask) return count;
        let allowed = 0;
        for (let i = 0; i < count; i++) {
          const at = found[i]!;
          if (!mask[numbers ? numbers[at]! : at]) continue;
          found[allowed] = at;
          bounds[allowed++] = bounds[i]!;
        }
        return allowed;
      };
      const guess = (): number => {
        const expected = (most * sampled) / n;
        const rank = Math.ceil(expected + 3 * Math.sqrt(expected) + 1);
        if (4 * rank > sampled) return -Infinity;
        const count = scan(sample, -Infinity);
        for (let i = 0; i < count; i++) bounds[i] = bounds[i]! - slack * sample.scales[found[i]!]!;
        return below(nearlyLargest(bounds, count, rank));
      };
      /** Scores those of the first `count` found that have a bound above `from` and at most `to`, behind the first `already`. */
      const score = (count: number, from: number, to: number, already: number): number => {
        let all = already;
        for (let i = 0; i < count; i++) if (bounds[i]! > from && bounds[i]! <= to) chosen[all++] = found[i]!;
        own.dotRows(query, rows, chosen.subarray(already, all), scores.subarray(already));
        return all;
      };

      /** After the search, whose room it takes. */
      const scoresOf = (rowsOf: Int32Array): Float32Array => {
        chosen.set(rowsOf);
        own.dotRows(query, rows, chosen.subarray(0, rowsOf.length), scores);
        return Float32Array.from(scores.subarray(0, rowsOf.length));
      };

      if (most === 0) return { items: new Int32Array(0), scores: new Float32Array(0), also: scoresOf(also) };
      let floor = guess();
      for (let tries = 0; ; tries++) {
        const count = scan(all, floor);
        const some = below(nearlyLargest(bounds, count, Math.min(count, most + (most >> 3) + 8)));
        const first = score(count, some, Infinity, 0);
        const reached = below(nearlyLargest(scores, first, most) / unit);
        if (floor === -Infinity || reached > floor)
          return {
            ...bestScored(chosen, scores, score(count, reached, some, first), most),
            also: scoresOf(also),
          };
        floor = tries === 0 ? below(reached) : -Infinity;
      }
    },
  };
}

/** The largest single-precision number below x. */
function below(x: number): number {
  const near = Math.fround(x);
  return near < x || near === -Infinity ? near : Math.fround(near - Math.abs(near) * 2 ** -23 - 1e-45);
}

const memoryFor = (n: number, width: number): number =>
  n * (width * 4 + 20) + (n + mostSampled) * (paddedWidth(width) + 4) + 5 * paddedWidth(width) + 2048;
