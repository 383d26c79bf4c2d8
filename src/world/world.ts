import type { ActionSpec, Actions, ItemFeatures, ObservationSpec, SettingTable } from '../core/index.ts';
import type { OfferWords } from './offer-words.ts';

/**
 * A simulator: Gymnasium's reset and step for n worlds at once on flat arrays (a single world is n = 1).
 * Versioned: behaviour never changes under one name. Same seed and actions, same rollout.
 *
 * Arrays handed out are views that the next call overwrites; copy what must live longer.
 */
export interface World {
  readonly id: string;
  readonly observation: ObservationSpec;
  readonly action: ActionSpec;
  /** Worlds stepped together. */
  readonly n: number;
  /** What agents may know of the items, where the actions are items. */
  readonly itemFeatures?: ItemFeatures;
  /** Begins all n worlds anew; answers n x observation size. World i takes the stream `rng(seed).fork(i)`. */
  reset(seed: number): Float32Array;
  /** One action for each world: n x action size. */
  step(actions: Actions): Step;
  /** n x number of choices, 1 where allowed; missing where everything always is. */
  masks?(): Uint8Array;
  /** What happened in the last step, in the shop's words, made only on request. */
  info?(): readonly StepInfo[];
}

export interface Step {
  /** n x observation size. Where a world ended, already the first observation of its next episode (automatic reset). */
  readonly observations: Float32Array;
  readonly rewards: Float32Array;
  /** 1: the episode came to an end of its own; its last observation has no value beyond the reward. */
  readonly terminated: Uint8Array;
  /** 1: it was cut off by a limit; its last observation still has a value. */
  readonly truncated: Uint8Array;
  /** n x observation size; only the rows of worlds that ended are meaningful. */
  readonly finalObservations: Float32Array;
}

/** What the shopper of one world did in the last step. */
export interface StepInfo {
  /** Slot answered to, or -1. */
  readonly chosen: number;
  /** Interactions in order, by item number (-1 for none: `leave` ends a visit) and event type name. */
  readonly events: readonly {
    readonly item: number;
    readonly type: string;
    readonly value?: number;
    readonly text?: string;
  }[];
}

/** A world by its name: what it is and how to build it. */
export interface WorldDefinition {
  readonly id: string;
  readonly summary: string;
  readonly doc: WorldDoc;
  /** What `create` takes; TendrilError `unknown-setting` or `bad-setting` for anything else. */
  readonly options: SettingTable;
  /** Builds n worlds. `options` are the world's own, checked by it. */
  create(n: number, options?: Readonly<Record<string, unknown>>): World;
  /** The truth, where the world is small enough to be written down. */
  model?(options?: Readonly<Record<string, unknown>>): TabularModel;
  /** The truth of every decision, for worlds of one step whose reward is a known function. */
  readonly decisions?: DecisionTruth;
  /** Where every state is a stored row: all of them, n x observation size. */
  readonly stored?: Float32Array;
  /** How decisions are said to people, in worlds of offers. */
  readonly words?: OfferWords;
}

/** What each action earns in each state, for regret and for people who ask. Never shown to agents. */
export interface DecisionTruth {
  /** Action i in the world's words. */
  readonly actions: readonly Readonly<Record<string, string | number>>[];
  /** Of the observation that begins at `at`. */
  reward(observation: ArrayLike<number>, at: number, action: number): number;
  /** What the reward is made of. */
  parts(observation: ArrayLike<number>, at: number, action: number): Readonly<Record<string, number>>;
}

/** What a world is, for `tendril worlds <id>` and `docs/reference/worlds.md`: a sentence or two each. */
export interface WorldDoc {
  readonly observation: string;
  readonly action: string;
  readonly reward: string;
  readonly dynamics: string;
  readonly optimum: string;
}

/** For worlds small enough to be written down: the truth, for dynamic programming. Never shown to agents. */
export interface TabularModel {
  readonly states: number;
  readonly actions: number;
  /** Share of episodes that begin in each state. */
  readonly start: Float64Array;
  /** Steps after which an episode is cut off, or Infinity. */
  readonly maxSteps: number;
  /** What can follow from (state, action). */
  outcomes(state: number, action: number): readonly Outcome[];
}

export interface Outcome {
  readonly probability: number;
  readonly next: number;
  readonly reward: number;
  readonly terminated: boolean;
}
