import type { ObservationPart, Rng } from '../../core/index.ts';
import { shuffle } from '../../core/index.ts';

/** What is explained: a number for each of n rows of observations. */
export type Judge = (rows: Float32Array, n: number) => Promise<Float64Array>;

/** Whose number is explained, beside whom. */
export interface Case {
  /** One observation. */
  readonly row: Float32Array;
  /** Observations of other shoppers, m rows: what "not knowing a feature" means. */
  readonly background: Float32Array;
  /** The features, in the order they lie in a row; one of several numbers is taken as a whole. */
  readonly parts: readonly ObservationPart[];
}

export interface ShapleyValues {
  /** Mean over the background. */
  readonly base: number;
  /** Of the row itself: the base and all contributions. */
  readonly value: number;
  /** One for each feature. */
  readonly contributions: Float64Array;
  /** Of each contribution; 0 where they are exact. */
  readonly standardErrors: Float64Array;
}

/** Up to here all subsets are enumerated: 4,096 of them. */
export const mostEnumerated = 12;

/**
 * Shapley values (Shapley 1953, "A value for n-person games") of the features, each with a player's share in
 *
 *   v(S) = mean over the background of f(features in S from the row, the others from the background)
 *
 * the interventional game (Lundberg & Lee 2017, "A unified approach to interpreting model predictions"; Janzing et al.
 * 2020), so that a feature f does not read gets exactly 0. Exact, from all 2^d subsets, where there are at most 12
 * features; else sampled, with standard errors. Throws RangeError for an empty background.
 */
export async function shapley(judge: Judge, given: Case, rng: Rng, pairs = 8): Promise<ShapleyValues> {
  if (given.background.length === 0) throw new RangeError('Shapley values need a background');
  return given.parts.length <= mostEnumerated
    ? exactShapley(judge, given)
    : sampledShapley(judgeOnce(judge, given.row.length), given, rng, pairs);
}

/** Asks about each different row once: every walk begins and ends alike, and where a shopper is like the other it stands still. */
function judgeOnce(judge: Judge, size: number): Judge {
  return async (rows, n) => {
    const bits = new Int32Array(rows.buffer, rows.byteOffset, n * size);
    const places = new Map<string, number>();
    const place = new Int32Array(n);
    const asked = new Float32Array(n * size);
    for (let i = 0; i < n; i++) {
      const key = String.fromCharCode(...new Uint16Array(bits.slice(i * size, (i + 1) * size).buffer));
      const known = places.get(key);
      place[i] = known ?? places.size;
      if (known !== undefined) continue;
      asked.set(rows.subarray(i * size, (i + 1) * size), places.size * size);
      places.set(key, places.size);
    }
    const values = await judge(asked.subarray(0, places.size * size), places.size);
    return Float64Array.from(place, (at) => values[at]!);
  };
}

/** Rows judged in one call. */
const mostRows = 4096;

export async function exactShapley(judge: Judge, given: Case): Promise<ShapleyValues> {
  const { row, background } = given;
  const spans = spansOf(given);
  const d = spans.length;
  const m = background.length / row.length;
  const subsets = 2 ** d;
  const game = new Float64Array(subsets);
  const each = Math.min(subsets, Math.max(1, Math.floor(mostRows / m)));
  const rows = new Float32Array(each * background.length);
  for (let from = 0; from < subsets; from += each) {
    const count = Math.min(each, subsets - from);
    for (let c = 0; c < count; c++) {
      rows.set(background, c * background.length);
      for (let i = 0; i < d; i++)
        if (((from + c) >> i) & 1)
          for (let z = 0; z < m; z++)
            putFeature(rows, c * background.length + z * row.length, row, spans[i]!);
    }
    const values = await judge(rows.subarray(0, count * background.length), count * m);
    for (let c = 0; c < count; c++) game[from + c] = meanOf(values, c * m, m);
  }
  // A player joins a subset of s others with probability s! (d - s - 1)! / d! = 1 / (d x (d - 1 over s)).
  const weights = new Float64Array(d);
  for (let s = 0, ways = 1; s < d; s++) {
    weights[s] = 1 / (d * ways);
    ways = (ways * (d - 1 - s)) / (s + 1);
  }
  const contributions = new Float64Array(d);
  for (let subset = 0; subset < subsets; subset++) {
    const weight = weights[bits(subset)]!;
    for (let i = 0; i < d; i++)
      if (!((subset >> i) & 1)) contributions[i]! += weight * (game[subset | (1 << i)]! - game[subset]!);
  }
  return { base: game[0]!, value: game[subsets - 1]!, contributions, standardErrors: new Float64Array(d) };
}

