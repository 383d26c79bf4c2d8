/**
 * What an agent's lists do to the catalogue: who is shown, how unequal that is, how much more popular than what the
 * shoppers themselves took. Lists are n x k item numbers, -1 for an empty slot. Formulas and sources in `measure.ts`.
 */

/** How often each item stands in a list. */
export function exposureOf(lists: Int32Array, itemCount: number): Float64Array {
  const exposure = new Float64Array(itemCount);
  for (const item of lists) if (item >= 0) exposure[item]!++;
  return exposure;
}

/** Share of the catalogue that is shown to anybody. */
export function coverage(exposure: Float64Array): number {
  let shown = 0;
  for (const times of exposure) if (times > 0) shown++;
  return exposure.length > 0 ? shown / exposure.length : 0;
}

/** 0 where all are shown alike, towards 1 where one has everything; 0 of nothing. */
export function gini(exposure: Float64Array): number {
  const sorted = exposure.slice().sort();
  let weighted = 0;
  let total = 0;
  sorted.forEach((times, k) => {
    weighted += (2 * (k + 1) - sorted.length - 1) * times;
    total += times;
  });
  return total > 0 ? weighted / (sorted.length * total) : 0;
}

/** Mean self-information of the shown items, in bits. */
export function novelty(exposure: Float64Array, counts: ArrayLike<number>): number {
  const n = exposure.length;
  let interactions = 0;
  for (let i = 0; i < n; i++) interactions += counts[i]!;
  return meanUnder(exposure, (item) => -Math.log2((counts[item]! + 1) / (interactions + n)));
}

/** Share of slots whose item is in the group (1). */
export function shareOf(exposure: Float64Array, group: ArrayLike<number>): number {
  return meanUnder(exposure, (item) => (group[item] ? 1 : 0));
}

/** 1 for each item outside the most popular fifth of the catalogue (of equally popular ones the lowest numbers are in it). */
export function longTail(counts: ArrayLike<number>): Uint8Array {
  const order = Array.from({ length: counts.length }, (_, i) => i).sort(
    (a, b) => counts[b]! - counts[a]! || a - b,
  );
  const tail = new Uint8Array(counts.length).fill(1);
  for (const item of order.slice(0, Math.ceil(order.length / 5))) tail[item] = 0;
  return tail;
}

/** (mean popularity of the lists - that of the histories) / that of the histories; both by `counts`. 0 of nothing. */
export function popularityLift(
  exposure: Float64Array,
  histories: Float64Array,
  counts: ArrayLike<number>,
): number {
  const shown = meanUnder(exposure, (item) => counts[item]!);
  const taken = meanUnder(histories, (item) => counts[item]!);
  return taken > 0 ? (shown - taken) / taken : 0;
}

/** Mean share of pairs within a list that are of different categories; an item of no category (0) differs from every other. */
export function categoryDiversity(lists: Int32Array, k: number, categories: Int32Array): number {
  let sum = 0;
  let counted = 0;
  for (let at = 0; at + k <= lists.length; at += k) {
    let pairs = 0;
    let different = 0;
    for (let a = 0; a < k; a++) {
      for (let b = a + 1; b < k; b++) {
        const [i, j] = [lists[at + a]!, lists[at + b]!];
        if (i < 0 || j < 0) continue;
        pairs++;
        if (categories[i] === 0 || categories[i] !== categories[j]) different++;
      }
    }
    if (pairs > 0) {
      sum += different / pairs;
      counted++;
    }
  }
  return counted > 0 ? sum / counted : 0;
}

/**
 * How much more of a list is of the shopper's main category than of what was really taken next, -1 .. 1, mean over cases: above 0 lists
 * narrow what shoppers see, compared to what they do themselves. The main category is the most frequent one of the history, of equals the
 * newest; its share of the history itself is no measure, for as the largest of a sample it is too large (regression to the mean). Items of
 * no category (0) are left out, and so are cases whose history, list or target has none.
 */
export function filterBubble(
  lists: Int32Array,
  k: number,
  historyOf: (row: number) => Int32Array,
  targets: Int32Array,
  categories: Int32Array,
): number {
  let sum = 0;
  let counted = 0;
  targets.forEach((target, row) => {
    const main = mainCategory(historyOf(row), categories);
    let [known, same] = [0, 0];
    for (const item of lists.subarray(row * k, (row + 1) * k)) {
      if (item < 0 || categories[item] === 0) continue;
      known++;
      if (categories[item] === main) same++;
    }
    if (main === 0 || known === 0 || categories[target] === 0) return;
    sum += same / known - (categories[target] === main ? 1 : 0);
    counted++;
  });
  return counted > 0 ? sum / counted : 0;
}

/** The most frequent category of a history, of equals the newest; 0 where no item has one. */
function mainCategory(history: Int32Array, categories: Int32Array): number {
  const times = new Map<number, number>();
  for (let p = history.length - 1; p >= 0; p--) {
    const category = categories[history[p]!]!;
    if (category > 0) times.set(category, (times.get(category) ?? 0) + 1);
  }
  let main = 0;
  for (const [category, count] of times) if (count > (times.get(main) ?? 0)) main = category;
  return main;
}

/** 1 - mean overlap of two shoppers' lists, over pairs a fixed stride apart: at most 10,000 of them. */
export function personalisation(lists: Int32Array, k: number): number {
  const n = Math.floor(lists.length / k);
  if (n < 2) return 0;
  const pairs = Math.min(n, 10_000);
  const stride = Math.max(1, Math.floor(n / 2));
  let overlap = 0;
  for (let pair = 0; pair < pairs; pair++) {
    const a = Math.floor((pair * n) / pairs);
    const b = (a + stride) % n;
    const first = lists.subarray(a * k, (a + 1) * k);
    for (const item of lists.subarray(b * k, (b + 1) * k)) if (item >= 0 && first.includes(item)) overlap++;
  }
  return 1 - overlap / (pairs * k);
}

function meanUnder(weights: Float64Array, value: (item: number) => number): number {
  let sum = 0;
  let total = 0;
  for (let item = 0; item < weights.length; item++) {
    const weight = weights[item]!;
    if (weight === 0) continue;
    sum += weight * value(item);
    total += weight;
  }
  return total > 0 ? sum / total : 0;
}
