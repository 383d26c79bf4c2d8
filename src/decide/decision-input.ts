import type { Policy } from '../agent/index.ts';
import type { RecommendRequest, Rng } from '../core/index.ts';
import type { SourceInput } from './candidate-sources.ts';
import type { Exploration } from './exploration.ts';

/** Everything a decision depends on; the same inputs give the same decision. */
export interface DecisionInput extends SourceInput {
  readonly request: RecommendRequest;
  readonly recommendationId: string;
  readonly shopper: string;
  readonly policy: Policy;
  readonly policyId: string;
  readonly policyVersion: string;
  /** One row as `policy.observation` describes it. */
  readonly observation: Float32Array;
  readonly stateVersion: number;
  /** Things the shopper did: the less, the more is left to chance. */
  readonly actions: number;
  readonly bought: ReadonlySet<string>;
  /** As in a catalogue. */
  readonly stocked: Uint8Array;
  reasons(index: number, explored: boolean): readonly string[];
  readonly exploration: Exploration;
  /** Of this decision alone: `rng.fork(recommendationId)`. */
  readonly rng: Rng;
}
