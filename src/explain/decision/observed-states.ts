import type { Policy } from '../../agent/index.ts';
import { actionSize, rng } from '../../core/index.ts';
import type { World } from '../../world/index.ts';

/** Copies of a world are first looked at at different ones of so many steps, in one whose episodes are short in new ones. */
const spread = 32;
/** An episode that has not ended by then is looked at no further. */
const longest = 1000;

export interface ObservedStates {
  readonly n: number;
  /** n x observation size. */
  readonly observations: Float32Array;
  /** n x choices, where the world has masks. */
  readonly masks?: Uint8Array;
}

/**
 * A state of each of a world's n copies, met while the policy acts: world i's at step i mod 32, or, where its first episode goes
 * on, at any later step with the same chance as at each before (reservoir sampling), so that moments of whole episodes are seen.
 */
export async function observedStates(world: World, policy: Policy, seed: number): Promise<ObservedStates> {
  const { n, observation, action } = world;
  const stream = rng(seed).fork('observed states');
  const kept = new Float32Array(n * observation.size);
  let current = world.reset(stream.int(2 ** 31));
  const choices = (world.masks?.().length ?? 0) / n;
  const masks = new Uint8Array(n * choices);
  const later = stream.fork('later moments');
  /** Worlds whose first episode is over. */
  const over = new Uint8Array(n);
  const first = Math.min(n, spread);
  for (let step = 0; ; step++) {
    const allowed = world.masks?.();
    for (let i = 0; i < n; i++) {
      if (step < first ? i % spread !== step : over[i] || later.float() >= 1 / (step + 1)) continue;
      kept.set(current.subarray(i * observation.size, (i + 1) * observation.size), i * observation.size);
      if (allowed) masks.set(allowed.subarray(i * choices, (i + 1) * choices), i * choices);
    }
    if (step >= first - 1 && (step + 1 >= longest || !over.includes(0))) break;
    const scores = await policy.evaluate(current.slice(), n);
    const actions = new Int32Array(n * actionSize(action));
    for (let i = 0; i < n; i++) {
      const mask = allowed?.subarray(i * choices, (i + 1) * choices);
      actions.set(policy.sample(scores, i, stream, mask).action as Int32Array, i * actionSize(action));
    }
    const { observations, terminated, truncated } = world.step(actions);
    for (let i = 0; i < n; i++) over[i]! |= terminated[i]! | truncated[i]!;
    current = observations;
  }
  return { n, observations: kept, ...(choices > 0 && { masks }) };
}
