import { expect, test } from 'vitest';
import { tallyOf } from './pick-on-validation.ts';

test('the best setting has the most hits, of equals the higher NDCG, then the first; without a part it is that of the rest', () => {
  const whole = tallyOf(3);
  const part = tallyOf(3);
  const add = (setting: number, rank: number, within: boolean): void => {
    whole.add(setting, rank);
    if (within) part.add(setting, rank);
  };
  add(0, 3, true);
  add(0, 3, true);
  add(1, 4, false);
  add(2, 0, false);
  add(2, 12, false);
  expect(whole.best()).toBe(0);
  expect(whole.best(part)).toBe(2);
  expect(part.best()).toBe(0);
  expect(tallyOf(3).best()).toBe(0);
  add(1, 0, true);
  // Two hits each of 0 and 1: the latter's are higher up.
  expect(whole.best()).toBe(1);
});
