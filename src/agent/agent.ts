import type {
  ActionSpec,
  ItemFeatures,
  ItemGraph,
  ObservationSpec,
  Progress,
  Rng,
  RolloutBatch,
  Sequences,
  SettingsOf,
  SettingTable,
  TransitionBatch,
} from '../core/index.ts';
import type { Engine } from '../math/index.ts';
import type { Growth } from './grow-model.ts';
import type { Policy } from './policy.ts';
import type { SavedModel } from './saved-model.ts';

/** Something that learns; its policy acts. Count models, tables and networks keep this one contract. */
export type Agent = SequenceAgent | TransitionAgent | RolloutAgent | DecisionAgent;

interface Learner {
  readonly name: string;
  /** The agent's policy as it is now and as it will go on to be; save and restore to freeze one. */
  policy(): Policy;
  /** Everything a restored run needs to continue identically: parameters, optimiser, replay, random streams. */
  save(): Promise<Uint8Array>;
  /** What it computes for one shopper as an ONNX model that any runtime loads; agents without a network have none. */
  onnx?(): OnnxModel;
}

/** A network with its weights inside, and what to feed it. */
export interface OnnxModel {
  readonly bytes: Uint8Array;
  /** Each input by name: its shape, and what stands there, in a sentence. */
  readonly inputs: Readonly<Record<string, { readonly shape: readonly number[]; readonly doc: string }>>;
  readonly outputs: Readonly<Record<string, { readonly shape: readonly number[]; readonly doc: string }>>;
}

/** Learns from shoppers' histories: what comes next. */
export interface SequenceAgent extends Learner {
  readonly consumes: 'sequences';
  /** From the beginning, on all of `train`; settings left to choice are picked on `validation` (never on test data). */
  fit(train: Sequences, options: FitOptions): Promise<LearnReport>;
  /**
   * In increments. `newFrom` says for each row of `more` how many of its first interactions were learned before and
   * are there as context only (what came before the new ones); without it every interaction is new. Where its engine fails
   * it rejects and has learned nothing; after a `fit` that rejects only another one is of use.
   */
  learn(more: Sequences, newFrom?: Int32Array): Promise<LearnReport>;
  /**
   * Of an agent that learns weights from the validation itself: for a case of the last fit's validation a policy whose weights were
   * learned without it (cross-fitting), so that figures on the validation do not flatter. Missing where there was none, and after
   * `learn`.
   */
  crossFitted?(): ((row: number) => Policy) | undefined;
}

/** Learns from steps in a world, simulated or logged. */
export interface TransitionAgent extends Learner {
  readonly consumes: 'transitions';
  /** Takes the steps into its replay buffer and updates as often as its settings say; an update whose engine fails is still owed. */
  learn(batch: TransitionBatch): Promise<LearnReport>;
}

/** Learns from what it did itself just now, and forgets it. */
export interface RolloutAgent extends Learner {
  readonly consumes: 'rollouts';
  /** Steps of each world it wants in a batch. */
  readonly rolloutSteps: number;
  /** The batch must be of the policy as it is: its probabilities of the actions are taken from the parameters at hand. */
  learn(batch: RolloutBatch): Promise<LearnReport>;
}

/** Learns from a finished log of choices, each with the probability it was drawn with: from all of it at once. */
export interface DecisionAgent extends Learner {
  readonly consumes: 'decisions';
  /** From the beginning. `logProbs` of the log are needed: those of the policy that wrote it. */
  fit(log: TransitionBatch, options?: { readonly progress?: Progress }): Promise<LearnReport>;
}

export interface FitOptions {
  readonly validation?: Validation;
  /** True where rows of `train` end because what followed is held back: that nothing follows there tells nothing. */
  readonly cut?: boolean;
  readonly progress?: Progress;
  /** Of agents that learn for long; others are done before one would be due. */
  readonly checkpoint?: FitCheckpoint;
}

/** Where learning that takes long leaves what it needs to go on should it be killed; it then ends with the same model. */
export interface FitCheckpoint {
  /** Asked after every step of learning: is it time for the next? */
  due(): boolean;
  /** Replaces what was kept; resolves when it is on disk. */
  keep(bytes: Uint8Array): Promise<void>;
  /** What a killed run with the same data, settings and seed left, to go on from. */
  readonly found?: Uint8Array;
}

/** Histories and, for each, the item that came next. */
export interface Validation {
  readonly inputs: Sequences;
  readonly targets: Int32Array;
  /** True where an item of the history may be the next one again (sessions); else such items are masked. */
  readonly repeats?: boolean;
  /** Targets x the agent's observation: all that was known at each moment, where more was than the history. */
  readonly observations?: Float32Array;
}

/** Numbers worth watching, by name: loss, tdError, meanMaxQ, epsilon, updates... */
export type LearnReport = Readonly<Record<string, number>>;

/** What an agent is built for. */
export interface AgentContext {
  readonly observation: ObservationSpec;
  readonly action: ActionSpec;
  /** Present where the actions are items of a catalogue. */
  readonly items?: ItemFeatures;
  /** Present where the items' catalogue may join them to each other. */
  readonly graph?: ItemGraph;
  /** Needed by networks only. */
  readonly engine?: Engine;
  readonly rng: Rng;
}

/** An agent by its name: what it is, what it takes, how to build it. */
export interface AgentDefinition<T extends SettingTable = SettingTable> {
  readonly name: string;
  readonly summary: string;
  readonly consumes: Agent['consumes'];
  readonly settings: T;
  /** True where it computes on `AgentContext.engine`: refused without one. */
  readonly needsEngine?: boolean;
  /** True where scores are logarithms of probabilities, but for a constant: a blend must know. */
  readonly logits?: boolean;
  create(context: AgentContext, settings: SettingsOf<T>): Promise<Agent>;
  /** Continues a saved run. Throws TendrilError `bad-model` where the bytes do not fit the context. */
  restore(context: AgentContext, settings: SettingsOf<T>, saved: Uint8Array): Promise<Agent>;
  /** What it saved, for a catalogue that has grown; missing where it cannot take in items it was not taught. */
  grow?(saved: SavedModel, settings: SettingsOf<T>, growth: Growth): SavedModel;
}
