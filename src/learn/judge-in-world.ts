import { type Policy, topK } from '../agent/index.ts';
import { actionSize, rng } from '../core/index.ts';
import type { DecisionTruth, World } from '../world/index.ts';

/** The seed a policy is judged with after a training with this one. */
export const judgeSeed = (seed: number): number =>
  rng(seed)
    .fork('judge')
    .int(2 ** 31);

/** Episodes that are played where so many are asked of `n` worlds: as many in each. */
export const episodesPlayed = (n: number, episodes: number): number => n * Math.ceil(episodes / n);

/** Undiscounted return of the greedy policy, the mean of the first `episodes / n` episodes of each world. */
export async function meanReturn(
  world: World,
  policy: Policy,
  seed: number,
  episodes: number,
): Promise<number> {
  const { n } = world;
  const size = actionSize(world.action);
  const each = episodesPlayed(n, episodes) / n;
  const ended = new Int32Array(n);
  const running = new Float64Array(n);
  let sum = 0;
  let observations = world.reset(seed);
  while (ended.some((count) => count < each)) {
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
      if (ended[i]! < each) sum += running[i]!;
      ended[i]!++;
      running[i] = 0;
    }
    observations = step.observations;
  }
  return sum / (each * n);
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
