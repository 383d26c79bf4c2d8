import { likeliestChoice, type Policy, type Scores } from '../../agent/index.ts';
import type { Actions } from '../../core/index.ts';
import type { Judge } from './shapley.ts';

/**
 * What an explanation is in: log-odds, log(p / (1 - p)) of the action's probability; or, of a policy that says nothing
 * by its probabilities but which action is best (epsilon-greedy), the lead of the action's score over the best other one;
 * of the scores it acts by.
 */
export type Measure = 'log-odds' | 'lead';

/** Beyond it a probability is 0 or 1 for all numbers can tell. */
const mostLogOdds = 36;

export function judgeOf(policy: Policy, action: Actions, measure: Measure, mask?: Uint8Array): Judge {
  const judge = judgesOf(policy, [action], measure, mask);
  return async (rows, n) => (await judge(rows, n))[0]!;
}

/** The same of several actions. A row at a time, since policies remember the chances of the last one they were asked about. */
export function judgesOf(policy: Policy, actions: readonly Actions[], measure: Measure, mask?: Uint8Array) {
  return async (rows: Float32Array, n: number): Promise<readonly Float64Array[]> => {
    const scores = await policy.evaluate(rows, n);
    const values = actingOn(policy, scores);
    const judged = actions.map(() => new Float64Array(n));
    for (let i = 0; i < n; i++)
      actions.forEach((action, a) => {
        if (measure === 'log-odds') {
          judged[a]![i] = logOdds(logProbability(policy.logProb(scores, i, action, mask)));
          return;
        }
        let rival = -Infinity;
        for (let c = 0; c < scores.choices; c++)
          if (c !== action[0] && (!mask || mask[c])) rival = Math.max(rival, values[i * scores.choices + c]!);
        judged[a]![i] = values[i * scores.choices + action[0]!]! - rival;
      });
    return judged;
  };
}

/**
 * Lead, where every choice but the greedy one is equally probable though their scores differ. Of two choices there is only one
 * other: then where the greedy one is equally probable for all shoppers, this and the background, though its lead differs.
 */
export async function measureOf(
  policy: Policy,
  row: Float32Array,
  background: Float32Array,
  mask?: Uint8Array,
): Promise<Measure> {
  if (policy.action.kind !== 'choice') return 'log-odds';
  const scores = await policy.evaluate(row, 1);
  const open = Array.from({ length: scores.choices }, (_, c) => c).filter((c) => !mask || mask[c]);
  const probabilities = new Set<number>();
  const values = new Set<number>();
  const acting = actingOn(policy, scores);
  if (open.length !== 2) {
    const best = likeliestChoice(policy, scores, 0, mask);
    for (const c of open) {
      if (c === best) continue;
      probabilities.add(policy.logProb(scores, 0, Int32Array.of(c), mask)[0]!);
      values.add(acting[c]!);
    }
  } else {
    const rows = Float32Array.of(...row, ...background);
    const n = rows.length / row.length;
    const all = await policy.evaluate(rows, n);
    const leads = actingOn(policy, all);
    for (let i = 0; i < n; i++) {
      const [one, other] = open.map((c) => leads[i * all.choices + c]!);
      const likeliest = Int32Array.of(likeliestChoice(policy, all, i, mask));
      probabilities.add(policy.logProb(all, i, likeliest, mask)[0]!);
      values.add(Math.abs(one! - other!));
    }
  }
  return probabilities.size === 1 && values.size > 1 ? 'lead' : 'log-odds';
}

/** What a policy compares when it acts. */
export const actingOn = (policy: Policy, scores: Scores): ArrayLike<number> =>
  policy.acting?.(scores) ?? scores.values;

/**
 * Contributions below it are no reason: what changes the odds by less than a twentieth; of a lead, what is less than a
 * fiftieth of it.
 */
export const leastReason = (measure: Measure, value: number): number =>
  measure === 'log-odds' ? 0.05 : 0.02 * Math.abs(value);

/** Whether the rules leave a single choice. */
export const isForced = (mask: Uint8Array): boolean => mask.reduce((sum, open) => sum + open, 0) === 1;

/** Of all parts of an action together. */
export const logProbability = (parts: Float32Array): number => parts.reduce((sum, part) => sum + part, 0);

function logOdds(logProb: number): number {
  const odds = logProb - Math.log(-Math.expm1(Math.min(0, logProb)));
  return Math.min(mostLogOdds, Math.max(-mostLogOdds, odds));
}
