import { type Sequences, TendrilError } from '../core/index.ts';
import { type Cases, firstOf, type Split } from './split.ts';

/**
 * Global time split: one date for everybody. Training is what happened before `validationFrom`, settings are picked on
 * what happened until `testFrom`, and the test is all after it. Every interaction of a period is a case; its input is
 * what the same shopper did strictly before that moment (interactions of the same moment tell nothing: in data with
 * days for times their order is the file's, not the shopper's). Nothing of any later time is fitted on, so this is
 * what a shop would really have seen. Shoppers without a history are not judged: they are counted in the caption.
 */
export function timeSplit(
  sequences: Sequences,
  given: { readonly validationFrom?: number; readonly testFrom?: number; readonly repeats?: boolean } = {},
): Split {
  const { offsets, n } = sequences;
  const times = timesOf(sequences, 'time');
  const sorted = times.slice().sort();
  const validationFrom = given.validationFrom ?? sorted[Math.floor(0.8 * sorted.length)] ?? 0;
  const testFrom = given.testFrom ?? sorted[Math.floor(0.9 * sorted.length)] ?? 0;
  if (validationFrom >= testFrom) {
    throw new TendrilError(
      'bad-setting',
      'the time split needs a validation period of some length: validation must begin before the test',
    );
  }
  const lengths = Int32Array.from({ length: n }, (_, u) => {
    let length = 0;
    while (offsets[u]! + length < offsets[u + 1]! && times[offsets[u]! + length]! < validationFrom) length++;
    return length;
  });
  const repeats = given.repeats ?? false;
  const validation = between(sequences, times, validationFrom, testFrom, repeats);
  const test = between(sequences, times, testFrom, Number.POSITIVE_INFINITY, repeats);
  const day = (time: number): string => new Date(time).toISOString().slice(0, 10);
  return {
    protocol: 'time',
    caption: `Global time split: trained on what happened before ${day(validationFrom)}, settings picked until ${day(testFrom)}, judged on all ${test.cases.rows.length} later interactions of shoppers with a history (${test.without} of shoppers without one and ${test.again} repeats are not judged); whole catalogue, ties at mid-rank.`,
    train: firstOf(sequences, lengths),
    validation: validation.cases,
    test: test.cases,
    repeats,
  };
}

function between(
  sequences: Sequences,
  times: Float64Array,
  from: number,
  to: number,
  repeats: boolean,
): { cases: Cases; without: number; again: number } {
  const { offsets, items, n } = sequences;
  const rows: number[] = [];
  const ends: number[] = [];
  const targets: number[] = [];
  let without = 0;
  let again = 0;
  for (let u = 0; u < n; u++) {
    const first = offsets[u]!;
    let before = first;
    for (let p = first; p < offsets[u + 1]!; p++) {
      while (times[before]! < times[p]!) before++;
      if (times[p]! < from || times[p]! >= to) continue;
      if (before === first) {
        without++;
        continue;
      }
      if (!repeats && items.subarray(first, before).includes(items[p]!)) {
        again++;
        continue;
      }
      rows.push(u);
      ends.push(before - first);
      targets.push(items[p]!);
    }
  }
  return {
    cases: {
      sequences,
      rows: Int32Array.from(rows),
      ends: Int32Array.from(ends),
      targets: Int32Array.from(targets),
    },
    without,
    again,
  };
}

/** The times, or TendrilError `bad-setting` where the data has none and the protocol cannot do without. */
export function timesOf({ times }: Sequences, protocol: string): Float64Array {
  if (times) return times;
  throw new TendrilError(
    'bad-setting',
    `protocol "${protocol}" needs the time of each interaction, and this data has none; accepted without times: leave-one-out, or sessions in two files, --train and --test`,
  );
}
