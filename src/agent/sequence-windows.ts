import { type Rng, type Sequences, shuffle } from '../core/index.ts';

/**
 * A shopper's newest interactions as a training example: entries from .. to of the sequences' arrays. Each but the last
 * is an input, each but the first a target; what lies before `learnFrom` is context only.
 */
export interface Window {
  readonly from: number;
  readonly to: number;
  /** First entry that is a target. */
  readonly learnFrom: number;
  /** True where types of events teach nothing: heads are fitted on them (behaviour-heads.ts), or may have been, in a lesson. */
  readonly typesHeldBack?: boolean;
}

/** One for each shopper with something to learn; at most `places` inputs each. */
export function windowsOf(
  sequences: Sequences,
  places: number,
  newFrom?: Int32Array,
  heldBack?: (row: number) => boolean,
): Window[] {
  const windows: Window[] = [];
  for (let u = 0; u < sequences.n; u++) {
    const to = sequences.offsets[u + 1]!;
    const from = Math.max(sequences.offsets[u]!, to - places - 1);
    const learnFrom = Math.max(from + 1, sequences.offsets[u]! + (newFrom?.[u] ?? 0));
    if (learnFrom < to) windows.push({ from, to, learnFrom, ...(heldBack?.(u) && { typesHeldBack: true }) });
  }
  return windows;
}

/** Examples of about one length, padded to `length` inputs. */
export interface WindowBatch {
  readonly length: number;
  readonly windows: readonly Window[];
}

/** Chunks that are sorted by length hold this many batches: enough to find like ones, few enough to stay random. */
const batchesInChunk = 50;
/** A batch has no more places than this, so that long histories do not take all memory. */
const mostPlaces = 6400;

/**
 * Batches of like length in random order: padding is work for nothing, and histories are short (7 on average in shops
 * that have 50 places). Lengths are rounded up to few, since each is a graph of its own.
 */
export function lengthSorted(
  windows: readonly Window[],
  batchSize: number,
  places: number,
  rng: Rng,
): WindowBatch[] {
  const order = Int32Array.from(windows, (_, i) => i);
  shuffle(order, rng);
  const batches: WindowBatch[] = [];
  for (let at = 0; at < order.length; at += batchSize * batchesInChunk) {
    const chunk = [...order.subarray(at, at + batchSize * batchesInChunk)]
      .map((i) => windows[i]!)
      .sort((a, b) => inputsOf(a) - inputsOf(b));
    for (let from = 0; from < chunk.length; ) {
      const some = chunk.slice(from, from + batchSize);
      const fitting = some.slice(0, rowsFor(roundedLength(inputsOf(some.at(-1)!), places), batchSize));
      batches.push({ length: roundedLength(inputsOf(fitting.at(-1)!), places), windows: fitting });
      from += fitting.length;
    }
  }
  const turns = Int32Array.from(batches, (_, i) => i);
  shuffle(turns, rng);
  return [...turns].map((turn) => batches[turn]!);
}

const inputsOf = ({ from, to }: Window): number => to - from - 1;

/** Histories in a batch of this length. */
export const rowsFor = (length: number, batchSize: number): number =>
  Math.min(batchSize, Math.max(1, Math.floor(mostPlaces / length)));

/** The next of 1, 2, ... 8, 10, 12, 14, 16, 20, 24, 28, 32, 40, ... up to `places`: at most a quarter more. */
export function roundedLength(length: number, places: number): number {
  if (length <= 8) return Math.max(1, length);
  const step = 2 ** (Math.floor(Math.log2(length - 1)) - 2);
  return Math.min(places, Math.ceil(length / step) * step);
}
