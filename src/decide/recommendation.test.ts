import { expect, test } from 'vitest';
import type { Decision } from '../core/index.ts';
import { recommendationOf } from './recommendation.ts';

const known = ['a', 'b', 'c'];
const notesOf = (shown: readonly string[], pin: readonly string[], limit: number) => {
  const items = shown.map((itemId, i) => ({
    itemId,
    position: i + 1,
    score: 0,
    propensity: 1,
    explored: false,
  }));
  const catalogue = {
    items: known.map((itemId) => ({ itemId })),
    indexOf: (itemId: string) => (known.includes(itemId) ? known.indexOf(itemId) : undefined),
    size: 3,
  };
  return recommendationOf({ items } as unknown as Decision, catalogue as never, { pin: [...pin], limit })
    .notes;
};

test('a pin that is not shown is named with the reason; where all are shown there is nothing to say', () => {
  expect(notesOf(['a', 'b'], ['a'], 2)).toBeUndefined();
  expect(notesOf(['b'], [], 1)).toBeUndefined();
  expect(notesOf(['b', 'a'], ['x', 'b', 'x'], 2)).toEqual(['pin x is not shown: there is no such product']);
  expect(notesOf(['a', 'b'], ['c', 'a'], 2)).toEqual([
    'pin c is not shown: it is out of stock, excluded, filtered away or bought before',
  ]);
  expect(notesOf([], ['c'], 2)).toEqual([
    'pin c is not shown: it is out of stock, excluded, filtered away or bought before',
  ]);
  expect(notesOf(['a', 'b'], ['a', 'b', 'c'], 2)).toEqual([
    'pin c is not shown: the pins before it take all places',
  ]);
  expect(notesOf(['a', 'b'], ['c', 'a', 'b'], 2)![0]).toContain('out of stock');
});
