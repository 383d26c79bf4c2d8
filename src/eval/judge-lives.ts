import type { Policy } from '../agent/index.ts';
import { actionSize, type Rng } from '../core/index.ts';
import type { World } from '../world/index.ts';

/** What became of the shoppers of n worlds, one number for each. */
export interface Lives {
  /** Undiscounted reward of the whole life. */
  readonly reward: Float64Array;
  readonly slates: Int32Array;
  /** Slates with something worth a click. */
  readonly hits: Int32Array;
  readonly visits: Int32Array;
  /** Visits that ended with something bought. */
  readonly bought: Int32Array;
}

/** Fills the actions of the rows in `living` (world numbers), from all observations and masks. */
export type Choose = (
  living: Int32Array,
  observations: Float32Array,
  masks: Uint8Array | undefined,
  actions: Int32Array,
) => Promise<void> | void;

/**
 * Plays the first life of each of the world's n shoppers to its end, without exploration and without learning. With the
 * same seed every policy meets the same shoppers and, in worlds whose chance is keyed by shopper and moment (shop-v1),
 * the same luck: common random numbers, so policies are compared shopper by shopper.
 */
export async function judgeLives(world: World, choose: Choose, seed: number): Promise<Lives> {
  const { n } = world;
  const lives: Lives = {
    reward: new Float64Array(n),
    slates: new Int32Array(n),
    hits: new Int32Array(n),
    visits: new Int32Array(n),
    bought: new Int32Array(n),
  };
  const actions = new Int32Array(n * actionSize(world.action)).fill(-1);
  const boughtNow = new Uint8Array(n);
  let observations = world.reset(seed);
  let living = Int32Array.from({ length: n }, (_, w) => w);
  while (living.length > 0) {
    await choose(living, observations, world.masks?.(), actions);
    const step = world.step(actions);
    const info = world.info?.() ?? [];
    for (const w of living) {
      lives.reward[w]! += step.rewards[w]!;
      lives.slates[w]!++;
      if ((info[w]?.chosen ?? -1) >= 0) lives.hits[w]!++;
      for (const { type } of info[w]?.events ?? []) {
        if (type === 'purchase') boughtNow[w] = 1;
        if (type !== 'leave') continue;
        lives.visits[w]!++;
        lives.bought[w]! += boughtNow[w]!;
        boughtNow[w] = 0;
      }
    }
    living = living.filter((w) => !step.terminated[w] && !step.truncated[w]);
    observations = step.observations;
  }
  return lives;
}

/** A policy's best guesses; or, where a stream of chance is given, what it draws (of agents that have no best guess). */
export function chosenBy(policy: Policy, chance?: Rng): Choose {
  const { size } = policy.observation;
  const k = actionSize(policy.action);
  return async (living, observations, masks, actions) => {
    const rows = new Float32Array(living.length * size);
    living.forEach((w, i) => {
      rows.set(observations.subarray(w * size, (w + 1) * size), i * size);
    });
    const scores = await policy.evaluate(rows, living.length);
    // Choices a mask speaks of: of an action of several parts these are not what is scored.
    const choices = masks ? masks.length / (observations.length / size) : 0;
    living.forEach((w, i) => {
      const mask = masks?.subarray(w * choices, (w + 1) * choices);
      const action = chance ? policy.sample(scores, i, chance, mask).action : policy.greedy(scores, i, mask);
      actions.set(action as Int32Array, w * k);
    });
  };
}

/** The figures of many lives together. */
export function figuresOfLives(lives: Lives): SimulatedFigures {
  const sum = (values: ArrayLike<number>): number => {
    let total = 0;
    for (let i = 0; i < values.length; i++) total += values[i]!;
    return total;
  };
  const shoppers = lives.reward.length;
  return {
    reward: sum(lives.reward) / shoppers,
    slates: sum(lives.slates) / shoppers,
    visits: sum(lives.visits) / shoppers,
    hitRate: sum(lives.hits) / sum(lives.slates),
    successRate: sum(lives.bought) / Math.max(1, sum(lives.visits)),
  };
}

export interface SimulatedFigures {
  /** Mean cumulative reward of a shopper's life. */
  readonly reward: number;
  /** Mean slates and visits in a life. */
  readonly slates: number;
  readonly visits: number;
  /** Share of slates with a click. */
  readonly hitRate: number;
  /** Share of visits with a purchase. */
  readonly successRate: number;
}
