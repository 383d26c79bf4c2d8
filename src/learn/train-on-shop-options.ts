import type { AgentDefinition } from '../agent/index.ts';
import type { Progress } from '../core/index.ts';
import type { Engine } from '../math/index.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { ModelFile } from './model-file.ts';

/** A function of (data, definition, settings, seed): the same four, the same model. */
export interface TrainOnShopOptions {
  readonly definition: AgentDefinition;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly seed: number;
  /** Time for the manifest, milliseconds. */
  readonly now: number;
  /** Items in a slate; 10 where missing. */
  readonly slate?: number;
  /** What agents that learn by reinforcement are to want; `defaultReward` where missing. */
  readonly reward?: string;
  /** For them: weight of what comes after the next step, 0 to 1; .5 where missing. */
  readonly discount?: number;
  /** For those of slates: what is invented beside what shoppers took by themselves; refusals where missing. */
  readonly takings?: 'refusals' | 'slates';
  /** For them: transitions learned at most; where missing five times what there is, or 30,000 if that is less. */
  readonly steps?: number;
  readonly engine?: Engine;
  readonly progress?: Progress;
  /** The agent's bytes of an earlier run with the same settings, to go on from. */
  readonly resume?: Uint8Array;
  /**
   * An earlier model of this shop, by whose items, labels and embeddings `data` was read: an agent of histories learns what was done
   * since, in one lesson, an agent of transitions as with `resume`. What it was not taught is taken in first (`AgentDefinition.grow`).
   */
  readonly earlier?: ModelFile;
  /** For agents that learn by reinforcement: where to leave what a killed run needs to go on. */
  readonly checkpoint?: Checkpoint;
}
