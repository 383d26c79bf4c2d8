import { type Policy, topK } from '../agent/index.ts';
import { actionSize, rng } from '../core/index.ts';
import type { DecisionTruth, World } from '../world/index.ts';

/** The seed a policy is judged with after a training with this one. */
export const judgeSeed = (seed: number): number =>
  rng(seed)
    .fork('judge')
    .int(2 ** 31);

/**
 * Undiscounted return of the greedy policy, the mean of so many episodes: the first of each world, as many as of the others or
 * one more. How many is settled beforehand, for of those that end first the short ones are too many.
 */
export async function meanReturn(
  world: World,
  policy: Policy,
  seed: number,
  episodes: number,
): Promise<number> {
  const { n } = world;
  const size = actionSize(world.action);
  const left = Int32Array.from({ length: n }, (_, i) => Math.ceil((episodes - i) / n));
  const running = new Float64Array(n);
  let sum = 0;
  let observations = world.reset(seed);
  while (left.some((count) => count > 0)) {
    const scores = await policy.evaluate(observations.slice(), n);
    const masks = world.masks?.();
    const actions = world.action.kind === 'box' ? new Float32Array(n * size) : new Int32Array(n * size);
    for (let i = 0; i < n; i++) {
      const mask = masks?.subarray((i * masks.length) / n, ((i + 1) * masks.length) / n);
      actions.set(policy.greedy(scores, i, mask) as Int32Array, i * size);
    }
    const step = world.step(actions);
    for (let i = 0; i < n; i++) {
      running[i]! += step.rewards[i]!;
      if (!step.terminated[i] && !step.truncated[i]) continue;
      if (left[i]!-- > 0) sum += running[i]!;
      running[i] = 0;
    }
    observations = step.observations;
  }
  return sum / episodes;
}

/** The policy that knows the truth of a world of one step: its scores are the rewards. */
export function bestPolicy({ observation, action }: World, truth: DecisionTruth): Policy {
  const choices = truth.actions.length;
  const never = (): never => {
    throw new RangeError('the best policy does not explore');
  };
  return {
    observation,
    action,
    async evaluate(observations, n) {
      const values = Float32Array.from({ length: n * choices }, (_, i) =>
        truth.reward(observations, Math.floor(i / choices) * observation.size, i % choices),
      );
      return { n, choices, values };
    },
    sample: never,
    logProb: never,
    greedy: (scores, row, mask) => topK(scores, row, 1, mask),
  };
}
