import { type ObservationSpec, partAt } from './observation.ts';
import type { Sequences } from './sequences.ts';
import { gapBucket } from './time-gap.ts';

/**
 * Between a shopper's history as a sequence of item numbers and as the parts `history.items`, `history.types` and
 * `history.gaps` of an observation: item i is written i + 1, 0 means none, left-padded, newest last. Of a longer history
 * the newest remain; what came before the oldest shown is unknown, and so is the pause before it.
 */
export interface HistoryPlace {
  readonly size: number;
  readonly items: number;
  /** -1 where the observation does not show the types. */
  readonly types: number;
  /** Buckets of the pause before each (`gapBucket`); -1 where the observation does not show them. */
  readonly gaps: number;
}

/** Where an observation shows the history, or undefined where it does not. */
export function historyPlace(spec: ObservationSpec): HistoryPlace | undefined {
  const items = partAt(spec, 'history.items');
  if (!items) return undefined;
  return {
    size: items.part.size,
    items: items.offset,
    types: partAt(spec, 'history.types')?.offset ?? -1,
    gaps: partAt(spec, 'history.gaps')?.offset ?? -1,
  };
}

/** Writes what shopper `row` did before entry `end` (counted from the shopper's first) into the row that begins at `at`. */
export function writeHistory(
  place: HistoryPlace,
  sequences: Sequences,
  row: number,
  end: number,
  out: Float32Array,
  at: number,
): void {
  const first = sequences.offsets[row]!;
  const length = Math.min(end, place.size);
  out.fill(0, at + place.items, at + place.items + place.size);
  if (place.types >= 0) out.fill(0, at + place.types, at + place.types + place.size);
  if (place.gaps >= 0) out.fill(0, at + place.gaps, at + place.gaps + place.size);
  for (let age = 0; age < length; age++) {
    const entry = first + end - 1 - age;
    const slot = at + place.size - 1 - age;
    out[slot + place.items] = sequences.items[entry]! + 1;
    if (place.types >= 0 && sequences.types) out[slot + place.types] = sequences.types[entry]! + 1;
    if (place.gaps >= 0 && sequences.times && age + 1 < length)
      out[slot + place.gaps] = gapBucket(sequences.times[entry]! - sequences.times[entry - 1]!);
  }
}

/** Reads the item numbers of the row that begins at `at` into `out`, newest first; answers how many there are. */
export function readHistory(
  place: HistoryPlace,
  observations: Float32Array,
  at: number,
  out: Int32Array,
): number {
  let count = 0;
  for (let slot = at + place.items + place.size - 1; slot >= at + place.items; slot--) {
    const token = observations[slot]!;
    if (token > 0) out[count++] = token - 1;
  }
  return count;
}
