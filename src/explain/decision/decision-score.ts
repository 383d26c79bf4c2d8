import type { Policy } from '../../agent/index.ts';
import type { Actions } from '../../core/index.ts';
import type { Judge } from './shapley.ts';

/**
 * What an explanation is in: log-odds, log(p / (1 - p)) of the action's probability; or, of a policy that says nothing
 * by its probabilities but which action is best (epsilon-greedy), the lead of the action's score over the best other one.
 */
export type Measure = 'log-odds' | 'lead';

/** Beyond it a probability is 0 or 1 for all numbers can tell. */
const mostLogOdds = 36;

export function judgeOf(policy: Policy, action: Actions, measure: Measure, mask?: Uint8Array): Judge {
  return async (rows, n) => {
    const scores = await policy.evaluate(rows, n);
    if (measure === 'log-odds')
      return Float64Array.from({ length: n }, (_, i) =>
        logOdds(logProbability(policy.logProb(scores, i, action, mask))),
      );
    return Float64Array.from({ length: n }, (_, i) => {
      let rival = -Infinity;
      for (let c = 0; c < scores.choices; c++)
        if (c !== action[0] && (!mask || mask[c]))
          rival = Math.max(rival, scores.values[i * scores.choices + c]!);
      return scores.values[i * scores.choices + action[0]!]! - rival;
    });
  };
}

/** Lead, where every choice but the greedy one is equally probable though their scores differ. */
export async function measureOf(policy: Policy, row: Float32Array, mask?: Uint8Array): Promise<Measure> {
  if (policy.action.kind !== 'choice') return 'log-odds';
  const scores = await policy.evaluate(row, 1);
  const best = policy.greedy(scores, 0, mask)[0]!;
  const others = Array.from({ length: scores.choices }, (_, c) => c).filter(
    (c) => c !== best && (!mask || mask[c]),
  );
  const probabilities = new Set(others.map((c) => policy.logProb(scores, 0, Int32Array.of(c), mask)[0]!));
  const values = new Set(others.map((c) => scores.values[c]!));
  return probabilities.size === 1 && values.size > 1 ? 'lead' : 'log-odds';
}

/** Of all parts of an action together. */
export const logProbability = (parts: Float32Array): number => parts.reduce((sum, part) => sum + part, 0);

function logOdds(logProb: number): number {
  const odds = logProb - Math.log(-Math.expm1(Math.min(0, logProb)));
  return Math.min(mostLogOdds, Math.max(-mostLogOdds, odds));
}
