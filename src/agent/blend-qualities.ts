/**
 * What a learned blend knows of each item and of the moment (blend.ts): its qualities, of which each part gives two,
 *
 *   share  1 for the best of the part, falling as its scores do (of logits as their exponential over 4)
 *   log    the logarithm of the share, scaled to about 0 .. 1: what multiplies where shares add
 *
 * beside its popularity, and whether the history holds it and how newly. And the circumstances on which the weights depend:
 * how long the history is, how popular the last item, how sure each part is of its best one, what the last event was, and, where
 * observations tell, how long ago it was and the other numbers that segments of shoppers are told apart by.
 */
import {
  type HistoryPlace,
  type ObservationSpec,
  partAt,
  readHistory,
  type ShopFeature,
  shopFeatures,
} from '../core/index.ts';

/** A part's scores for one shopper, ready to be asked. */
export interface PartScale {
  readonly logits: boolean;
  /** Of the catalogue. */
  readonly low: number;
  readonly high: number;
}

/** A part that has nothing to say but its popularity tie-break is not blown up to a full voice. */
const floor = 1e-6;
/** Softmax scores are flattened by this before they are added to other parts'. */
const temperature = 4;
/** Shares below this are alike, in the logarithm. */
const leastShare = 0.02;
const logitRange = 16;

export function scaleOf(scores: Float32Array, at: number, items: number, logits: boolean): PartScale {
  let low = logits ? Number.POSITIVE_INFINITY : 0;
  let high = logits ? Number.NEGATIVE_INFINITY : 0;
  for (let i = at; i < at + items; i++) {
    const score = scores[i]!;
    if (score < low) low = score;
    if (score > high) high = score;
  }
  return { logits, low, high };
}

export const shareOf = (scale: PartScale, score: number): number =>
  scale.logits
    ? Math.exp((score - scale.high) / temperature)
    : (score - scale.low) / Math.max(floor, scale.high - scale.low);

function logOf(scale: PartScale, score: number, share: number): number {
  if (scale.logits) return 1 + Math.max(-logitRange, score - scale.high) / logitRange;
  // Nearly all items of a count model are here: what the logarithm would add is too small to see.
  if (share < 1e-6) return 0;
  return 1 - Math.log((share + leastShare) / (1 + leastShare)) / logOfNothing;
}
const logOfNothing = Math.log(leastShare / (1 + leastShare));

/** How sure a part is: larger where its best score is. Of logits the logarithm of the best one's probability. */
export function sureness(scale: PartScale, scores: Float32Array, at: number, items: number): number {
  if (!scale.logits) return Math.log(scale.high - scale.low + 1e-4);
  let mass = 0;
  for (let i = at; i < at + items; i++) mass += Math.exp(scores[i]! - scale.high);
  return -Math.log(mass);
}

/** Qualities that no part gives: popularity, seen (newer more), and seen last. */
export const ownQualities = 3;
export const qualityCount = (parts: number): number => 2 * parts + ownQualities;
const seenDecay = 0.7;

/** Of one shopper. */
export interface Qualities {
  /** Writes the qualities of an item at `at` of `out`. */
  write(item: number, out: Float32Array, at: number): void;
  /** The sum of qualities times weights of each of these items. */
  weigh(weights: Float64Array, items: Int32Array, out: Float32Array): void;
}

