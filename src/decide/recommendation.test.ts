import { expect, test } from 'vitest';
import type { Decision } from '../core/index.ts';
import { recommendationOf } from './recommendation.ts';
import { whyEmpty } from './why-empty.ts';

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
    'no product is left: what there is is out of stock, excluded, filtered away or bought before',
  ]);
  expect(notesOf(['a', 'b'], ['a', 'b', 'c'], 2)).toEqual([
    'pin c is not shown: the pins before it take all places',
  ]);
  expect(notesOf(['a', 'b'], ['c', 'a', 'b'], 2)![0]).toContain('out of stock');
});

test('an empty list says why', () => {
  const items = [
    { itemId: 'a', price: 5, brand: 'Alder', categories: ['Bedroom'] },
    { itemId: 'b', price: 50, categories: ['Kitchen'] },
  ];
  const why = (filter: object) => whyEmpty({ items }, { filter });
  expect(why({ categories: ['Bedrooom'] })).toBe('no product is in category Bedrooom');
  expect(why({ categories: ['A', 'B', 'C', 'D', 'E'] })).toBe(
    'no product is in category A, B, C or 2 others',
  );
  expect(why({ categories: ['bedroom'], brands: ['Birch', 'Elm'] })).toBe(
    'no product is of brand Birch or Elm',
  );
  expect(why({ minPrice: 100_000 })).toBe('no product costs 100000 or more');
  expect(why({ maxPrice: 4 })).toBe('no product costs 4 or less');
  expect(why({ categories: ['Kitchen'], brands: ['alder'] })).toBe('no product fits the whole filter');
  expect(why({ minPrice: 5 })).toContain('no product is left');
  expect(whyEmpty({ items: [] }, {})).toBe('there are no products yet');
});
