import { expect, test } from 'vitest';
import { winnerOf } from './winner-of.ts';

test('says what the figure is of; a lesson without anybody to judge by tells none', () => {
  const metrics = { 'ndcg@10': 0.25 };
  expect(winnerOf({ agent: 'markov', metrics })).toMatchObject({
    value: 0.25,
    why: expect.stringMatching(/^On validation data .* it has NDCG@10 0\.2500\. In the table below/),
  });
  expect(winnerOf({ agent: 'markov', metrics, taughtFrom: 3 }).why).toMatch(
    /^It was taught on from its version 3, which has NDCG@10 0\.2500 on the newest actions/,
  );
  expect(winnerOf({ agent: 'markov', metrics: { 'ndcg@10': 0, validated: 0 } }).why).toMatch(
    /^Nobody took two products/,
  );
  const silent = winnerOf({ agent: 'markov', metrics: {}, taughtFrom: 3 });
  expect(silent.value).toBeUndefined();
  expect(silent.why).toMatch(/tells no figure\. In the table below/);
  expect(silent.why).not.toContain('0.0000');
});
