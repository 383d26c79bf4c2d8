import { expect, test } from 'vitest';
import type { TransitionBatch } from '../core/index.ts';
import type { NetworkShape } from './dqn-network.ts';
import { priorPull } from './prior-pull.ts';
import { replayLayout, rowOf } from './replay-buffer.ts';
import { fillOptions } from './replayed-options.ts';

// Observations of one number, slates of two of four items; the third option, row 4, is choosing nothing.
const layout = replayLayout(1, 2);
const rowTaken = (chosen: number, invented: 0 | 1): Float32Array =>
  rowOf(
    {
      ...{ observations: Float32Array.of(0), nextObservations: Float32Array.of(1) },
      ...{ actions: Int32Array.of(3, 2), rewards: Float32Array.of(0.1), discounts: Float32Array.of(0.9) },
      ...{ chosen: Int32Array.of(chosen), invented: Uint8Array.of(invented) },
    } as unknown as TransitionBatch,
    0,
    layout,
    new Float32Array(layout.width),
  );
const optionsOf = (row: Float32Array) => {
  const batch = {
    ...{ actions: new Int32Array(3), open: new Float32Array(3), reward: new Float32Array(3) },
    ...{ credit: new Float32Array(3), discount: new Float32Array(1) },
  };
  fillOptions({ options: 3, slots: 2, mode: 'slateq', items: 4 } as NetworkShape, batch, 0, row.subarray(2));
  return { open: [...batch.open], credit: [...batch.credit] };
};

test('of a slate that was shown, choosing nothing was an outcome too; of an invented one it was not', () => {
  expect(optionsOf(rowTaken(1, 0))).toEqual({ open: [1, 1, 1], credit: [0, 1, 0] });
  expect(optionsOf(rowTaken(-1, 0))).toEqual({ open: [1, 1, 1], credit: [0, 0, 1] });
  expect(optionsOf(rowTaken(1, 1))).toEqual({ open: [1, 1, 0], credit: [0, 1, 0] });
  expect(optionsOf(rowTaken(0, 1))).toEqual({ open: [1, 1, 0], credit: [1, 0, 0] });
  expect(() => rowTaken(-1, 1)).toThrow(
    new RangeError('row 0 is invented and nothing was chosen in it; accepted: a slot'),
  );
});

test('the priors count nothing only where it could be chosen', () => {
  const pull = priorPull(5, 1, 2);
  for (const row of [rowTaken(0, 0), rowTaken(-1, 0), rowTaken(1, 1), rowTaken(1, 1)]) pull.count(row, 1);
  expect([2, 3, 4].map(pull.ofChoice)).toEqual([1 / 4, 1 / 4, 1 / 2]);
  expect([2, 3, 4].map(pull.ofValue)).toEqual([1 / 2, 1, 1]);
});
