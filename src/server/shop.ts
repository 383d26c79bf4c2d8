import type { Loop } from '../loop.ts';
import type { Manifest } from '../registry/index.ts';

/** What the routes know of the shop they serve. It may still be starting: then there is no loop, but progress. */
export interface Shop {
  /** Undefined until the log is folded. */
  readonly loop: Loop | undefined;
  readonly progress: readonly Step[];
  /** Newest first; what cannot be read is told and left out. */
  versions(tell: (problem: string) => void): Promise<readonly Manifest[]>;
  /** Where `report.html` lies, once written. */
  readonly reportsPath: string;
  /** What a reader must know of the data, such as what is simulated. */
  readonly notes: readonly string[];
}

/** One step of getting ready. */
export interface Step {
  readonly name: string;
  readonly state: 'waiting' | 'running' | 'done' | 'failed';
  /** The latest word on it. */
  readonly note: string;
  /** 0 .. 1, where it is known. */
  readonly share?: number;
}
