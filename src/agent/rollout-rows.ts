import type { RolloutBatch } from '../core/index.ts';
import type { JudgedRows } from './actor-critic.ts';
import type { DenseEncoder } from './dense-encoder.ts';

/**
 * A rollout as the networks read it, `width` numbers a row; beyond its own rows those of what is seen last, in the order
 * of advantages.ts.
 */
export function rolloutRows(batch: RolloutBatch, encoder: DenseEncoder, width: number): JudgedRows {
  const acted = batch.steps * batch.n;
  const seen = acted + batch.n;
  let n = seen;
  for (const is of batch.truncated) n += is;
  const dense = new Float32Array(n * width);
  encoder.encode(batch.observations, seen, dense, width);
  encoder.encode(batch.finalObservations, n - seen, dense.subarray(seen * width), width);
  return {
    n,
    dense,
    actions: batch.actions,
    acted,
    masks: batch.masks,
    logProbs: new Float32Array(acted),
    values: new Float32Array(n),
  };
}
