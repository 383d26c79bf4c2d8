import type { TransitionBatch } from '../core/index.ts';

/**
 * The last `capacity` transitions, drawn from uniformly (Lin 1992; Mnih et al. 2015): a ring of flat rows that grows
 * until it is full, then overwrites the oldest.
 *
 *     row  [ observation | next observation | action | reward, discount, chosen slot ]
 */
export interface ReplayBuffer {
  readonly capacity: number;
  /** Rows held. */
  size: number;
  /** Where the next row goes. */
  next: number;
  rows: Float32Array;
  readonly layout: ReplayLayout;
}

export interface ReplayLayout {
  readonly observation: number;
  readonly action: number;
  /** Numbers in a row. */
  readonly width: number;
}

export const replayLayout = (observation: number, action: number): ReplayLayout => ({
  observation,
  action,
  width: 2 * observation + action + 3,
});

export function replayBuffer(capacity: number, layout: ReplayLayout): ReplayBuffer {
  return {
    capacity,
    size: 0,
    next: 0,
    rows: new Float32Array(Math.min(capacity, 1024) * layout.width),
    layout,
  };
}

/** Puts a row into the ring; answers where. Item numbers stay exact in float32 up to 16.7 million. */
export function storeRow(buffer: ReplayBuffer, row: Float32Array): number {
  const { width } = buffer.layout;
  const at = buffer.next;
  if ((at + 1) * width > buffer.rows.length) {
    const grown = new Float32Array(Math.min(buffer.capacity, 2 * (buffer.rows.length / width)) * width);
    grown.set(buffer.rows);
    buffer.rows = grown;
  }
  buffer.rows.set(row, at * width);
  buffer.next = (at + 1) % buffer.capacity;
  buffer.size = Math.max(buffer.size, at + 1);
  return at;
}

/** Row i of a batch of transitions, laid out for the buffer. */
export function rowOf(
  batch: TransitionBatch,
  i: number,
  layout: ReplayLayout,
  out: Float32Array,
): Float32Array {
  const { observation, action } = layout;
  out.set(batch.observations.subarray(i * observation, (i + 1) * observation), 0);
  out.set(batch.nextObservations.subarray(i * observation, (i + 1) * observation), observation);
  out.set(batch.actions.subarray(i * action, (i + 1) * action), 2 * observation);
  const rest = 2 * observation + action;
  out[rest] = batch.rewards[i]!;
  out[rest + 1] = batch.discounts[i]!;
  out[rest + 2] = batch.chosen ? batch.chosen[i]! : -1;
  return out;
}
