/**
 * Every ranking figure there is, once: what it means, its formula, its source. Result tables, the reference page and
 * the report's tooltips come from here. K stands for the length of the list.
 *
 * Notation: a *case* is a history and the item that really came next (the target); r is the target's rank from 0 among
 * the items that may be recommended, ties at their middle rank; c(i) is the number of training interactions of item i.
 */
export const figures = {
  hr: {
    better: 'higher',
    doc: 'hit rate: share of cases with the target in the first K',
    formula: 'mean of [r < K]',
  },
  precision: {
    better: 'higher',
    doc: 'share of the K recommended items that are right; with one target it is hit rate / K',
    formula: 'mean of [r < K] / K',
  },
  recall: {
    better: 'higher',
    doc: 'share of the right items that are among the first K; with one target it is the hit rate',
    formula: 'mean of [r < K]',
  },
  ndcg: {
    better: 'higher',
    doc: 'hits weighted by rank (Järvelin & Kekäläinen 2002); with one target the ideal is 1',
    formula: 'mean of [r < K] / log2(r + 2)',
  },
  mrr: {
    better: 'higher',
    doc: 'mean reciprocal rank (Voorhees 1999), 0 beyond K',
    formula: 'mean of [r < K] / (r + 1)',
  },
  'debiased-hr': {
    better: 'higher',
    doc: 'hit rate with each case weighted by the inverse propensity of its target, self-normalised (Swaminathan & Joachims 2015); propensity by popularity as in Yang et al. 2018',
    formula: 'sum of w [r < K] / sum of w, w = 1 / (c(target) + 1)',
  },
  'debiased-ndcg': {
    better: 'higher',
    doc: 'NDCG weighted in the same way',
    formula: 'sum of w [r < K] / log2(r + 2) / sum of w',
  },
  coverage: {
    better: 'higher',
    doc: 'share of the catalogue that somebody is recommended (Ge, Delgado-Battenfeld & Jannach 2010)',
    formula: 'items in any list / items',
  },
  novelty: {
    better: 'higher',
    doc: 'mean self-information of recommended items in bits (Zhou et al. 2010)',
    formula: 'mean of -log2((c(i) + 1) / (sum of c + items))',
  },
  diversity: {
    better: 'higher',
    doc: 'share of pairs within a list that are of different categories (Ziegler et al. 2005); only where categories are known',
    formula: 'mean of [category(i) is not category(j)] over pairs of a list',
  },
  'filter-bubble': {
    better: 'nearer 0',
    doc: "how much more of a list is of the shopper's main category than of what was really taken next: above 0 lists narrow, below 0 they widen; only where categories are known",
    formula: 'mean of share of the main category in the list - [category(target) is the main category]',
  },
  personalisation: {
    better: 'higher',
    doc: "how much two shoppers' lists differ (Zhou et al. 2010), over a fixed sample of pairs",
    formula: 'mean of 1 - |A and B| / K',
  },
  gini: {
    better: 'lower',
    doc: 'inequality of exposure over the catalogue: 0 all items alike, 1 all exposure on one',
    formula: 'sum of (2 k - n - 1) e(k) / (n sum of e), e ascending',
  },
  'long-tail': {
    better: 'higher',
    doc: 'share of slots with an item outside the most popular fifth of the catalogue',
    formula: 'slots with tail items / slots',
  },
  'new-items': {
    better: 'higher',
    doc: 'share of slots with an item first seen in the last tenth of the training time; only where times are known',
    formula: 'slots with new items / slots',
  },
  'popularity-lift': {
    better: 'nearer 0',
    doc: 'how much more popular the lists are than the histories they answer to (Abdollahpouri et al. 2020)',
    formula: '(mean c of lists - mean c of histories) / mean c of histories',
  },
} as const satisfies Record<string, Figure>;

interface Figure {
  readonly better: 'higher' | 'lower' | 'nearer 0';
  readonly doc: string;
  readonly formula: string;
}

export type FigureName = keyof typeof figures;
