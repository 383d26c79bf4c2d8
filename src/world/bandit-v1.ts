import { observationSpec, type Rng, rng } from '../core/index.ts';
import type { World, WorldDefinition } from './world.ts';

const meanRewards = [0.1, 0.2, 0.3, 0.4, 0.5, 0.4, 0.3, 0.2, 0.7, 0.1] as const;

/**
 * bandit-v1: ten arms, one step an episode.
 * Observation: one index, always 1. Action: an arm, 0 .. 9. Reward: 1 with the arm's probability
 * (.1 .2 .3 .4 .5 .4 .3 .2 .7 .1), else 0. Every episode terminates at once. Optimum: arm 8, .7 an episode.
 */
export const banditV1: WorldDefinition = {
  id: 'bandit-v1',
  summary: 'ten arms, the best pays .7: the smallest world there is',
  create(n): World {
    const observations = new Float32Array(n).fill(1);
    const rewards = new Float32Array(n);
    const terminated = new Uint8Array(n).fill(1);
    const truncated = new Uint8Array(n);
    const finalObservations = new Float32Array(n).fill(1);
    let streams: Rng[] = [];
    return {
      id: 'bandit-v1',
      observation: observationSpec([{ name: 'state', kind: 'index', size: 1, n: 1 }]),
      action: { kind: 'choice', n: meanRewards.length },
      n,
      reset(seed) {
        streams = Array.from({ length: n }, (_, i) => rng(seed).fork(i));
        return observations;
      },
      step(actions) {
        for (let i = 0; i < n; i++) rewards[i] = streams[i]!.float() < meanRewards[actions[i]!]! ? 1 : 0;
        return { observations, rewards, terminated, truncated, finalObservations };
      },
    };
  },
};
