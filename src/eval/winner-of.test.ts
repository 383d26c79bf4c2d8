import { expect, test } from 'vitest';
import { winnerOf } from './winner-of.ts';

test('says what the figure is of; of a lesson it is that of what was trained anew', () => {
  const anew = { version: 3, metrics: { 'ndcg@10': 0.25 } };
  expect(winnerOf({ agent: 'markov' }, anew)).toMatchObject({
    value: 0.25,
    why: expect.stringMatching(/^On validation data .* it has NDCG@10 0\.2500\. In the table below/),
  });
  expect(winnerOf({ agent: 'markov', taughtFrom: 5 }, anew)).toMatchObject({
    value: 0.25,
    why: expect.stringMatching(
      /^It was taught on from its version 3\. On validation data .* that version has NDCG@10 0\.2500\. In the/,
    ),
  });
  const silent = winnerOf({ agent: 'markov' }, { version: 1, metrics: { 'ndcg@10': 0, validated: 0 } });
  expect(silent.value).toBeUndefined();
  expect(silent.why).toMatch(/^Nobody took two products/);
  const lost = winnerOf({ agent: 'markov', taughtFrom: 3 }, undefined);
  expect(lost.value).toBeUndefined();
  expect(lost.why).toMatch(/can no longer be read: nothing says how good that was\. In the table below/);
});
