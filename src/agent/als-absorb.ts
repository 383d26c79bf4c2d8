import type { Sequences } from '../core/index.ts';
import { alsSolver, dot } from './als-solve.ts';

const steps = 30;

/** What is learned: fitted by als.ts, moved by `absorb`. */
export interface AlsModel {
  /** items x factors. */
  items: Float64Array;
  /** Gram matrix of the shoppers' factors. */
  shopperGram: Float64Array;
  shoppers: number;
  /** Times each item was taken. */
  counts: Float64Array;
  profileDecay: number;
}

/**
 * Moves the items that `more` touches, as als.ts says: item j of old solution y goes to y + d, where
 *
 *   (C + sum_new alpha x x') d = sum_new (1 + alpha - alpha x . y) x
 *   C = G (1 + alpha x times taken / shoppers) + regularisation I,  G the shoppers' Gram matrix
 *
 * so an item taken a thousand times hardly moves for one more, and a new one goes where its first takers are. `foldIn`
 * answers a shopper's factors (an array it may use again).
 */
export function absorb(
  model: AlsModel,
  { factors: size, alpha, regularisation }: { factors: number; alpha: number; regularisation: number },
  more: Sequences,
  newFrom: Int32Array | undefined,
  foldIn: (row: number) => Float64Array,
): void {
  const solver = alsSolver(size);
  const shoppers = new Float64Array(more.n * size);
  const takers = new Map<number, number[]>();
  for (let u = 0; u < more.n; u++) {
    const known = newFrom?.[u] ?? 0;
    const x = foldIn(u);
    shoppers.set(x, u * size);
    if (known === 0) {
      model.shoppers++;
      for (let i = 0; i < size; i++) {
        for (let j = 0; j < size; j++) model.shopperGram[i * size + j]! += x[i]! * x[j]!;
      }
    }
    for (let p = more.offsets[u]! + known; p < more.offsets[u + 1]!; p++) {
      const item = more.items[p]!;
      const rows = takers.get(item);
      if (rows) rows.push(u);
      else takers.set(item, [u]);
    }
  }
  const move = new Float64Array(size);
  for (const [item, rows] of takers) {
    const curvature = 1 + (alpha * model.counts[item]!) / model.shoppers;
    const problem = {
      factors: shoppers,
      size,
      gram: model.shopperGram.map((value) => value * curvature),
      regularisation,
    };
    const taken = Int32Array.from(rows);
    const weights = new Float64Array(rows.length).fill(alpha);
    const at = item * size;
    const pulls = Float64Array.from(
      rows,
      (u) => 1 + alpha - alpha * dot(shoppers, u * size, model.items, at, size),
    );
    solver.solve(problem, taken, weights, pulls, 0, rows.length, move.fill(0), 0, steps);
    for (let i = 0; i < size; i++) model.items[at + i]! += move[i]!;
    model.counts[item]! += rows.length;
  }
}
