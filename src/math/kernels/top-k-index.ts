/**
 * The k items with the largest inner product with a query, exactly, at the price of reading a quarter of the numbers.
 *
 * Every row is also kept in 8 bits: x ~ s x8, with s = max |x| / 127, so that each number is off by at most s / 2; the
 * query is kept in 16 bits, q ~ t q16. Then for any row
 *
 *     q . x  <=  s t (q16 . x8 + slack),     slack = |q|_1 / 2t + 127 width / 2  (+ what single precision rounds away)
 *
 * and one SIMD pass over the bytes finds the few rows whose bound exceeds a floor or the k-th best score so far; those are
 * scored from the given numbers, in double precision.
 *
 * The floor is guessed: of about a thousand rows from everywhere, scored first, the one of a rank that the k-th best of all
 * almost surely stands above. Had it been too high, fewer than k rows stand above it, which is seen, and the pass is made again
 * with a lower one, at last with none. Nothing is approximate: a row that is left out cannot be among the best.
 */
import type { Kernels } from './kernels.ts';
import { loadKernels } from './load-kernels.ts';

export interface TopKIndex {
  readonly n: number;
  readonly width: number;
  /**
   * The best k rows, best first, ties to the lowest number; fewer where there are fewer. `mask` has one number for each
   * row: 0 leaves it out. Throws RangeError where the query is not of `width` finite numbers.
   */
  search(query: Float32Array, k: number, mask?: Uint8Array): TopK;
}

export interface TopK {
  readonly items: Int32Array;
  readonly scores: Float32Array;
}

const firstBlock = 256;
const largestBlock = 32768;
/** Rows scored to guess a floor. */
const sampled = 1024;

/**
 * Indexes n rows of `width` columns, row after row. The rows are read again at each search and must not change.
 * Throws RangeError where a number is not finite. Takes n x (width + 4) bytes of the kernels' memory.
 */
export function buildTopK(items: Float32Array, n: number, width: number, kernels?: Kernels): TopKIndex {
  if (items.length !== n * width)
    throw new RangeError(`${items.length} numbers are not ${n} rows of ${width}`);
  const padded = Math.max(16, Math.ceil(width / 16) * 16);
  const own = kernels ?? loadKernels({ bytes: n * (padded + 4) + largestBlock * 4 + padded * 2 + 1024 });
  const bytes = own.bytes(n * padded);
  const scales = own.floats(n);
  const query16 = own.shorts(padded);
  const found = own.ints(Math.min(n, largestBlock));
  const largest = quantise(items, n, width, padded, bytes, scales);

  return {
    n,
    width,
    search(query, k, mask) {
      const { unit, slack } = quantiseQuery(query, width, query16);
      const most = Math.max(0, Math.min(k, n));
      if (most === 0) return bestOf(0).result();
      const scan = (floor: number): Best => {
        const best = bestOf(most);
        for (let from = 0; from < n; ) {
          // Without a floor the first small block sets one, and as blocks double, each brings about k candidates more.
          const block = floor > -Infinity ? largestBlock : Math.max(firstBlock, most, from);
          const to = Math.min(n, from + Math.min(block, largestBlock));
          const threshold = roundDown(Math.max(floor, best.threshold()) / unit / largest);
          const count = own.scanInt8(query16, bytes, scales, from, to, slack, threshold, found);
          for (let i = 0; i < count; i++) {
            const item = found[i]!;
            if (!mask || mask[item]) best.offer(item, dot(query, items, item * width, width));
          }
          from = to;
        }
        return best;
      };
      for (const floor of floors(most, (item) =>
        mask && !mask[item] ? -Infinity : dot(query, items, item * width, width),
      )) {
        const best = scan(floor);
        if (best.threshold() > floor) return best.result();
      }
      return scan(-Infinity).result();
    },
  };

  /** Guesses of what the k-th best of all stands above: the first seldom wrong, the second almost never. */
  function floors(k: number, scoreOf: (item: number) => number): number[] {
    const expected = (k * sampled) / n;
    const rank = Math.ceil(expected + 3 * Math.sqrt(expected) + 1);
    if (n < 4 * sampled || 4 * rank > sampled) return [];
    const best = bestOf(2 * rank);
    for (let i = 0; i < sampled; i++) {
      const item = Math.floor((i * n) / sampled);
      best.offer(item, scoreOf(item));
    }
    const { scores } = best.result();
    return [rank, 2 * rank].map((each) => scores[each - 1]!).filter((score) => score > -Infinity);
  }
}

