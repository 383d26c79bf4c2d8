import {
  type ActionSpec,
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
 * Histories as slates that were answered to, for agents with a choice model: one pass over all interactions in random order.
 * The slate of each holds what was taken, in a random slot, among items drawn uniformly, which is about what a log of
 * uniformly random slates held: a click says little of what stood beside it. What histories do not tell is left open: how
 * often nothing was answered (`invented`), and what happened until the next interaction (each row is cut off by itself).
 */
export function* inventedSlates(
  sequences: Sequences,
  observation: ObservationSpec,
  action: ActionSpec,
  rng: Rng,
  options: {
    readonly batchSize: number;
    readonly discount: number;
    /** What an interaction was worth, by its place in `sequences.items`. */
    readonly reward: (entry: number) => number;
    readonly items?: ItemFeatures;
  },
): Generator<TransitionBatch> {
  const { itemCount, offsets, items } = sequences;
  const k = slotsToFill(action, itemCount);
  const observe = sequenceObserver(observation, sequences, sequences, options.items);
  const rowOf = new Int32Array(items.length);
  for (let u = 0; u < sequences.n; u++) rowOf.fill(u, offsets[u], offsets[u + 1]);
  const order = Int32Array.from(items, (_, entry) => entry);
  shuffle(order, rng);
  for (let from = 0; from < order.length; from += options.batchSize) {
    const entries = order.subarray(from, from + options.batchSize);
    const n = entries.length;
    const batch = {
      n,
      observations: new Float32Array(n * observation.size),
      actions: new Int32Array(n * k),
      rewards: Float32Array.from(entries, options.reward),
      nextObservations: new Float32Array(n * observation.size),
      discounts: new Float32Array(n).fill(options.discount),
      terminated: new Uint8Array(n),
      truncated: new Uint8Array(n).fill(1),
      chosen: new Int32Array(n),
      invented: new Uint8Array(n).fill(1),
    };
    entries.forEach((entry, i) => {
      const end = entry - offsets[rowOf[entry]!]!;
      observe(rowOf[entry]!, end, batch.observations, i * observation.size);
      observe(rowOf[entry]!, end + 1, batch.nextObservations, i * observation.size);
      const { slate, slot } = slateAround(items[entry]!, k, itemCount, rng);
      batch.chosen[i] = slot;
      batch.actions.set(slate, i * k);
    });
    yield batch;
  }
}

/** Slots of the slates of an action. Throws TendrilError `bad-setting` where there are not so many different items. */
export function slotsToFill(action: ActionSpec, itemCount: number): number {
  if (action.kind !== 'slate' || action.k > itemCount)
    throw new TendrilError('bad-setting', `slates are invented of at most ${itemCount} different items`);
  return action.k;
}

/** What was taken, in a random slot, among other items drawn uniformly without replacement. */
export function slateAround(
  item: number,
  k: number,
  itemCount: number,
  rng: Rng,
): { readonly slate: readonly number[]; readonly slot: number } {
  const drawn = new Set([item]);
  while (drawn.size < k) drawn.add(rng.int(itemCount));
  const slate = [...drawn];
  const slot = rng.int(k);
  [slate[0], slate[slot]] = [slate[slot]!, slate[0]!];
  return { slate, slot };
}
