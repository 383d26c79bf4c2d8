import type { ItemFeatures } from '../core/index.ts';

/**
 * A row for an item nobody has taken yet, out of what it is: the mean of the rows of the ten learned items that are most
 * like it, weighted by likeness (nearest neighbours in content space, as in Gantner et al. 2010, "Learning attribute-to-feature
 * mappings for cold-start recommendations"). Likeness is the product of the texts, that of the vectors where there are some (rows of
 * length 1), and a share for the same category and the same brand. An item like none keeps its row.
 */
const neighbours = 10;
const [categoryShare, brandShare] = [0.5, 0.25];
/** Learned items looked at, the most frequent: bounds the work where many items are new. */
const mostCompared = 5000;

/** Items and their weights, which sum to 1. */
export type Alike = readonly { readonly item: number; readonly weight: number }[];

/** Writes the rows of all items with a count of 0; answers how many it could. */
export function contentRows(
  features: ItemFeatures,
  counts: Float64Array,
  table: Float32Array,
  width: number,
): number {
  const unknown = [...counts.keys()].filter((item) => counts[item] === 0);
  const alike = alikeAmong(features, counts, unknown);
  unknown.forEach((item, i) => {
    if (alike[i]!.length > 0) writeMean(table, width, alike[i]!, table, item * width);
  });
  return alike.filter(({ length }) => length > 0).length;
}

/** For each of these items what is most like it among those with a count; nothing where none is. */
export function alikeAmong(
  features: ItemFeatures,
  counts: Float64Array,
  items: readonly number[],
): readonly Alike[] {
  if (items.length === 0) return [];
  const known = [...counts.keys()].filter((item) => counts[item]! > 0);
  const compared = known.sort((a, b) => counts[b]! - counts[a]! || a - b).slice(0, mostCompared);
  return items.map((item) => {
    const alike = compared
      .map((other) => ({ item: other, weight: likenessOf(features, item, other) }))
      .filter(({ weight }) => weight > 0)
      .sort((a, b) => b.weight - a.weight || a.item - b.item)
      .slice(0, neighbours);
    const total = alike.reduce((sum, { weight }) => sum + weight, 0);
    return alike.map(({ item, weight }) => ({ item, weight: weight / total }));
  });
}

/** The weighted mean of rows of a table, to the place `at` of `out`, which may be the table. */
export function writeMean(
  table: Float32Array | Float64Array,
  width: number,
  alike: Alike,
  out: Float32Array | Float64Array,
  at: number,
): void {
  out.fill(0, at, at + width);
  for (const { item, weight } of alike)
    for (let j = 0; j < width; j++) out[at + j]! += weight * table[item * width + j]!;
}

function likenessOf(
  { text, textSize, vectors, vectorSize = 0, categories, brands }: ItemFeatures,
  a: number,
  b: number,
): number {
  let product = 0;
  if (vectors)
    for (let j = 0; j < vectorSize; j++)
      product += vectors[a * vectorSize + j]! * vectors[b * vectorSize + j]!;
  for (let j = 0; j < textSize; j++) product += text[a * textSize + j]! * text[b * textSize + j]!;
  if (categories[a]! > 0 && categories[a] === categories[b]) product += categoryShare;
  if (brands[a]! > 0 && brands[a] === brands[b]) product += brandShare;
  return product;
}