/**
 * From random orders in which the features join (Castro et al. 2009), each walked forwards and backwards (antithetic
 * pairs), `pairs` of them from every background row: so the contributions add up exactly, and only the orders are left to
 * chance. Standard errors from the spread of the pairs of each background row.
 */
export async function sampledShapley(judge: Judge, given: Case, rng: Rng, pairs = 8): Promise<ShapleyValues> {
  if (pairs < 2) throw new RangeError(`${pairs} pairs have no spread; accepted: from 2`);
  const { row, background } = given;
  const spans = spansOf(given);
  const d = spans.length;
  const size = row.length;
  const m = background.length / size;
  const contributions = new Float64Array(d);
  const variances = new Float64Array(d);
  const order = Int32Array.from({ length: d }, (_, i) => i);
  const orders = new Int32Array(2 * pairs * d);
  const rows = new Float32Array(2 * pairs * (d + 1) * size);
  let base = 0;
  let value = 0;
  for (let z = 0; z < m; z++) {
    for (let walk = 0; walk < 2 * pairs; walk++) {
      if (walk % 2 === 0) shuffle(order, rng);
      else order.reverse();
      orders.set(order, walk * d);
      let at = walk * (d + 1) * size;
      rows.set(background.subarray(z * size, (z + 1) * size), at);
      for (const feature of order) {
        rows.copyWithin(at + size, at, at + size);
        at += size;
        putFeature(rows, at, row, spans[feature]!);
      }
    }
    const values = await judge(rows, 2 * pairs * (d + 1));
    base += values[0]! / m;
    value = values[d]!;
    const sums = new Float64Array(d);
    const squares = new Float64Array(d);
    const pair = new Float64Array(d);
    for (let walk = 0; walk < 2 * pairs; walk++) {
      if (walk % 2 === 0) pair.fill(0);
      for (let place = 0; place < d; place++) {
        const at = walk * (d + 1) + place;
        pair[orders[walk * d + place]!]! += (values[at + 1]! - values[at]!) / 2;
      }
      if (walk % 2 === 0) continue;
      for (let i = 0; i < d; i++) {
        sums[i]! += pair[i]!;
        squares[i]! += pair[i]! ** 2;
      }
    }
    for (let i = 0; i < d; i++) {
      const mean = sums[i]! / pairs;
      contributions[i]! += mean / m;
      variances[i]! += Math.max(0, squares[i]! / pairs - mean ** 2) / (pairs - 1) / m ** 2;
    }
  }
  return { base, value, contributions, standardErrors: variances.map(Math.sqrt) };
}

/** Where each feature lies in a row: from, up to. */
export function spansOf({ parts }: Pick<Case, 'parts'>): readonly (readonly [number, number])[] {
  let at = 0;
  return parts.map(({ size }) => {
    at += size;
    return [at - size, at] as const;
  });
}

function putFeature(
  rows: Float32Array,
  at: number,
  row: Float32Array,
  [from, to]: readonly [number, number],
): void {
  for (let i = from; i < to; i++) rows[at + i] = row[i]!;
}

function meanOf(values: Float64Array, from: number, count: number): number {
  let sum = 0;
  for (let i = from; i < from + count; i++) sum += values[i]!;
  return sum / count;
}

function bits(subset: number): number {
  let count = 0;
  for (let left = subset; left > 0; left >>= 1) count += left & 1;
  return count;
}
