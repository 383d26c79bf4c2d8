import type { Policy } from '../agent/index.ts';
import { shopObservation } from '../core/index.ts';

/** What answers where a model cannot: every item scored by how often it was chosen. */
export function countPolicy(items: number, interactions: (index: number) => number): Policy {
  const onlyScores = (): never => {
    throw new Error('this policy only scores; slates are drawn by decide');
  };
  return {
    observation: shopObservation(items),
    action: { kind: 'choice', n: items },
    evaluate: async (_, n) => ({
      n,
      choices: items,
      values: Float32Array.from({ length: n * items }, (_entry, i) => interactions(i % items)),
    }),
    sample: onlyScores,
    logProb: onlyScores,
    greedy: onlyScores,
  };
}
