import { type Catalogue, eventTypeCode, eventTypes } from '../core/index.ts';
import type { Evidence, ShopperState } from '../state/index.ts';

/** Actions looked back at for something a bundle may begin with. */
const lookedAt = 10;
/** What was bought so many milliseconds ago or less is not offered again. */
const boughtLately = 30 * 86_400_000;
/** Times two products must have been chosen together. */
const leastTogether = 2;

/**
 * Which two products to offer together: one the shopper showed interest in lately and did not buy within 30 days, and the
 * one that goes with it best: chosen together / sqrt(one's choices x the other's), else what the catalogue's graph says was bought together.
 * Both in stock. Undefined where nothing is known to go together.
 */
export function bundleFor(
  state: ShopperState,
  now: number,
  { items, indexOf }: Catalogue,
  evidence: Pick<Evidence, 'interactions' | 'neighbours'>,
): readonly [string, string] | undefined {
  const bought = new Set(
    state.tokens
      .filter(({ type, time }) => type === purchase && now - time < boughtLately)
      .map(({ item }) => item),
  );
  const open = (itemId: string | undefined): boolean =>
    itemId !== undefined && !bought.has(itemId) && (items[indexOf(itemId) ?? -1]?.stock ?? 1) > 0;
  let best: readonly [string, string] | undefined;
  let most = 0;
  for (const first of anchorsOf(state).filter(open)) {
    const index = indexOf(first);
    if (index === undefined) continue;
    const own = Math.max(1, evidence.interactions(index));
    for (const { item, count } of evidence.neighbours(index)) {
      const other = items[item]?.itemId;
      const score = count / Math.sqrt(own * Math.max(1, evidence.interactions(item)));
      if (count < leastTogether || score <= most || other === first || !open(other)) continue;
      best = [first, other!];
      most = score;
    }
    const linked = items[index]?.related?.boughtTogether?.find((other) => other !== first && open(other));
    if (!best && linked !== undefined) best = [first, linked];
  }
  return best;
}

const purchase = eventTypeCode('purchase');

/** The items of the last actions that showed interest, newest first. */
function anchorsOf({ tokens }: ShopperState): readonly string[] {
  const recent = tokens.filter(({ item, type }) => item !== '' && eventTypes[type]!.interest > 0);
  return [...new Set(recent.slice(-lookedAt).map(({ item }) => item))].reverse();
}
