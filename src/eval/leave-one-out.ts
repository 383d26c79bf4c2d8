import type { Sequences } from '../core/index.ts';
import { type Cases, firstOf, type Split } from './split.ts';

/**
 * Leave one out: each shopper's last interaction is the test, the last but one the validation, all before is training;
 * nothing is fitted on the last two, also for the test, where the validation item is input only. Shoppers with fewer
 * than three interactions train and are not judged. Items of the history are masked,
 * unless `repeats` says that shoppers come back to them.
 *
 * It is the split most papers use, and a generous one: other shoppers' later interactions are known in training.
 */
export function leaveOneOut(sequences: Sequences, { repeats = false } = {}): Split {
  const { n, offsets } = sequences;
  const lengths = Int32Array.from({ length: n }, (_, u) => offsets[u + 1]! - offsets[u]!);
  return {
    protocol: 'leave-one-out',
    caption:
      "Leave one out: each shopper's last item is the test, the last but one the validation; ranked against the whole catalogue, " +
      `${repeats ? 'nothing' : 'items of the history'} masked, ties at mid-rank.`,
    train: firstOf(
      sequences,
      lengths.map((length) => (length < 3 ? length : length - 2)),
    ),
    validation: lastBut(sequences, lengths, 2),
    test: lastBut(sequences, lengths, 1),
    repeats,
  };
}

function lastBut(sequences: Sequences, lengths: Int32Array, back: number): Cases {
  const rows = lengths.map((_, u) => u).filter((u) => lengths[u]! >= 3);
  const ends = rows.map((u) => lengths[u]! - back);
  const targets = rows.map((u, c) => sequences.items[sequences.offsets[u]! + ends[c]!]!);
  return { sequences, rows, ends, targets };
}
