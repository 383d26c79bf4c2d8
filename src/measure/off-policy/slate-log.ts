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
