/**
 * What a learned blend learns from validation (blend.ts): cases are made of the best items of each part, the conditional logit
 * says how much each quality counts under which circumstances, and a comparison on cases it did not see decides whether it
 * serves at all.
 */
import { type HistoryPlace, type ObservationSpec, writeHistory } from '../core/index.ts';
import { type Choices, conditionalLogit, weightsUnder } from '../math/index.ts';
import type { Validation } from './agent.ts';
import {
  circumstancesOf,
  type PartScale,
  qualitiesOf,
  qualityCount,
  type Standard,
  scaleOf,
  segmentPlaces,
  shareOf,
  standardised,
  standardOf,
  sureness,
} from './blend-qualities.ts';
import { evenly, tallyOf } from './pick-on-validation.ts';
import type { Policy } from './policy.ts';

/** The learned weights: `theta` is qualities x circumstances. */
export interface Gate {
  readonly theta: readonly number[];
  readonly standard: Standard;
  /** Kinds of events, as observations write them, that the weights may depend on. */
  readonly kinds: readonly number[];
  /** Where in an observation are other numbers that they depend on; missing in gates of before there were any. */
  readonly segment?: readonly number[];
}

/** The parts of a blend as the gate sees them. */
export interface BlendParts {
  readonly policies: readonly Policy[];
  /** Whose scores are logits. */
  readonly logits: readonly boolean[];
}

export interface GateCases {
  readonly choices: Choices;
  /** For each case its place among the validation cases looked at: those without the target are not here. */
  readonly of: Int32Array;
  readonly lookedAt: number;
  readonly standard: Standard;
  readonly kinds: readonly number[];
  readonly segment: readonly number[];
}

/** Validation histories looked at. */
const sampled = 10_000;
/** Best items of each part that make a case: a blend's ten best are nearly always among them. */
const bestOfPart = 40;
/** Kinds of last events that fewer cases have than this share are not told apart. */
const leastKind = 0.01;
/** Parts the cases are cut into: each is judged by what was learned from the others. */
const folds = 3;
/** The part that the k-th of the cases looked at is in. */
const foldOf = (k: number): number => k % folds;

/** Of n validation cases the part that each is in; -1 of those that are not looked at. */
export function foldsOf(n: number): Int8Array {
  const parts = new Int8Array(n).fill(-1);
  evenly(n, sampled).forEach((row, k) => {
    parts[row] = foldOf(k);
  });
  return parts;
}

/** Cases for the gate, in which items of the history are left out unless they may repeat. */
export async function gateCases(
  { policies, logits }: BlendParts,
  place: HistoryPlace,
  spec: ObservationSpec,
  { inputs, targets, repeats, observations: known }: Validation,
  popularity: Float32Array,
): Promise<GateCases> {
  const width = spec.size;
  const n = inputs.itemCount;
  const rows = evenly(inputs.n, sampled);
  const kinds = commonKinds(place, inputs.types && lastTypes(inputs.types, inputs.offsets, rows));
  const segment = known ? segmentPlaces(spec) : [];
  const size = qualityCount(policies.length);
  const batch = Math.max(1, Math.min(64, Math.floor(2 ** 20 / n)));
  const observations = new Float32Array(batch * width);
  const history = new Int32Array(place.size);
  const offsets = [0];
  const qualities: Float32Array[] = [];
  const chosen: number[] = [];
  const of: number[] = [];
  const circumstances: number[][] = [];
  for (let from = 0; from < rows.length; from += batch) {
    const some = rows.subarray(from, from + batch);
    some.forEach((u, r) => {
      if (known) observations.set(known.subarray(u * width, (u + 1) * width), r * width);
      else
        writeHistory(place, inputs, u, inputs.offsets[u + 1]! - inputs.offsets[u]!, observations, r * width);
    });
    const scores: Float32Array[] = [];
    for (const policy of policies)
      scores.push((await policy.evaluate(observations.subarray(0, some.length * width), some.length)).values);
    some.forEach((u, r) => {
      const at = r * n;
      const scales = scores.map((values, p) => scaleOf(values, at, n, logits[p]!));
      const sure = scales.map((scale, p) => sureness(scale, scores[p]!, at, n));
      const { length, values } = circumstancesOf(
        { history: place, segment, kinds },
        observations,
        r * width,
        history,
        popularity,
        sure,
      );
      const masked = repeats
        ? new Set<number>()
        : new Set(inputs.items.subarray(inputs.offsets[u]!, inputs.offsets[u + 1]!));
      const items = new Set<number>();
      for (const part of scores) for (const item of bestFew(part, at, n, bestOfPart, masked)) items.add(item);
      const list = [...items].sort((a, b) => a - b);
      const target = list.indexOf(targets[u]!);
      if (target < 0) return;
      const written = new Float32Array(list.length * size);
      const seen = qualitiesOf(scales, scores, at, popularity, history, length);
      list.forEach((item, k) => {
        seen.write(item, written, k * size);
      });
      qualities.push(written);
      offsets.push(offsets.at(-1)! + list.length);
      chosen.push(target);
      of.push(from + r);
      circumstances.push(values);
    });
  }
  const standard = standardOf(circumstances);
  const all = new Float32Array(offsets.at(-1)! * size);
  qualities.forEach((some, i) => {
    all.set(some, offsets[i]! * size);
  });
  return {
    choices: {
      offsets: Int32Array.from(offsets),
      qualities: all,
      circumstances: Float64Array.from(circumstances.flatMap((row) => [...standardised(standard, row)])),
      chosen: Int32Array.from(chosen),
    },
    of: Int32Array.from(of),
    lookedAt: rows.length,
    standard,
    kinds,
    segment,
  };
}

