import type { Actions } from './action.ts';

/**
 * A batch of steps as flat arrays, the food of agents that learn by reinforcement. Row i is
 * (observation, action, reward, nextObservation); `discounts[i]` multiplies the value of the next observation:
 * 0 where the episode terminated, discount^k for a k-step return, and not 0 where it was merely truncated.
 */
export interface TransitionBatch {
  readonly n: number;
  /** n x observation size. */
  readonly observations: Float32Array;
  /** n x action size; of a box as they were drawn, while the world took them within its bounds. */
  readonly actions: Actions;
  readonly rewards: Float32Array;
  /** n x observation size; the final observation where the episode ended (never that of the next episode). */
  readonly nextObservations: Float32Array;
  readonly discounts: Float32Array;
  /** 1 where the episode reached an end of its own. */
  readonly terminated: Uint8Array;
  /** 1 where it was cut off by a limit. */
  readonly truncated: Uint8Array;
  /** n x action size: log-probability of each part or slot given the earlier ones, under the policy that acted. */
  readonly logProbs?: Float32Array;
  /** n x number of choices: 1 where the choice was allowed. */
  readonly masks?: Uint8Array;
  /** The same for the next observation: a maximum over next actions must not take forbidden ones. */
  readonly nextMasks?: Uint8Array;
  /** Whose row it is, by number, where a log says so; else a shopper a row. */
  readonly shoppers?: Int32Array;
  /** For slates: the slot the shopper answered to, or -1 for none (SlateQ needs it). */
  readonly chosen?: Int32Array;
  /** 1 where only what was answered to is known and the slate around it is invented: no answer is then no possible outcome. */
  readonly invented?: Uint8Array;
}
