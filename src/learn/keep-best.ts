import type { Agent } from '../agent/index.ts';
import { rng } from '../core/index.ts';
import type { World } from '../world/index.ts';
import { meanReturn } from './judge-in-world.ts';

/** What the agent was when its greedy policy had its best mean return on the way. */
export interface BestSoFar {
  readonly meanReturn: number;
  readonly step: number;
  /** Looks up to now. */
  readonly looks: number;
  readonly bytes: Uint8Array;
}

export interface KeepBest {
  /** Of the training: 20 for one look every twentieth of its steps. */
  readonly looks: number;
  /** Of each look. */
  readonly episodes: number;
}

/**
 * Looks at the greedy policy so often while it learns, always on the same episodes, which are neither learned from nor those it
 * is judged on in the end, and keeps the best: what deep Q-learning ends with is one of many policies, and the next can be far
 * worse. Episodes that are looked at are steps in the world beside those of the training. Of equal policies the later is kept.
 */
export function bestOnTheWay(
  agent: Agent,
  world: World,
  { looks, episodes, steps, seed }: KeepBest & { readonly steps: number; readonly seed: number },
  found?: BestSoFar,
): { best(): BestSoFar | undefined; look(step: number): Promise<void> } {
  const chance = rng(seed)
    .fork('keep best')
    .int(2 ** 31);
  let best = found;
  return {
    best: () => best,
    async look(step) {
      const due = Math.floor((step * looks) / steps);
      if (due <= (best?.looks ?? 0)) return;
      const now = await meanReturn(world, agent.policy(), chance, episodes);
      best =
        best && !(now >= best.meanReturn || Number.isNaN(best.meanReturn))
          ? { ...best, looks: due }
          : { meanReturn: now, step, looks: due, bytes: await agent.save() };
    },
  };
}