/** `scores` of part p begin at `at` of `scores[p]`; `history` is newest first. */
export function qualitiesOf(
  scales: readonly PartScale[],
  scores: readonly Float32Array[],
  at: number,
  popularity: Float32Array,
  history: Int32Array,
  length: number,
): Qualities {
  const seen = new Map<number, number>();
  for (let age = length - 1; age >= 0; age--) seen.set(history[age]!, seenDecay ** age);
  const last = length > 0 ? history[0]! : -1;
  return {
    write(item, out, to) {
      scales.forEach((scale, p) => {
        const score = scores[p]![at + item]!;
        const share = shareOf(scale, score);
        out[to + 2 * p] = share;
        out[to + 2 * p + 1] = logOf(scale, score, share);
      });
      const own = to + 2 * scales.length;
      out[own] = popularity[item]!;
      out[own + 1] = seen.get(item) ?? 0;
      out[own + 2] = item === last ? 1 : 0;
    },
    weigh(weights, items, out) {
      const own = 2 * scales.length;
      const [popular, seenAgain, seenLast] = [weights[own]!, weights[own + 1]!, weights[own + 2]!];
      for (let c = 0; c < items.length; c++) out[c] = popular * popularity[items[c]!]!;
      // Part by part: one kind of score in a loop is several times as fast.
      for (let p = 0; p < scales.length; p++) {
        const scale = scales[p]!;
        const values = scores[p]!;
        const [add, multiply] = [weights[2 * p]!, weights[2 * p + 1]!];
        for (let c = 0; c < items.length; c++) {
          const score = values[at + items[c]!]!;
          const share = shareOf(scale, score);
          out[c]! += add * share + multiply * logOf(scale, score, share);
        }
      }
      if (seen.size === 0) return;
      for (let c = 0; c < items.length; c++) {
        const newly = seen.get(items[c]!);
        if (newly !== undefined) out[c]! += seenAgain * newly + (items[c] === last ? seenLast : 0);
      }
    },
  };
}

/** Logarithms of how often items were taken, scaled to 0 .. 1. */
export function popularityOf(counts: Float64Array): Float32Array {
  const most = Math.log1p(counts.reduce((a, b) => Math.max(a, b), 1));
  return Float32Array.from(counts, (count) => Math.log1p(count) / most);
}

/** What tells new, loyal, lapsing and buying shoppers apart (state/segment.ts), as numbers without thresholds. */
const segmentFeatures: readonly ShopFeature[] = ['recency', 'frequency', 'monetary', 'session', 'buying'];

/** Where a row of observations shows them; none where it does not. */
export function segmentPlaces(spec: ObservationSpec): number[] {
  const features = partAt(spec, 'features');
  if (features?.part.size !== shopFeatures.length) return [];
  return segmentFeatures.map((name) => features.offset + shopFeatures.indexOf(name));
}

/** Where circumstances are read in a row of observations. */
export interface CircumstancePlaces {
  readonly history: HistoryPlace;
  /** Of the numbers that tell segments apart. */
  readonly segment: readonly number[];
  /** Kinds of last events that are told apart. */
  readonly kinds: readonly number[];
}

/** Circumstances before they are standardised, for one row of observations: as many as parts + 2 + kinds + segment. */
export function circumstancesOf(
  { history: place, segment, kinds }: CircumstancePlaces,
  observations: Float32Array,
  at: number,
  history: Int32Array,
  popularity: Float32Array,
  sure: readonly number[],
): { readonly length: number; readonly values: number[] } {
  const length = readHistory(place, observations, at, history);
  const last = place.types < 0 ? 0 : observations[at + place.types + place.size - 1]!;
  return {
    length,
    values: [
      Math.log1p(length),
      length > 0 ? popularity[history[0]!]! : 0,
      ...sure,
      ...kinds.map((kind) => (last === kind ? 1 : 0)),
      ...segment.map((number) => observations[at + number]!),
    ],
  };
}

/** What brings circumstances to mean 0 and deviation 1 over the cases a blend was taught by. */
export interface Standard {
  readonly means: readonly number[];
  readonly deviations: readonly number[];
}

export function standardOf(rows: readonly (readonly number[])[]): Standard {
  const width = rows[0]?.length ?? 0;
  const mean = (of: (row: readonly number[]) => number): number =>
    rows.reduce((sum, row) => sum + of(row), 0) / Math.max(1, rows.length);
  const means = Array.from({ length: width }, (_, f) => mean((row) => row[f]!));
  const deviations = means.map((center, f) => Math.sqrt(mean((row) => (row[f]! - center) ** 2)));
  return { means, deviations };
}

/** Beyond this many deviations circumstances count as this many: nothing is extrapolated far. */
const farthest = 3;

/** A one, then the standardised circumstances; what never varied is 0. */
export const standardised = ({ means, deviations }: Standard, values: readonly number[]): Float64Array =>
  Float64Array.from([
    1,
    ...values.map((value, f) =>
      deviations[f]! > 1e-9
        ? Math.max(-farthest, Math.min(farthest, (value - means[f]!) / deviations[f]!))
        : 0,
    ),
  ]);
