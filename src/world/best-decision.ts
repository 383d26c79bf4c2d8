import type { DecisionTruth } from './world.ts';

/** The action that earns most in the state that begins at `at`, by trying them all; of equals the first. */
export function bestDecision(
  truth: DecisionTruth,
  observation: ArrayLike<number>,
  at = 0,
): { readonly action: number; readonly reward: number } {
  let best = { action: 0, reward: -Infinity };
  for (let action = 0; action < truth.actions.length; action++) {
    const reward = truth.reward(observation, at, action);
    if (reward > best.reward) best = { action, reward };
  }
  return best;
}
