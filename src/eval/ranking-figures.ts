import type { ItemFeatures, Sequences } from '../core/index.ts';
import {
  categoryDiversity,
  coverage,
  exposureOf,
  filterBubble,
  type GainName,
  gainsOf,
  gini,
  inversePropensities,
  longTail,
  meanOf,
  novelty,
  personalisation,
  popularityLift,
  shareInterval,
  shareOf,
} from '../measure/index.ts';
import type { Ranked } from './rank-cases.ts';
import type { Split } from './split.ts';

/** By name with the length of the list, `hr@10`; bounds of 95 % intervals over cases as `hr@10.low` and `hr@10.high`. */
export type Figures = Readonly<Record<string, number>>;

const gainNames: readonly GainName[] = ['hr', 'precision', 'recall', 'ndcg', 'mrr'];

/** Every figure of `measure.ts` that the data can tell, for the lists as long as they were ranked. */
export function rankingFigures({ ranks, lists, k }: Ranked, split: Split, items?: ItemFeatures): Figures {
  const { test, train } = split;
  const counts = new Float64Array(train.itemCount);
  for (const data of [train, split.heldBack]) for (const item of data?.items ?? []) counts[item]!++;
  const weights = inversePropensities(test.targets, counts);
  const exposure = exposureOf(lists, train.itemCount);
  const histories = new Float64Array(train.itemCount);
  test.rows.forEach((row, c) => {
    const first = test.sequences.offsets[row]!;
    for (let p = first; p < first + test.ends[c]!; p++) histories[test.sequences.items[p]!]!++;
  });

  const figures: Record<string, number> = {};
  for (const name of gainNames) {
    const gains = gainsOf(name, ranks, k);
    figures[`${name}@${k}`] = meanOf(gains);
    if (name === 'hr' || name === 'ndcg') {
      const { low, high } = shareInterval(gains);
      figures[`${name}@${k}.low`] = low;
      figures[`${name}@${k}.high`] = high;
      figures[`debiased-${name}@${k}`] = meanOf(gains, weights);
    }
  }
  figures[`coverage@${k}`] = coverage(exposure);
  figures[`novelty@${k}`] = novelty(exposure, counts);
  if (items && items.categoryCount > 0) {
    figures[`diversity@${k}`] = categoryDiversity(lists, k, items.categories);
    const historyOf = (c: number): Int32Array => {
      const first = test.sequences.offsets[test.rows[c]!]!;
      return test.sequences.items.subarray(first, first + test.ends[c]!);
    };
    figures[`filter-bubble@${k}`] = filterBubble(lists, k, historyOf, test.targets, items.categories);
  }
  figures[`personalisation@${k}`] = personalisation(lists, k);
  figures[`gini@${k}`] = gini(exposure);
  figures[`long-tail@${k}`] = shareOf(exposure, longTail(counts));
  const fresh = newItems(train);
  if (fresh) figures[`new-items@${k}`] = shareOf(exposure, fresh);
  figures[`popularity-lift@${k}`] = popularityLift(exposure, histories, counts);
  return { ...figures, ...byActivity(ranks, test.ends, k) };
}

/**
 * Hit rate and NDCG of the less and the more active: cases in three groups of about equal size by the length of the
 * history, `hr@10.few`, `.some`, `.many`. Groups with equal bounds fall together, and empty ones are left out.
 */
function byActivity(ranks: Float32Array, lengths: Int32Array, k: number): Figures {
  const sorted = lengths.slice().sort();
  const lower = sorted[Math.floor(sorted.length / 3)]!;
  const upper = sorted[Math.floor((2 * sorted.length) / 3)]!;
  const figures: Record<string, number> = {};
  for (const [group, isIn] of [
    ['few', (length: number) => length <= lower],
    ['some', (length: number) => length > lower && length <= upper],
    ['many', (length: number) => length > upper && length > lower],
  ] as const) {
    const inGroup = ranks.filter((_, c) => isIn(lengths[c]!));
    if (inGroup.length === 0) continue;
    figures[`cases.${group}`] = inGroup.length;
    for (const name of ['hr', 'ndcg'] as const)
      figures[`${name}@${k}.${group}`] = meanOf(gainsOf(name, inGroup, k));
  }
  return figures;
}

/** 1 for items first seen in the last tenth of the training time; nothing where times are not known. */
function newItems({ items, times, itemCount }: Sequences): Uint8Array | undefined {
  if (!times || times.length === 0) return undefined;
  const first = new Float64Array(itemCount).fill(Number.POSITIVE_INFINITY);
  items.forEach((item, p) => {
    if (times[p]! < first[item]!) first[item] = times[p]!;
  });
  const begin = times.reduce((a, b) => Math.min(a, b));
  const end = times.reduce((a, b) => Math.max(a, b));
  const bound = begin + 0.9 * (end - begin);
  return Uint8Array.from(first, (time) => (time >= bound ? 1 : 0));
}
