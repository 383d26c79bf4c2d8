import { expect, test } from 'vitest';
import { trainedAnew } from './trained-anew.ts';

const version = (version: number, taughtFrom?: number, trainedAs?: number) => ({
  agent: 'als',
  version,
  ...(taughtFrom !== undefined && { taughtFrom }),
  ...(trainedAs !== undefined && { trainedAs }),
});

test('goes back over lessons to what was trained anew, also past lessons that are removed', () => {
  const first = version(1);
  expect(trainedAnew(first, [first])).toBe(first);
  const chain = [version(4, 3), version(3, 1), version(2), { ...version(1), agent: 'bpr' }, first];
  expect(trainedAnew(chain[0]!, chain)).toBe(first);
  expect(trainedAnew(version(9, 8, 1), [version(2), first])).toBe(first);
});

test('knows none where one on the way is missing, nor by a manifest that leads round', () => {
  expect(trainedAnew(version(4, 3), [version(2), version(1)])).toBeUndefined();
  expect(trainedAnew(version(4, 3, 1), [version(3, 1, 1)])).toBeUndefined();
  expect(trainedAnew(version(4, 4), [version(4, 4)])).toBeUndefined();
});
