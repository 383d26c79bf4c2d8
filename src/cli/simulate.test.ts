import { expect, test } from 'vitest';
import { captureOutput } from './captured-output.suite.ts';
import { main } from './main.ts';

const captured = captureOutput();
const small = ['--interactions', '1500', '--seeds', '1', '--shoppers', '60', '--no-oracle', '--json'];
const rewardOf = async (...words: string[]): Promise<number> => {
  captured.out = '';
  expect(await main(['simulate', '--agents', 'markov', ...small, ...words])).toBe(0);
  return JSON.parse(captured.out).reward;
};

test('count agents explore as they were tuned to, unless told otherwise', async () => {
  const tuned = await rewardOf();
  expect(await rewardOf('--set', 'markov.epsilon=0.5')).toBe(tuned);
  expect(await rewardOf('--set', 'markov.epsilon=0')).toBeLessThan(tuned);
});
