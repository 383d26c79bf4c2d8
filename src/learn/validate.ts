import type { Policy } from '../agent/index.ts';
import { rankOf } from '../measure/index.ts';
import { observationOf } from '../state/index.ts';
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

/** Scores every held-back interaction by the state just before it. Without exploration. */
export async function validate(policy: Policy, data: ShopData): Promise<ValidationFigures> {
  const { inputs, targets, observations, repeats } = data.validation;
  const { size } = observationOf(data.encoder.encoding);
  const n = targets.length;
  let [hits, gains, reciprocal] = [0, 0, 0];
  for (let from = 0; from < n; from += rowsAtOnce) {
    const rows = Math.min(rowsAtOnce, n - from);
    const scores = await policy.evaluate(observations.subarray(from * size, (from + rows) * size), rows);
    for (let i = 0; i < rows; i++) {
      const history = inputs.items.subarray(inputs.offsets[from + i]!, inputs.offsets[from + i + 1]!);
      if (!repeats) for (const item of history) scores.values[i * scores.choices + item] = -Infinity;
      const rank = rankOf(scores.values, i * scores.choices, scores.choices, targets[from + i]!);
      if (rank < 10) {
        hits++;
        gains += 1 / Math.log2(rank + 2);
      }
      reciprocal += 1 / (rank + 1);
    }
  }
  const share = (sum: number): number => (n === 0 ? 0 : sum / n);
  return { 'hr@10': share(hits), 'ndcg@10': share(gains), mrr: share(reciprocal), validated: n };
}
