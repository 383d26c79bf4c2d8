import type { SlateRows } from './slate-log.ts';

/**
 * Clicks a slate where a shopper answers to one slot at most and chooses by a conditional logit (Luce 1959), so that slots
 * compete. A slot's share of the answers grows with how little the others attract, but its odds against no answer at all do
 * not depend on the others. They are taken from the slates where the target would have shown this action there,
 *
 *   odds of slot k = sum of w r / sum of w (1 - answered),    value = sum of odds / (1 + sum of odds)
 *
 * with `weight` w and `reward` r (1 where it was clicked) as for `interactionIndependent`, which adds shares up as if slots
 * did not compete. Shoppers that differ, and what a target draws at one slot, are taken together: where some click anything and
 * others nothing it is biased.
 */
export function oneChoice({ n, slots, reward, weight }: SlateRows): number {
  let odds = 0;
  for (let slot = 0; slot < slots; slot++) {
    let answered = 0;
    let none = 0;
    for (let i = 0; i < n; i++) {
      const w = weight[i * slots + slot]!;
      if (w === 0) continue;
      let any = 0;
      for (let k = i * slots; k < (i + 1) * slots; k++) any += reward[k]!;
      answered += w * reward[i * slots + slot]!;
      none += w * (1 - any);
    }
    if (answered > 0) odds += answered / none;
  }
  return Number.isFinite(odds) ? odds / (1 + odds) : 1;
}
