import type { RolloutBatch } from '../core/index.ts';
import type { JudgedRows, Training } from './actor-critic.ts';
import type { DenseEncoder } from './dense-encoder.ts';
import type { Distribution } from './distribution.ts';

/** A rollout as the networks read it; beyond its own rows those of what is seen last, in the order of advantages.ts. */
export interface RolloutRows extends JudgedRows {
  /** Numbers of a row of `dense`, and of `chosen` and `mask`. */
  readonly width: number;
  readonly choices: number;
}

export function rolloutRows(
  batch: RolloutBatch,
  encoder: DenseEncoder,
  distribution: Distribution,
): RolloutRows {
  const width = encoder.size;
  const choices = distribution.size;
  const size = batch.steps * batch.n;
  let n = size + batch.n;
  for (const is of batch.truncated) n += is;
  const dense = new Float32Array(n * width);
  encoder.encode(batch.observations, size + batch.n, dense);
  encoder.encode(batch.finalObservations, n - size - batch.n, dense.subarray((size + batch.n) * width));
  const chosen = new Float32Array(size * choices);
  for (let i = 0; i < size; i++) distribution.write(batch.actions, i, chosen, i * choices);
  const mask = batch.masks && Float32Array.from(batch.masks);
  const [logProbs, values] = [new Float32Array(n), new Float32Array(n)];
  return { n, width, choices, dense, chosen, mask, logProbs, values };
}

/** Copies the picked rows into a training step. */
export function pickRows({ dense, chosen, mask }: Training, rows: RolloutRows, picked: Int32Array): void {
  const { width, choices } = rows;
  for (let i = 0; i < picked.length; i++) {
    const row = picked[i]!;
    for (let c = 0; c < width; c++) dense[i * width + c] = rows.dense[row * width + c]!;
    for (let c = 0; c < choices; c++) chosen[i * choices + c] = rows.chosen[row * choices + c]!;
    if (mask) for (let c = 0; c < choices; c++) mask[i * choices + c] = rows.mask![row * choices + c]!;
  }
}