export interface Learned {
  readonly gate: Gate;
  /** For each part of the cases the gate that was learned without it. */
  readonly without: readonly Gate[];
  /** Of the cases looked at, under weights that were learned without them. */
  readonly hits: number;
  readonly ndcg: number;
}

/** The gate learned from all cases, and how well gates learned from two thirds of them do on the rest. */
export function learnGate(
  { choices, lookedAt, standard, kinds, segment, of }: GateCases,
  parts: number,
): Learned {
  const size = qualityCount(parts);
  const circumstances = 1 + standard.means.length;
  const tally = tallyOf(1);
  const weights = new Float64Array(size);
  const gateOf = (theta: Float64Array): Gate => ({ theta: [...theta], standard, kinds, segment });
  const without: Gate[] = [];
  for (let fold = 0; fold < folds; fold++) {
    const inside = (keep: boolean): Int32Array =>
      Int32Array.from(of.keys()).filter((i) => (foldOf(of[i]!) === fold) === keep);
    const theta = conditionalLogit(choices, size, circumstances, { cases: inside(false) });
    without.push(gateOf(theta));
    for (const i of inside(true)) {
      weightsUnder(theta, choices.circumstances, i * circumstances, circumstances, weights);
      tally.add(0, rankUnder(choices, i, weights, 1));
    }
  }
  return {
    gate: gateOf(conditionalLogit(choices, size, circumstances)),
    without,
    hits: tally.hits[0]! / Math.max(1, lookedAt),
    ndcg: tally.ndcg[0]! / Math.max(1, lookedAt),
  };
}

/** The same cases without what tells segments apart, which stands last among the circumstances. */
export function withoutSegment(cases: GateCases): GateCases {
  const { choices, standard, segment } = cases;
  const all = 1 + standard.means.length;
  const kept = all - segment.length;
  return {
    ...cases,
    choices: { ...choices, circumstances: choices.circumstances.filter((_, i) => i % all < kept) },
    standard: {
      means: standard.means.slice(0, kept - 1),
      deviations: standard.deviations.slice(0, kept - 1),
    },
    segment: [],
  };
}

export interface Picked {
  readonly weights: number[];
  /** For each part of the cases the weights that are best on the others. */
  readonly without: readonly (readonly number[])[];
  /** Of all cases, on which they were picked. */
  readonly hits: number;
  readonly ndcg: number;
}

/** The fixed weights of the parts' shares with the most hits at 10, of equals with the higher NDCG@10, and what they reach. */
export function pickWeights(
  { choices, lookedAt, of }: GateCases,
  grid: readonly (readonly number[])[],
): Picked {
  const tally = tallyOf(grid.length);
  const within = Array.from({ length: folds }, () => tallyOf(grid.length));
  for (let i = 0; i < choices.chosen.length; i++)
    grid.forEach((weights, g) => {
      const rank = rankUnder(choices, i, weights, 2, qualityCount(weights.length));
      tally.add(g, rank);
      within[foldOf(of[i]!)]!.add(g, rank);
    });
  const best = tally.best();
  const cases = Math.max(1, lookedAt);
  return {
    weights: [...grid[best]!],
    without: within.map((part) => grid[tally.best(part)]!),
    hits: tally.hits[best]! / cases,
    ndcg: tally.ndcg[best]! / cases,
  };
}

