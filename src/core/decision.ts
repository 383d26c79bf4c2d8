import type { Combination } from './request-schema.ts';

/** A slate that was chosen, with the probability of everything it chose. Logged as an event of type `decision`. */
export interface Decision {
  readonly recommendationId: string;
  /** The shopper: userId or anonymousId. */
  readonly shopper: string;
  readonly timestamp: number;
  readonly placement: string;
  readonly policy: { readonly id: string; readonly version: string };
  readonly items: readonly DecidedItem[];
  /** Version of the shopper's state the decision was made on. */
  readonly stateVersion: number;
  /** What it was drawn from: by which rules (`src/decide/support.ts`; missing in old logs, which is 1), and how many items. */
  readonly support?: { readonly version: number; readonly size: number };
  /** Where the slate was chosen for several shoppers: each has the decision in their own history, without the others' names. */
  readonly group?: {
    readonly size: number;
    readonly combine: Combination;
    /** What the slate gives this shopper, of the best it could: 0 to 1. */
    readonly satisfaction: number;
  };
}

export interface DecidedItem {
  readonly itemId: string;
  /** 1 is the first slot. */
  readonly position: number;
  readonly score: number;
  /** Probability of this item in this slot given the items in the earlier slots, in (0, 1]. */
  readonly propensity: number;
  /** True where chance, not the policy's best guess, put it there. */
  readonly explored: boolean;
  /** Who named it (`src/decide/candidate-sources.ts`); missing in old logs. */
  readonly sources?: readonly string[];
  readonly reasons: readonly string[];
}
