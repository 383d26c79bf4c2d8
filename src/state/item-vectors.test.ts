import { expect, test } from 'vitest';
import { itemVectors } from './item-vectors.ts';

test('rows of length 1, none where an item has no vector or one of another length than most of those taught', () => {
  const items = [
    { itemId: 'a', vector: [3, 4] },
    { itemId: 'b' },
    { itemId: 'c', vector: [0, 2] },
    { itemId: 'd', vector: [1, 1, 1] },
    { itemId: 'e', vector: [0, 0] },
    { itemId: 'later', vector: [1, 1, 1] },
    { itemId: 'latest', vector: [1, 1, 1] },
  ];
  const { vectors, vectorSize } = itemVectors(items, 5);
  expect(vectorSize).toBe(2);
  expect([...vectors!]).toEqual(
    [3 / 5, 4 / 5, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0].map((x) => expect.closeTo(x, 6)),
  );
  expect(itemVectors([{ itemId: 'a' }], 1)).toEqual({});
  // What came after the model was taught does not begin a new kind of input.
  expect(itemVectors(items, 2).vectorSize).toBe(2);
  expect(itemVectors([{ itemId: 'b' }, { itemId: 'c', vector: [1] }], 1)).toEqual({});
});
