import { expect, test } from 'vitest';
import { catalogue } from '../core/index.ts';
import { itemGraph } from './item-graph.ts';

test('edges both ways, each once, by kind; what the catalogue has not, and an item itself, are left out', () => {
  const shop = catalogue([
    { itemId: 'a', related: { alsoBought: ['b', 'c', 'b', 'a', 'nowhere'], boughtTogether: ['b'] } },
    { itemId: 'b', related: { alsoBought: ['a'], alsoViewed: ['newer'] } },
    { itemId: 'c' },
    { itemId: 'newer', related: { alsoBought: ['a'] } },
  ]);
  const { n, size, kinds } = itemGraph(shop, 3);
  const lists = ({ offsets, items }: (typeof kinds)['alsoBought']) =>
    Array.from({ length: offsets.length - 1 }, (_, i) => [...items.subarray(offsets[i]!, offsets[i + 1]!)]);
  expect([n, size]).toEqual([3, 3]);
  expect(lists(kinds.alsoBought)).toEqual([[1, 2], [0], [0]]);
  expect(lists(kinds.boughtTogether)).toEqual([[1], [0], []]);
  expect(lists(kinds.alsoViewed)).toEqual([[], [], []]);
  expect(lists(itemGraph(shop).kinds.alsoViewed)).toEqual([[], [3], [], [1]]);
});
