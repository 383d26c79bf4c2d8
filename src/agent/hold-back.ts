import { type Rng, shuffle, type TransitionBatch } from '../core/index.ts';

/**
 * The rows of a log in random order, at most `wanted` of them held back for validation: whole shoppers where the log knows
 * them, for what was learned from one row of a shopper is known of his others too. One with more rows than may still be held
 * back is learned from.
 */
export function holdBack(
  { n, shoppers }: Pick<TransitionBatch, 'n' | 'shoppers'>,
  wanted: number,
  rng: Rng,
): { readonly held: Int32Array; readonly rest: Int32Array } {
  const rowsOf = new Map<number, number[]>();
  for (let row = 0; row < n; row++) {
    const rows = rowsOf.get(shoppers?.[row] ?? row);
    if (rows) rows.push(row);
    else rowsOf.set(shoppers?.[row] ?? row, [row]);
  }
  const all = [...rowsOf.values()];
  const order = Int32Array.from(all, (_, i) => i);
  shuffle(order, rng);
  const held: number[] = [];
  const rest: number[] = [];
  for (const i of order) (held.length + all[i]!.length <= wanted ? held : rest).push(...all[i]!);
  return { held: Int32Array.from(held), rest: Int32Array.from(rest) };
}
