import {
  type ActionSpec,
  actionSize,
  type ItemFeatures,
  type ObservationSpec,
  type Rng,
  type Sequences,
  shuffle,
  TendrilError,
  type TransitionBatch,
} from '../core/index.ts';
import { sequenceObserver } from './observe-sequences.ts';

/**
 * Histories as steps for agents that learn by reinforcement. What the shopper took next is an action that was right:
 * reward 1 + ratingWeight x (stars - 3) / 2 where there are stars. A log of takings holds no refusals, and from it
 * alone every action is worth the same; so each step is joined by `negatives` steps with an item drawn uniformly that
 * the shopper did not take then: reward 0, and the history stays as it was. The last step of a history is truncated,
 * not terminated: the shopper may come back, the data ends.
 */
export interface ReplayOptions {
  readonly batchSize: number;
  readonly discount: number;
  readonly negatives: number;
  readonly ratingWeight: number;
  readonly items?: ItemFeatures;
}

/** One pass over all steps in random order, in batches. */
export function* replaySequences(
  sequences: Sequences,
  observation: ObservationSpec,
  action: ActionSpec,
  rng: Rng,
  { batchSize, discount, negatives, ratingWeight, items }: ReplayOptions,
): Generator<TransitionBatch> {
  if (action.kind !== 'choice' && action.kind !== 'slate')
    throw new TendrilError(
      'bad-setting',
      'histories hold items: the action must be a choice of one or a slate',
    );
  const observe = sequenceObserver(observation, sequences, sequences, items);
  const size = actionSize(action);
  const { steps, rowOf } = stepsOf(sequences);
  shuffle(steps, rng);
  const width = observation.size;
  // A shop of one item has no other to draw.
  const perStep = 1 + (sequences.itemCount > 1 ? negatives : 0);
  const stepsPerBatch = Math.max(1, Math.floor(batchSize / perStep));
  for (let from = 0; from < steps.length; from += stepsPerBatch) {
    const taken = Math.min(stepsPerBatch, steps.length - from);
    const n = taken * perStep;
    const batch = {
      n,
      observations: new Float32Array(n * width),
      actions: new Int32Array(n * size).fill(-1),
      rewards: new Float32Array(n),
      nextObservations: new Float32Array(n * width),
      discounts: new Float32Array(n).fill(discount),
      terminated: new Uint8Array(n),
      truncated: new Uint8Array(n),
      chosen: new Int32Array(n).fill(-1),
    };
    for (let s = 0; s < taken; s++) {
      const entry = steps[from + s]!;
      const row = rowOf[entry]!;
      const end = entry - sequences.offsets[row]!;
      const target = sequences.items[entry]!;
      for (let i = s * perStep; i < (s + 1) * perStep; i++) {
        const positive = i === s * perStep;
        observe(row, end, batch.observations, i * width);
        observe(row, positive ? end + 1 : end, batch.nextObservations, i * width);
        if (positive) {
          const stars = sequences.ratings?.[entry] ?? 0;
          batch.actions[i * size] = target;
          batch.rewards[i] = 1 + (stars > 0 ? (ratingWeight * (stars - 3)) / 2 : 0);
          batch.chosen[i] = 0;
          if (entry + 1 === sequences.offsets[row + 1]) batch.truncated[i] = 1;
        } else {
          const other = rng.int(sequences.itemCount - 1);
          batch.actions[i * size] = other < target ? other : other + 1;
        }
      }
    }
    yield batch;
  }
}

/** Every interaction that has one before it. */
function stepsOf({ n, offsets }: Sequences): { steps: Int32Array; rowOf: Int32Array } {
  const rowOf = new Int32Array(offsets[n]!);
  const steps: number[] = [];
  for (let u = 0; u < n; u++) {
    for (let p = offsets[u]!; p < offsets[u + 1]!; p++) {
      rowOf[p] = u;
      if (p > offsets[u]!) steps.push(p);
    }
  }
  return { steps: Int32Array.from(steps), rowOf };
}
