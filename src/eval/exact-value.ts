import type { Policy } from '../agent/index.ts';
import type { TabularModel } from '../world/index.ts';

/**
 * Worlds that can be written down need no episodes: dynamic programming gives the expected return to the last digit.
 * With a limit of T steps the value is that of T stages, worked backwards: V_0 = 0,
 * V_t(s) = E[reward + discount V_{t-1}(next)], nothing after an end (Bellman 1957; Puterman 1994, section 4).
 */

/** Expected return of the best policy that may see how many steps are left. */
export function optimalValue(model: TabularModel, discount = 1): number {
  return backwards(model, discount, (state, worth) => {
    let best = -Infinity;
    for (let action = 0; action < model.actions; action++) best = Math.max(best, worth(state, action));
    return best;
  });
}

/** Expected return of a policy that sees the state only: `choices[state]` is its action. */
export function policyValue(model: TabularModel, choices: ArrayLike<number>, discount = 1): number {
  return backwards(model, discount, (state, worth) => worth(state, choices[state]!));
}

/** What is seen in each state, a row each, and, where there are masks, what is allowed. */
export interface ShownStates {
  readonly observations: Float32Array;
  readonly masks?: Uint8Array;
}

/** What a policy without exploration does in each state; unless told otherwise state s is shown as the index s + 1. */
export async function greedyChoices(
  policy: Policy,
  states: number,
  shown?: ShownStates,
): Promise<Int32Array> {
  const observations = shown?.observations ?? Float32Array.from({ length: states }, (_, state) => state + 1);
  const scores = await policy.evaluate(observations, states);
  const choices = (shown?.masks?.length ?? 0) / states;
  return Int32Array.from(
    { length: states },
    (_, state) =>
      policy.greedy(scores, state, shown?.masks?.subarray(state * choices, (state + 1) * choices))[0]!,
  );
}

function backwards(
  model: TabularModel,
  discount: number,
  stage: (state: number, worth: (state: number, action: number) => number) => number,
): number {
  if (!Number.isFinite(model.maxSteps))
    throw new RangeError('a world without a step limit has no last stage to work backwards from');
  const outcomes = Array.from({ length: model.states * model.actions }, (_, cell) =>
    model.outcomes(Math.floor(cell / model.actions), cell % model.actions),
  );
  let values = new Float64Array(model.states);
  const worth = (state: number, action: number): number => {
    let sum = 0;
    for (const { probability, next, reward, terminated } of outcomes[state * model.actions + action]!)
      sum += probability * (reward + (terminated ? 0 : discount * values[next]!));
    return sum;
  };
  for (let left = 1; left <= model.maxSteps; left++)
    values = Float64Array.from({ length: model.states }, (_, state) => stage(state, worth));
  return model.start.reduce((sum, share, state) => sum + share * values[state]!, 0);
}
