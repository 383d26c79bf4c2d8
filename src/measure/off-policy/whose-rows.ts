import type { Rng } from '../../core/index.ts';
import type { BanditLog } from './bandit-log.ts';

/**
 * Whose the rows of a log are. Rows of one shopper are not independent of each other: who likes one mail likes the next. Shoppers
 * are, so where the log knows them, they are what is drawn and counted (cluster bootstrap, Field & Welsh 2007), all rows of one
 * together. Where none stands in two rows, a row is a shopper and nothing changes.
 */
export interface WhoseRows {
  /** Shoppers, or rows where nobody stands in two. */
  readonly n: number;
  /** What is counted. */
  readonly word: 'rows' | 'shoppers' | 'slates';
  /** The number of each row's shopper, by first appearance. */
  readonly of: Int32Array;
}

export function whoseRows({ n, shopper }: Pick<BanditLog, 'n' | 'shopper'>): WhoseRows {
  if (!shopper) return eachItsOwn(n, 'rows');
  const numbers = new Map<number, number>();
  const of = shopper.map((name) => {
    const number = numbers.get(name) ?? numbers.size;
    numbers.set(name, number);
    return number;
  });
  return { n: numbers.size, word: numbers.size < n ? 'shoppers' : 'rows', of };
}

export const eachItsOwn = (n: number, word: WhoseRows['word']): WhoseRows => ({
  n,
  word,
  of: Int32Array.from({ length: n }, (_, row) => row),
});

/**
 * The rows of as many shoppers as there are, drawn with replacement, in ascending order: which order does not matter to the
 * estimators, and it is faster.
 */
export function drawRows({ n, of }: WhoseRows, rng: Rng): Int32Array {
  const times = new Int32Array(n);
  for (let i = 0; i < n; i++) times[rng.int(n)]!++;
  const rows = new Int32Array(of.reduce((sum, shopper) => sum + times[shopper]!, 0));
  let at = 0;
  for (let row = 0; row < of.length; row++) for (let k = 0; k < times[of[row]!]!; k++) rows[at++] = row;
  return rows;
}

/** Of a value a row, each shopper's sum. */
export function sumsOf({ n, of }: WhoseRows, value: (row: number) => number): Float64Array {
  const sums = new Float64Array(n);
  for (let row = 0; row < of.length; row++) sums[of[row]!]! += value(row);
  return sums;
}
