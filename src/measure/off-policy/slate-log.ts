/**
 * Slates that were shown: several actions at once, one a slot, with a reward at each slot. `weight` holds, slot by slot,
 * the target's probability of the action there divided by the logging policy's; of which probabilities, each estimator
 * says. All arrays are n x slots.
 */
export interface SlateRows {
  readonly n: number;
  readonly slots: number;
  readonly reward: Float64Array;
  readonly weight: Float64Array;
}

/**
 * A log of slates. How they were made says how likely each was: every slot filled on its own, by probabilities that the log
 * tells (`independent`); or every order of different actions alike (`ranking`), where nothing need be told.
 */
export interface SlateLog {
  readonly n: number;
  readonly slots: number;
  readonly logging: 'independent' | 'ranking';
  /** Those that were shown. */
  readonly actions: readonly string[];
  /** All n x slots. */
  readonly action: Int32Array;
  readonly reward: Float64Array;
  /** Of the action at its slot; with `ranking` not read. */
  readonly propensity: Float64Array;
}

/** A policy that fills every slot on its own: slots x actions probabilities, a line a slot. */
export interface SlateTarget {
  /** Those of the log in its order, then those the log never shows. */
  readonly actions: readonly string[];
  readonly probabilities: Float64Array;
}

/** Every action of the log alike at every slot. */
export const uniformSlots = ({ slots, actions }: SlateLog): SlateTarget => ({
  actions,
  probabilities: new Float64Array(slots * actions.length).fill(1 / actions.length),
});
