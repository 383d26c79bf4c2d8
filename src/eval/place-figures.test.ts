import { expect, test } from 'vitest';
import { memoryLog } from '../log/index.ts';
import { placeFigures } from './place-figures.ts';

const decision = (id: string, timestamp: number, explored: boolean) => ({
  eventId: id,
  eventType: 'decision',
  userId: 'u',
  timestamp,
  recommendationId: id,
  properties: {
    decision: {
      recommendationId: id,
      items: ['a', 'b'].map((itemId, i) => ({ itemId, position: i + 1, explored: explored && i === 1 })),
    },
  },
});
const answer = (recommendationId: string, itemId: string, timestamp: number, eventType = 'click') => ({
  eventId: `${recommendationId}${itemId}${timestamp}`,
  eventType,
  userId: 'u',
  timestamp,
  recommendationId,
  itemId,
});

test('counts each place once an answer, and apart where chance filled it', async () => {
  const log = memoryLog();
  await log.append([
    decision('one', 1, false),
    decision('two', 2, true),
    answer('one', 'a', 3),
    answer('one', 'a', 4, 'purchase'),
    answer('two', 'b', 5),
    answer('two', 'c', 6),
    answer('other', 'a', 7),
  ]);
  expect(await placeFigures(log, 2)).toEqual({
    lists: 2,
    rows: [
      { place: 1, shown: 2, answered: 1, byChance: 0, answeredByChance: 0 },
      { place: 2, shown: 2, answered: 1, byChance: 1, answeredByChance: 1 },
    ],
  });
  expect(await placeFigures(log, 3)).toBeUndefined();
});
