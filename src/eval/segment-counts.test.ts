import { expect, test } from 'vitest';
import { memoryLog } from '../log/index.ts';
import { segmentCounts } from './segment-counts.ts';

const day = 86_400_000;
const context = { item: () => undefined, sentiment: () => 0 };

test('counts shoppers by the rules, at a moment', async () => {
  const log = memoryLog();
  const event = (userId: string, eventType: string, timestamp: number) => ({
    eventId: `${userId}${timestamp}`,
    eventType,
    userId,
    timestamp,
    itemId: 'a',
  });
  await log.append([
    ...[1, 2, 3, 4, 5].map((n) => event('gone', 'view', n * day)),
    ...[97, 98, 99].map((n) => event('buyer', 'purchase', n * day)),
    event('cart', 'add_to_cart', 100 * day - 60_000),
    event('first', 'view', 100 * day),
  ]);
  const counts = await segmentCounts(log, ['gone', 'buyer', 'cart', 'first'], context, 100 * day);
  expect(Object.fromEntries(counts.map(({ segment, shoppers }) => [segment, shoppers]))).toEqual({
    lapsing: 1,
    'about to buy': 1,
    comparing: 0,
    loyal: 1,
    new: 1,
    browsing: 0,
  });
  expect(counts.every(({ rule }) => rule.length > 0)).toBe(true);
  const half = await segmentCounts(log, ['gone', 'buyer', 'cart', 'first'], context, 100 * day, 2);
  expect(half.reduce((sum, { shoppers }) => sum + shoppers, 0)).toBe(2);
});
