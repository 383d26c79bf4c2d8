import type { Engine } from '../math/index.ts';
import type { LogOptions } from './log-columns.ts';

/** What the command line of `tendril train` says. */
export interface TrainOptions extends LogOptions {
  readonly log?: string;
  readonly data?: string;
  readonly world?: string;
  readonly agents?: readonly string[];
  readonly setting: readonly string[];
  readonly try: readonly string[];
  readonly worldOption: readonly string[];
  readonly steps?: number;
  readonly worlds?: number;
  readonly reward?: string;
  readonly discount?: number;
  readonly takings?: 'refusals' | 'slates';
  readonly seed: number;
  readonly out?: string;
  readonly rl?: string;
  readonly userSpecific: boolean;
  readonly biased: boolean;
  readonly embeddings?: number;
  readonly keepBest: boolean;
  readonly promote: boolean;
  readonly resume: boolean;
  readonly checkpoint: number;
  readonly json: boolean;
}

export type Settings = Readonly<Record<string, string>>;

/** What is trained, once the command line is read: the agents' settings, and the engine where one is needed. */
export interface Lesson {
  readonly settings: Settings;
  /** The values of a small search, by key; none where there is none. */
  readonly tried: Readonly<Record<string, readonly string[]>>;
  readonly engine?: Engine;
}
