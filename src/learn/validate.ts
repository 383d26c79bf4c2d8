import type { Policy } from '../agent/index.ts';
import { rankOf } from '../measure/index.ts';
import type { ShopData } from './shop-data.ts';

/** Figures of a policy on the held-back interactions, each ranked against the whole catalogue; ties at mid-rank. */
export interface ValidationFigures {
  readonly 'hr@10': number;
  readonly 'ndcg@10': number;
  readonly mrr: number;
  /** Interactions looked at. */
  readonly validated: number;
}

const rowsAtOnce = 64;

/**
 * Scores every held-back interaction by the state just before it, without exploration; by one policy, or by one for each that did not
 * learn from it.
 */
export async function validate(
  policy: Policy | ((row: number) => Policy),
  data: Pick<ShopData, 'validation'>,
): Promise<ValidationFigures> {
  const { inputs, targets, observations, repeats } = data.validation;
  const n = targets.length;
  const rowsOf = new Map<Policy, number[]>();
  for (let i = 0; i < n; i++) {
    const of = typeof policy === 'function' ? policy(i) : policy;
    const rows = rowsOf.get(of);
    if (rows) rows.push(i);
    else rowsOf.set(of, [i]);
  }
  let [hits, gains, reciprocal] = [0, 0, 0];
  for (const [of, all] of rowsOf) {
    for (let from = 0; from < all.length; from += rowsAtOnce) {
      const some = all.slice(from, from + rowsAtOnce);
      const { size } = of.observation;
      const states = new Float32Array(some.length * size);
      some.forEach((row, i) => {
        states.set(observations.subarray(row * size, (row + 1) * size), i * size);
      });
      const { values, choices } = await of.evaluate(states, some.length);
      some.forEach((row, i) => {
        const history = inputs.items.subarray(inputs.offsets[row]!, inputs.offsets[row + 1]!);
        if (!repeats) for (const item of history) values[i * choices + item] = -Infinity;
        const rank = rankOf(values, i * choices, choices, targets[row]!);
        if (rank < 10) {
          hits++;
          gains += 1 / Math.log2(rank + 2);
        }
        reciprocal += 1 / (rank + 1);
      });
    }
  }
  const share = (sum: number): number => (n === 0 ? 0 : sum / n);
  return { 'hr@10': share(hits), 'ndcg@10': share(gains), mrr: share(reciprocal), validated: n };
}
