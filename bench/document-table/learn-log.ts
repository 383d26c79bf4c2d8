import type { Agent } from '../../src/agent/index.ts';
import { rollout } from '../../src/learn/index.ts';
import { shopV1 } from '../../src/world/index.ts';
import { type RandomLog, worlds } from './random-log.ts';

/**
 * An agent of transitions learns from all slates that were shown in the earlier part of the log, with their propensities: what was
 * left as well as what was taken. The world is a function of its seed and of the actions, so the log is lived again.
 */
export async function learnLog(
  agent: Agent,
  { shop, seed, slates, firstLater }: RandomLog,
  rewards: { readonly rewardClick?: number; readonly rewardPurchase?: number },
  discount: number,
): Promise<void> {
  const world = shopV1.create(worlds, { shop, ...rewards });
  const { k, n } = world.action;
  const policy = agent.policy();
  let shown = 0;
  const asLogged: Agent = {
    ...agent,
    policy: () => ({
      ...policy,
      evaluate: async (_observations, count) => ({ n: count, choices: 0, values: new Float32Array(0) }),
      sample(_scores, w, _chance, mask) {
        const slate = slates[Math.floor(shown++ / worlds)]!.subarray(w * k, (w + 1) * k);
        const open = mask ? mask.reduce((sum, one) => sum + one, 0) : n;
        // Different items in random order, each of those left as likely as another.
        const logProbs = Float32Array.from(slate, (item, slot) => (item < 0 ? 0 : -Math.log(open - slot)));
        return { action: slate, logProbs, explored: new Uint8Array(k).fill(1) };
      },
    }),
  };
  await rollout(asLogged, world, { steps: firstLater * worlds, seed, discount });
}
