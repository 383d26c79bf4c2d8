import { expect, test } from 'vitest';
import { catalogue } from '../core/index.ts';
import { memoryLog } from '../log/index.ts';
import { paidPrices } from './paid-prices.ts';

test('the catalogue says the price, else the middle of what was paid, else nothing does', async () => {
  const log = memoryLog();
  const sold = (itemId: string, price: number, n: number) => ({
    eventId: `${itemId}-${n}`,
    eventType: 'purchase',
    userId: 'u',
    timestamp: n,
    items: [{ itemId, quantity: 2, price }],
  });
  await log.append([sold('a', 3, 1), sold('a', 30, 2), sold('a', 4, 3), sold('b', 7, 4)]);
  const items = catalogue([{ itemId: 'a' }, { itemId: 'b', price: 8 }, { itemId: 'c' }]);
  expect([...(await paidPrices(log, items))]).toEqual([4, 8, Number.NaN]);
});
