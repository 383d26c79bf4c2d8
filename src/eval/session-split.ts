import type { Sequences } from '../core/index.ts';
import { type Cases, rowsOf, type Split } from './split.ts';

/**
 * Sessions: whole sessions train, later ones test; every prefix of a test session is a case, the next item its target.
 * Items may come again (in shops they do), so nothing is masked. The last twentieth of the training sessions, in the
 * order they are given, is held back to pick settings on and then learned in increments, so that what is judged has
 * learned from all of them.
 */
export function sessionSplit(
  train: Sequences,
  test: Sequences,
  {
    minPrefix = 1,
    heldBackShare = 0.05,
  }: { readonly minPrefix?: number; readonly heldBackShare?: number } = {},
): Split {
  const cut = Math.round(train.n * (1 - heldBackShare));
  const heldBack = rowsOf(train, cut, train.n);
  return {
    protocol: 'sessions',
    caption: `Sessions: every prefix of ${minPrefix} or more interactions of each test session predicts the next; whole catalogue, nothing masked, ties at mid-rank.`,
    train: rowsOf(train, 0, cut),
    heldBack,
    validation: prefixes(heldBack, minPrefix),
    test: prefixes(test, minPrefix),
    repeats: true,
  };
}

function prefixes(sequences: Sequences, minPrefix: number): Cases {
  const rows: number[] = [];
  const ends: number[] = [];
  for (let u = 0; u < sequences.n; u++) {
    const length = sequences.offsets[u + 1]! - sequences.offsets[u]!;
    for (let end = minPrefix; end < length; end++) {
      rows.push(u);
      ends.push(end);
    }
  }
  return {
    sequences,
    rows: Int32Array.from(rows),
    ends: Int32Array.from(ends),
    targets: Int32Array.from(rows, (u, c) => sequences.items[sequences.offsets[u]! + ends[c]!]!),
  };
}
