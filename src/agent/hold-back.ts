import { type Rng, shuffle, type TransitionBatch } from '../core/index.ts';

/**
 * The rows of a log in random order, at most `wanted` of them held back for validation: whole shoppers where the log knows
 * them, for what was learned from one row of a shopper is known of his others too. One with more rows than may still be held
 * back is learned from. Where fewer than `least` rows could be held back so, rows are, whosever they are. `heldShoppers` is how
 * many whole ones were; missing where it was rows.
 */
export function holdBack(
  { n, shoppers }: Pick<TransitionBatch, 'n' | 'shoppers'>,
  wanted: number,
  least: number,
  rng: Rng,
): { readonly held: Int32Array; readonly rest: Int32Array; readonly heldShoppers?: number } {
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
  let heldShoppers = 0;
  for (const i of order) {
    const fits = held.length + all[i]!.length <= wanted;
    if (fits) heldShoppers++;
    for (const row of all[i]!) (fits ? held : rest).push(row);
  }
  if (shoppers && held.length < least) return holdBack({ n }, wanted, least, rng);
  return {
    held: Int32Array.from(held),
    rest: Int32Array.from(rest),
    ...(shoppers && held.length > 0 && { heldShoppers }),
  };
}