/** Writes the rows as bytes and their scales relative to the largest, which is the answer (1 where all is zero). */
function quantise(
  items: Float32Array,
  n: number,
  width: number,
  padded: number,
  bytes: Int8Array,
  scales: Float32Array,
): number {
  const ranges = new Float64Array(n);
  let largest = 0;
  for (let i = 0; i < n; i++) {
    let range = 0;
    for (let j = i * width; j < (i + 1) * width; j++) {
      const size = Math.abs(items[j]!);
      if (!(size < Infinity))
        throw new RangeError(`row ${i}, column ${j - i * width} is ${items[j]}, not finite`);
      if (size > range) range = size;
    }
    ranges[i] = range / 127;
    if (range / 127 > largest) largest = range / 127;
  }
  if (largest === 0) return 1;
  for (let i = 0; i < n; i++) {
    // Rows that are nothing beside the largest get a scale that single precision can hold; the bound stays true.
    scales[i] = Math.max(ranges[i]! / largest, 1e-30);
    const scale = scales[i]! * largest;
    for (let j = 0; j < width; j++) {
      bytes[i * padded + j] = Math.max(-127, Math.min(127, Math.round(items[i * width + j]! / scale)));
    }
  }
  return largest;
}

function quantiseQuery(
  query: Float32Array,
  width: number,
  query16: Int16Array,
): { unit: number; slack: number } {
  if (query.length !== width)
    throw new RangeError(`the query has ${query.length} numbers, the rows ${width}`);
  let range = 0;
  let sum = 0;
  for (const value of query) {
    const size = Math.abs(value);
    if (!(size < Infinity)) throw new RangeError(`the query holds ${value}, which is not finite`);
    range = Math.max(range, size);
    sum += size;
  }
  // As fine as 16 bits allow, and so that a whole dot product stays below 2^31.
  const most = Math.min(32767, Math.floor(2 ** 31 / (127 * query16.length)) - 1);
  const unit = range > 0 ? range / most : 1;
  for (let j = 0; j < width; j++) query16[j] = Math.round(query[j]! / unit);
  const rounding = 127 * most * query16.length * 2 ** -22;
  return { unit, slack: (sum / unit / 2 + 63.5 * query16.length) * 1.0001 + rounding };
}

/** The largest single-precision number that is not above x. */
function roundDown(x: number): number {
  const near = Math.fround(x);
  return near > x ? Math.fround(near - Math.abs(near) * 2 ** -23 - 1e-45) : near;
}

/** Four sums at once, so that additions do not wait for one another. */
function dot(query: Float32Array, items: Float32Array, at: number, width: number): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  const whole = width & ~3;
  for (let j = 0; j < whole; j += 4) {
    a += query[j]! * items[at + j]!;
    b += query[j + 1]! * items[at + j + 1]!;
    c += query[j + 2]! * items[at + j + 2]!;
    d += query[j + 3]! * items[at + j + 3]!;
  }
  for (let j = whole; j < width; j++) a += query[j]! * items[at + j]!;
  return a + b + (c + d);
}

interface Best {
  /** What a later item must exceed. */
  threshold(): number;
  offer(item: number, score: number): void;
  result(): TopK;
}

/** The best k of what is offered in ascending order of item, kept sorted. */
function bestOf(k: number): Best {
  const items = new Int32Array(k);
  const scores = new Float64Array(k);
  let held = 0;
  return {
    threshold: () => (held < k ? -Infinity : scores[k - 1]!),
    offer(item: number, score: number): void {
      if (held === k && score <= scores[k - 1]!) return;
      // The first place whose score is lower, by halving; what is behind it moves as one block.
      let at = 0;
      for (let end = held; at < end; ) {
        const middle = (at + end) >> 1;
        if (scores[middle]! < score) end = middle;
        else at = middle + 1;
      }
      if (held < k) held++;
      scores.copyWithin(at + 1, at, held - 1);
      items.copyWithin(at + 1, at, held - 1);
      scores[at] = score;
      items[at] = item;
    },
    result: (): TopK => ({
      items: items.slice(0, held),
      scores: Float32Array.from(scores.subarray(0, held)),
    }),
  };
}
