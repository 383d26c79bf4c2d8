import type { Actions } from './action.ts';

/**
 * Some steps of n worlds under one policy, the food of agents that learn from what they themselves did. Row t x n + i is
 * step t of world i.
 */
export interface RolloutBatch {
  readonly steps: number;
  readonly n: number;
  /** (steps + 1) x n x observation size: the last n rows are what is seen after the last step. */
  readonly observations: Float32Array;
  /** steps x n x action size; of a box as they were drawn, while the world took them within its bounds. */
  readonly actions: Actions;
  readonly rewards: Float32Array;
  /** 1 where the episode reached an end of its own: what follows is worth nothing. */
  readonly terminated: Uint8Array;
  /** 1 where it was cut off by a limit: what would have followed still has a value. */
  readonly truncated: Uint8Array;
  /** One row of observation size for each step that was cut off, in order: what was seen last. */
  readonly finalObservations: Float32Array;
  /** Weight of what comes after the next step. */
  readonly discount: number;
  /** steps x n x number of choices: 1 where the choice was allowed. */
  readonly masks?: Uint8Array;
  /** For slates, steps x n: the slot the shopper answered to, or -1 for none. */
  readonly chosen?: Int32Array;
  /** steps x n: log-probability of the action (of a slate: of the item answered to) where another policy than the agent's acted. */
  readonly logProbs?: Float32Array;
  /** Share of the training that was done before, for schedules; 0 where missing. */
  readonly progress?: number;
}