/** The rank of the chosen alternative, ties at mid-rank, by weights of every `step`-th quality. */
function rankUnder(
  { offsets, qualities, chosen }: Choices,
  i: number,
  weights: ArrayLike<number>,
  step: number,
  size = weights.length,
): number {
  const scoreOf = (a: number): number => {
    let value = 0;
    for (let k = 0; k < weights.length; k++) value += weights[k]! * qualities[a * size + k * step]!;
    return value;
  };
  const own = scoreOf(offsets[i]! + chosen[i]!);
  let higher = 0;
  let same = -1;
  for (let a = offsets[i]!; a < offsets[i + 1]!; a++) {
    const value = scoreOf(a);
    if (value === own) same++;
    else if (value > own && ++higher === 10) return Number.POSITIVE_INFINITY;
  }
  return higher + same / 2;
}

/** Scores under the gate for one row: `out` gets one number for each item asked for. */
export function gateScores(
  gate: Gate,
  parts: BlendParts,
  place: HistoryPlace,
  observations: Float32Array,
  row: { readonly at: number; readonly scores: readonly Float32Array[]; readonly from: number },
  popularity: Float32Array,
  history: Int32Array,
  items: Int32Array,
  out: Float32Array,
): void {
  const { scores, from } = row;
  const n = popularity.length;
  const scales: PartScale[] = scores.map((values, p) => scaleOf(values, from, n, parts.logits[p]!));
  const sure = scales.map((scale, p) => sureness(scale, scores[p]!, from, n));
  const { kinds, segment = [] } = gate;
  const { length, values } = circumstancesOf(
    { history: place, segment, kinds },
    observations,
    row.at,
    history,
    popularity,
    sure,
  );
  const circumstances = standardised(gate.standard, values);
  const weights = new Float64Array(qualityCount(scales.length));
  weightsUnder(Float64Array.from(gate.theta), circumstances, 0, circumstances.length, weights);
  qualitiesOf(scales, scores, from, popularity, history, length).weigh(weights, items, out);
}

/** Adds a part's shares of the items asked for, times its weight. */
export function addShares(
  scale: PartScale,
  scores: Float32Array,
  from: number,
  weight: number,
  items: Int32Array,
  out: Float32Array,
): void {
  for (let c = 0; c < items.length; c++) out[c]! += weight * shareOf(scale, scores[from + items[c]!]!);
}

function lastTypes(types: Uint8Array, offsets: Int32Array, rows: Int32Array): number[] {
  return [...rows].filter((u) => offsets[u + 1]! > offsets[u]!).map((u) => types[offsets[u + 1]! - 1]! + 1);
}

function commonKinds(place: HistoryPlace, last: readonly number[] | undefined): number[] {
  if (place.types < 0 || !last) return [];
  const times = new Map<number, number>();
  for (const kind of last) times.set(kind, (times.get(kind) ?? 0) + 1);
  return [...times.keys()]
    .filter((kind) => times.get(kind)! >= leastKind * last.length)
    .sort((a, b) => a - b);
}

/** The best few items of a row, those of `masked` left out, in no order. */
function bestFew(
  values: Float32Array,
  at: number,
  n: number,
  few: number,
  masked: ReadonlySet<number>,
): Int32Array {
  const items = new Int32Array(few);
  const scores = new Float32Array(few);
  let found = 0;
  let least = Number.NEGATIVE_INFINITY;
  for (let item = 0; item < n; item++) {
    const score = values[at + item]!;
    if ((found === few && !(score > least)) || masked.has(item)) continue;
    // Insertion from below: rows are long and improvements few.
    let k = found < few ? found++ : few - 1;
    for (; k > 0 && scores[k - 1]! < score; k--) {
      scores[k] = scores[k - 1]!;
      items[k] = items[k - 1]!;
    }
    scores[k] = score;
    items[k] = item;
    least = scores[found - 1]!;
  }
  return items.subarray(0, found);
}
