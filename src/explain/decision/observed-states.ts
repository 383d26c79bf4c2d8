import type { Policy } from '../../agent/index.ts';
import { actionSize, rng } from '../../core/index.ts';
import type { World } from '../../world/index.ts';

/** Steps over which states are collected, in worlds whose episodes are longer than one. */
const horizon = 32;

export interface ObservedStates {
  readonly n: number;
  /** n x observation size. */
  readonly observations: Float32Array;
  /** n x choices, where the world has masks. */
  readonly masks?: Uint8Array;
}

/** A state of each of a world's n copies, met while the policy acts: world i's at step i mod 32. */
export async function observedStates(world: World, policy: Policy, seed: number): Promise<ObservedStates> {
  const { n, observation, action } = world;
  const stream = rng(seed).fork('observed states');
  const kept = new Float32Array(n * observation.size);
  let current = world.reset(stream.int(2 ** 31));
  const choices = (world.masks?.().length ?? 0) / n;
  const masks = new Uint8Array(n * choices);
  for (let step = 0; ; step++) {
    const allowed = world.masks?.();
    for (let i = step; i < n; i += horizon) {
      kept.set(current.subarray(i * observation.size, (i + 1) * observation.size), i * observation.size);
      if (allowed) masks.set(allowed.subarray(i * choices, (i + 1) * choices), i * choices);
    }
    if (step === horizon - 1 || step === n - 1) break;
    const scores = await policy.evaluate(current.slice(), n);
    const actions = new Int32Array(n * actionSize(action));
    for (let i = 0; i < n; i++) {
      const mask = allowed?.subarray(i * choices, (i + 1) * choices);
      actions.set(policy.sample(scores, i, stream, mask).action as Int32Array, i * actionSize(action));
    }
    current = world.step(actions).observations;
  }
  return { n, observations: kept, ...(choices > 0 && { masks }) };
}
