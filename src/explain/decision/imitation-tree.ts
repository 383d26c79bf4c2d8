import type { ObservationPart } from '../../core/index.ts';
import type { FeatureWords } from '../../world/index.ts';
import { spansOf } from './shapley.ts';

/** A question asked of a shopper: is a number at most a threshold? Or, is it at most another number (threshold 0)? */
export interface Question {
  readonly feature: string;
  /** What it is compared with, where the question is which of two is larger; the threshold is then 0. */
  readonly than?: string;
  readonly threshold: number;
  /** The greatest value below the threshold among those it was grown on. */
  readonly upTo: number;
}

export type TreeNode =
  | { readonly question: Question; readonly yes: TreeNode; readonly no: TreeNode }
  | {
      readonly action: number;
      /** Of those it was grown on, how many end here, and the share whose action this is. */
      readonly shoppers: number;
      readonly agreement: number;
    };

/** Rows of numbers, and what the policy chose for each. */
export interface Chosen {
  readonly n: number;
  readonly size: number;
  readonly rows: Float32Array;
  readonly actions: Int32Array;
}

interface Column extends Omit<Question, 'threshold' | 'upTo'> {
  read(rows: Float32Array, at: number): number;
  /** A value as people read it. */
  said(value: number): string;
}

export interface TreeOptions {
  readonly depth: number;
  /** Fewest shoppers that end in a leaf. */
  readonly leaf: number;
}

/**
 * A classification tree (Breiman, Friedman, Olshen & Stone 1984, CART) that imitates the policy's greedy actions: each
 * split is the one that lowers Gini's impurity most. Features of one topic
 * may also be compared: which of two is larger, and nothing finer, so that people can follow.
 */
export function growTree(
  chosen: Chosen,
  parts: readonly ObservationPart[],
  words: Readonly<Record<string, FeatureWords>>,
  options: TreeOptions,
): TreeNode {
  const columns = columnsOf(parts, words);
  const labels = 1 + chosen.actions.reduce((most, action) => Math.max(most, action), 0);
  const grow = (members: Int32Array, depth: number): TreeNode => {
    const counts = new Float64Array(labels);
    for (const member of members) counts[chosen.actions[member]!]!++;
    const action = counts.indexOf(Math.max(...counts));
    const leaf = { action, shoppers: members.length, agreement: counts[action]! / members.length };
    if (depth === 0 || leaf.agreement === 1) return leaf;
    const split = bestSplit(chosen, members, counts, columns, options.leaf);
    if (!split) return leaf;
    const { column, threshold, upTo } = split;
    const side = (yes: boolean): Int32Array =>
      members.filter((member) => column.read(chosen.rows, member * chosen.size) <= threshold === yes);
    const [yes, no] = [grow(side(true), depth - 1), grow(side(false), depth - 1)];
    // Where both ends answer alike there was nothing to ask.
    if ('action' in yes && 'action' in no && yes.action === no.action) return leaf;
    const { feature, than } = column;
    return { question: { feature, ...(than !== undefined && { than }), threshold, upTo }, yes, no };
  };
  return grow(
    Int32Array.from({ length: chosen.n }, (_, i) => i),
    options.depth,
  );
}

/** What the tree would do for the row that begins at `at`. */
export function decideByTree(
  tree: TreeNode,
  parts: readonly ObservationPart[],
  rows: Float32Array,
  at: number,
): number {
  const offsets = offsetsOf(parts);
  let node = tree;
  while ('question' in node) {
    const { feature, than, threshold } = node.question;
    const value =
      rows[at + offsets.get(feature)!]! - (than === undefined ? 0 : rows[at + offsets.get(than)!]!);
    node = value <= threshold ? node.yes : node.no;
  }
  return node.action;
}

/** Single numbers, and the differences of those that share a topic. */
function columnsOf(
  parts: readonly ObservationPart[],
  words: Readonly<Record<string, FeatureWords>>,
): Column[] {
  const offsets = offsetsOf(parts);
  const names = parts.filter(({ size }) => size === 1).map(({ name }) => name);
  const single = names.map((feature): Column => {
    const offset = offsets.get(feature)!;
    const said = (value: number): string => words[feature]?.value(Float32Array.of(value)) ?? String(value);
    return { feature, read: (rows, at) => rows[at + offset]!, said };
  });
  const pairs = names.flatMap((feature, i) =>
    names.slice(i + 1).flatMap((than): Column[] => {
      const asks = words[feature]?.topic?.asks;
      if (asks === undefined || words[than]?.topic?.asks !== asks) return [];
      const [one, other] = [offsets.get(feature)!, offsets.get(than)!];
      const read: Column['read'] = (rows, at) => rows[at + one]! - rows[at + other]!;
      return [{ feature, than, read, said: String }];
    }),
  );
  return [...single, ...pairs];
}

const offsetsOf = (parts: readonly ObservationPart[]): ReadonlyMap<string, number> =>
  new Map(spansOf({ parts }).map(([from], i) => [parts[i]!.name, from]));

function bestSplit(
  { rows, size, actions }: Chosen,
  members: Int32Array,
  counts: Float64Array,
  columns: readonly Column[],
  leaf: number,
): { readonly column: Column; readonly threshold: number; readonly upTo: number } | undefined {
  const n = members.length;
  const purity = counts.reduce((sum, count) => sum + count * count, 0) / n;
  let best: { column: Column; threshold: number; upTo: number } | undefined;
  let bestPurity = purity * (1 + 1e-9) + 1e-9;
  for (const column of columns) {
    const values = Float64Array.from(members, (member) => column.read(rows, member * size));
    const order = Int32Array.from({ length: n }, (_, i) => i).sort((a, b) => values[a]! - values[b]!);
    const left = new Float64Array(counts.length);
    const right = counts.slice();
    // Sums of squared counts on both sides, kept up while members move from right to left.
    let [leftSquares, rightSquares] = [0, purity * n];
    for (let i = 0; i < n - 1; i++) {
      const action = actions[members[order[i]!]!]!;
      leftSquares += 2 * left[action]! + 1;
      rightSquares -= 2 * right[action]! - 1;
      left[action]!++;
      right[action]!--;
      const [here, next] = [values[order[i]!]!, values[order[i + 1]!]!];
      if (here === next || i + 1 < leaf || n - i - 1 < leaf) continue;
      if (column.than !== undefined && !(here <= 0 && next > 0)) continue;
      const gain = leftSquares / (i + 1) + rightSquares / (n - i - 1);
      if (gain <= bestPurity) continue;
      // Values that read the same stay together: else "more than 1,000" would be said of 1,000.
      if (column.said(here) === column.said(next)) continue;
      bestPurity = gain;
      best = { column, threshold: column.than === undefined ? (here + next) / 2 : 0, upTo: here };
    }
  }
  return best;
}
