import type { Item, ItemFeatures } from '../core/index.ts';

/** The length that most of these items' vectors have, of equally frequent ones the first; 0 where none has any. */
export function vectorLength(items: readonly Item[]): number {
  const times = new Map<number, number>();
  let most = 0;
  for (const { vector } of items) if (vector) times.set(vector.length, (times.get(vector.length) ?? 0) + 1);
  for (const [length, count] of times) if (count > (times.get(most) ?? 0)) most = length;
  return most;
}

/**
 * Vectors as the shop gave them, scaled to length 1 (a row of zeros where an item has none). Vectors of different lengths cannot be
 * compared: those of another length than most of the first `counted` items have count as none, and `tendril doctor` counts them.
 */
export function itemVectors(
  items: readonly Item[],
  counted: number,
): Pick<ItemFeatures, 'vectors' | 'vectorSize'> {
  const vectorSize = vectorLength(items.slice(0, counted));
  if (vectorSize === 0) return {};
  const vectors = new Float32Array(items.length * vectorSize);
  items.forEach(({ vector }, i) => {
    if (vector?.length !== vectorSize) return;
    const length = Math.hypot(...vector);
    if (length > 0)
      vectors.set(
        vector.map((value) => value / length),
        i * vectorSize,
      );
  });
  return { vectors, vectorSize };
}
