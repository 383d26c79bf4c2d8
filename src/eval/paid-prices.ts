import { type Catalogue, linesOf } from '../core/index.ts';
import type { Log } from '../log/index.ts';

/** What each item costs: the catalogue's price, else the middle of what was paid for one; NaN where neither is known. */
export async function paidPrices(log: Log, catalogue: Catalogue): Promise<Float64Array> {
  const paid: number[][] = Array.from({ length: catalogue.size }, () => []);
  for await (const event of log.read()) {
    if (event.event.eventType !== 'purchase') continue;
    for (const { itemId, price } of linesOf(event.event)) {
      const item = catalogue.indexOf(itemId);
      if (item !== undefined && price !== undefined && price > 0) paid[item]?.push(price);
    }
  }
  return Float64Array.from(
    paid,
    (prices, item) =>
      catalogue.items[item]?.price || (prices.sort((a, b) => a - b)[prices.length >> 1] ?? Number.NaN),
  );
}
