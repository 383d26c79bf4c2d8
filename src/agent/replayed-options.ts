import type { TrainingBatch } from './dqn-model.ts';
import type { NetworkShape } from './dqn-network.ts';
import type { PriorPull } from './prior-pull.ts';
import { chosenSlot } from './replay-buffer.ts';

/**
 * Writes one replayed transition's options into row i of the training batch: which items, which count, what they paid.
 * `tail` is the replayed row (replay-buffer.ts) from its action on.
 */
export function fillOptions(shape: NetworkShape, batch: Written, i: number, tail: Float32Array): void {
  const { options, slots, mode, items } = shape;
  const [reward, discount, kept] = [tail[slots]!, tail[slots + 1]!, tail[slots + 2]!];
  const chosen = chosenSlot(kept, slots);
  const at = i * options;
  batch.discount[i] = discount;
  for (let slot = 0; slot < slots; slot++) {
    const item = tail[slot]!;
    const open = item >= 0;
    batch.actions[at + slot] = open ? item : 0;
    batch.open[at + slot] = open ? 1 : 0;
    batch.reward[at + slot] = mode !== 'top-k' || slot === chosen ? reward : 0;
    batch.credit[at + slot] = mode === 'slateq' ? Number(slot === chosen) : Number(open);
  }
  if (mode !== 'slateq') return;
  batch.actions[at + slots] = items;
  batch.open[at + slots] = Number(chosen === kept);
  batch.reward[at + slots] = reward;
  batch.credit[at + slots] = Number(chosen < 0);
}

type Written = Pick<TrainingBatch, 'discount' | 'actions' | 'open' | 'reward' | 'credit'>;

/** Writes how strongly the prior pulls at the options of row i, which are filled. */
export function fillPulls(
  prior: PriorPull,
  batch: Pick<TrainingBatch, 'actions' | 'open' | 'pull' | 'choicePull'>,
  i: number,
  options: number,
): void {
  for (let at = i * options; at < (i + 1) * options; at++) {
    const row = batch.actions[at]!;
    batch.pull[at] = prior.ofValue(row);
    batch.choicePull[at] = batch.open[at]! * prior.ofChoice(row);
  }
}
