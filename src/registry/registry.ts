import type { Promoted } from './promotions.ts';

/** Keeps model versions, and which of them serves. */
export interface Registry {
  /** Stores a version; resolves when it is on disk. Versions count up from 1 within an agent's name. */
  put(model: Uint8Array, manifest: Omit<Manifest, 'version'>): Promise<Manifest>;
  /** Newest first. What cannot be read is told and left out; where nobody is to be told, it throws `bad-model`. */
  list(agent?: string, tell?: (problem: string) => void): Promise<readonly Manifest[]>;
  get(
    agent: string,
    version: number,
  ): Promise<{ readonly manifest: Manifest; readonly model: Uint8Array } | undefined>;
  /** Makes a version the one that serves; what served before is remembered. */
  promote(agent: string, version: number, now: number): Promise<void>;
  /** Goes back to what served before; answers what serves now, or undefined where there is nothing to go back to. */
  rollBack(now: number): Promise<Manifest | undefined>;
  /** Removes a version, also from what steps back would come to. Throws `not-found`, or `bad-setting` for one that serves or is its agent's newest. */
  remove(agent: string, version: number, now: number): Promise<void>;
  serving(): Promise<Manifest | undefined>;
  /** What serves, and what steps back would come to, one after the other. */
  promoted(): Promise<readonly Promoted[]>;
}

/** What must be known of a model to use, compare and make it again. */
export interface Manifest {
  readonly agent: string;
  readonly version: number;
  readonly format: 1;
  readonly createdAt: number;
  readonly seed: number;
  /** The version of the same agent that it was taught on from; missing where it was trained anew. */
  readonly taughtFrom?: number;
  /** The version, trained anew, that the first of its lessons went on from; missing as `taughtFrom` is, and where that is not known. */
  readonly trainedAs?: number;
  readonly settings: Readonly<Record<string, unknown>>;
  /** Hash of the data it was fitted on, and how much that was. */
  readonly data: {
    readonly fingerprint: string;
    readonly interactions: number;
    readonly shoppers: number;
    readonly items: number;
  };
  /** By name, on validation data unless the name says otherwise. */
  readonly metrics: Readonly<Record<string, number>>;
  /** What is needed to read observations and items as the model was trained on them. */
  readonly encoding: Readonly<Record<string, unknown>>;
}
