import type { ActionSpec, Actions, ObservationSpec, Rng } from '../core/index.ts';

/**
 * Chooses. In two halves: `evaluate` may wait for an engine and sees no chance; `sample` and `logProb` are pure and
 * immediate, so that concurrent requests stay reproducible and an estimator can ask for the probability of an action
 * that was not chosen.
 */
export interface Policy {
  readonly observation: ObservationSpec;
  readonly action: ActionSpec;
  /**
   * Scores every choice for each of the n rows of `observations`; larger is better. Where `candidates` (item numbers)
   * are given only those are scored, in their order, the same for every row.
   */
  evaluate(observations: Float32Array, n: number, candidates?: Int32Array): Promise<Scores>;
  /**
   * The k best choices that `mask` allows for one row, with the scores `evaluate` gives them (to single precision), best
   * first, ties to the lowest number, and beside them the scores of those in `also`. Only where finding them costs less than
   * scoring every choice.
   */
  best?(observation: Float32Array, k: number, mask: Uint8Array, also?: Int32Array): Promise<BestChoices>;
  /** What the shopper of one row will do beside choosing an item; undefined where nothing is known of the shopper. */
  foresee?(observation: Float32Array): Promise<Foreseen | undefined>;
  /** Draws an action for one row. `mask` has one number for each choice: 0 forbids it. Throws only if all are forbidden. */
  sample(scores: Scores, row: number, rng: Rng, mask?: Uint8Array): Sample;
  /** Log-probability of each part or slot of `action`, given the earlier ones; -Infinity where it cannot be drawn. */
  logProb(scores: Scores, row: number, action: Actions, mask?: Uint8Array): Float32Array;
  /** The action without exploration, for evaluation: the best choice, ties to the lowest number. */
  greedy(scores: Scores, row: number, mask?: Uint8Array): Actions;
  /** n x choices: what it compares when it acts, larger is better, where that is not `values` (`lin-ucb`: how large a reward could be). */
  acting?(scores: Scores): ArrayLike<number>;
}

/**
 * Chances, calibrated when the heads were taught (lessons after that move the network alone) and on visits that are known to be
 * over; a part is missing where the histories did not show enough of it.
 */
export interface Foreseen {
  /** Codes of event types. */
  readonly nextType?: Chances;
  /** Category numbers, 0 for none of the others. */
  readonly nextCategory?: Chances;
  /** 1: something will be bought in this session. */
  readonly buys?: Chances;
  /** 1: the session is over. */
  readonly leaves?: Chances;
}

export interface Chances {
  readonly codes: Int32Array;
  /** Of each code; they sum to 1. */
  readonly chances: Float64Array;
}

/** n rows of scores, one for each choice (or candidate). */
export interface Scores {
  readonly n: number;
  /** Choices in a row. */
  readonly choices: number;
  /** n x choices; where actions are numbers, their means and then the logarithms of their standard deviations. */
  readonly values: Float32Array;
  /** n x choices: how unsure a bandit is of each value, as a standard deviation. Only its own policy reads it. */
  readonly deviations?: Float32Array;
}

export interface BestChoices {
  readonly items: Int32Array;
  readonly scores: Float32Array;
  /** Of the choices asked for beside the best, in their order, whatever the mask says. */
  readonly also: Float32Array;
}

export interface Sample {
  /**
   * Action size numbers: indices of choices (of candidates, where those were given); of a box the numbers as they were
   * drawn, also beyond its bounds, on which whoever acts puts them.
   */
  readonly action: Actions;
  /** For each part or slot, given the earlier ones; of a box the log-density of each number as it was drawn. */
  readonly logProbs: Float32Array;
  /** 1 where the slot differs from what `greedy` would have put there. */
  readonly explored: Uint8Array;
}
