import type { Rng } from '../core/index.ts';

/**
 * Which rows of a replay buffer to learn from: in proportion to priority^alpha, where the priority is the size of the
 * last temporal-difference error (Schaul et al. 2016, proportional variant). The weight (size x probability)^-beta,
 * over the largest of the batch, corrects for rows seen more often than they happened.
 *
 * The priorities stand in a binary tree of sums in one array, so that drawing and changing take log2(capacity) steps:
 *
 *     [ -, total, left, right, ... | leaf 0, leaf 1, ... ]
 */
export interface Priorities {
  readonly tree: Float64Array;
  /** The largest priority so far: what a new row gets, so that each is seen at least once. */
  largest: number;
}

export function priorities(capacity: number): Priorities {
  return { tree: new Float64Array(2 * 2 ** Math.ceil(Math.log2(Math.max(capacity, 2)))), largest: 1 };
}

/** Sets what row i weighs: an absolute error, or nothing for a new row. */
export function setPriority(of: Priorities, i: number, alpha: number, error?: number): void {
  const priority = error === undefined ? of.largest : (Math.abs(error) + 1e-4) ** alpha;
  if (priority > of.largest) of.largest = priority;
  const { tree } = of;
  let node = tree.length / 2 + i;
  tree[node] = priority;
  for (node >>= 1; node >= 1; node >>= 1) tree[node] = tree[2 * node]! + tree[2 * node + 1]!;
}

/** Draws one row from each of `into.length` equal shares of the total; writes their weights. */
export function drawByPriority(
  of: Priorities,
  size: number,
  beta: number,
  rng: Rng,
  into: Int32Array,
  weights: Float32Array,
): void {
  const { tree } = of;
  const leaves = tree.length / 2;
  const total = tree[1]!;
  let heaviest = 0;
  for (let i = 0; i < into.length; i++) {
    let left = ((i + rng.float()) / into.length) * total;
    let node = 1;
    while (node < leaves) {
      node *= 2;
      if (left >= tree[node]! && tree[node + 1]! > 0) {
        left -= tree[node]!;
        node++;
      }
    }
    into[i] = node - leaves;
    weights[i] = ((size * tree[node]!) / total) ** -beta;
    if (weights[i]! > heaviest) heaviest = weights[i]!;
  }
  for (let i = 0; i < weights.length; i++) weights[i]! /= heaviest;
}
