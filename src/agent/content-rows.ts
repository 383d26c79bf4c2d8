import type { ItemFeatures } from '../core/index.ts';

/**
 * A row for an item nobody has taken yet, out of what it is: the mean of the rows of the ten learned items that are most
 * like it, weighted by likeness (nearest neighbours in content space, as in Gantner et al. 2010, "Learning attribute-to-feature
 * mappings for cold-start recommendations"). Likeness is the product of the texts (rows of length 1), and a share for the
 * same category and the same brand. An item like none keeps its row.
 */
const neighbours = 10;
const [categoryShare, brandShare] = [0.5, 0.25];
/** Learned items looked at, the most frequent: bounds the work where many items are new. */
const mostCompared = 5000;

/** Writes the rows of all items with a count of 0; answers how many it could. */
export function contentRows(
  features: ItemFeatures,
  counts: Float64Array,
  table: Float32Array,
  width: number,
): number {
  const known: number[] = [];
  const unknown: number[] = [];
  counts.forEach((count, item) => {
    (count > 0 ? known : unknown).push(item);
  });
  if (unknown.length === 0 || known.length === 0) return 0;
  const compared = known.sort((a, b) => counts[b]! - counts[a]! || a - b).slice(0, mostCompared);
  let written = 0;
  for (const item of unknown) {
    const alike = compared
      .map((other) => ({ other, likeness: likenessOf(features, item, other) }))
      .filter(({ likeness }) => likeness > 0)
      .sort((a, b) => b.likeness - a.likeness || a.other - b.other)
      .slice(0, neighbours);
    const total = alike.reduce((sum, { likeness }) => sum + likeness, 0);
    if (total === 0) continue;
    const row = table.subarray(item * width, (item + 1) * width).fill(0);
    for (const { other, likeness } of alike)
      for (let j = 0; j < width; j++) row[j]! += (likeness / total) * table[other * width + j]!;
    written++;
  }
  return written;
}

function likenessOf({ text, textSize, categories, brands }: ItemFeatures, a: number, b: number): number {
  let product = 0;
  for (let j = 0; j < textSize; j++) product += text[a * textSize + j]! * text[b * textSize + j]!;
  if (categories[a]! > 0 && categories[a] === categories[b]) product += categoryShare;
  if (brands[a]! > 0 && brands[a] === brands[b]) product += brandShare;
  return product;
}
