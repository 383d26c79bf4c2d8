import type { Policy, Scores } from './policy.ts';

/**
 * The choice that a policy makes most often for one row: of a bandit that hopes or doubts another than `greedy`, which only
 * asks what it expects. Of equals the greedy one, else the first. Of an action that is no choice, `greedy`'s first number.
 */
export function likeliestChoice(policy: Policy, scores: Scores, row: number, mask?: Uint8Array): number {
  const greedy = policy.greedy(scores, row, mask)[0]!;
  if (policy.action.kind !== 'choice') return greedy;
  const chance = (choice: number): number => policy.logProb(scores, row, Int32Array.of(choice), mask)[0]!;
  let [best, most] = [greedy, chance(greedy) + 1e-6];
  if (most > -Math.LN2) return greedy;
  for (let choice = 0; choice < scores.choices; choice++) {
    if (mask && !mask[choice]) continue;
    const logProb = chance(choice);
    if (logProb > most) [best, most] = [choice, logProb];
  }
  return best;
}
