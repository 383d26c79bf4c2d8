import { expect, test } from 'vitest';
import { cautionOf } from './caution-of.ts';

const caution = (items: number, metrics: Readonly<Record<string, number>>) =>
  cautionOf({ agent: 'markov', metrics, data: { fingerprint: '', interactions: 90, shoppers: 30, items } });

test('figures that say nothing, or that a model knows nothing, are told in a line', () => {
  expect(caution(90, { 'hr@10': 0.01, validated: 100 })).toBeUndefined();
  expect(caution(90, { 'hr@10': 0, validated: 100 })).toContain('none of the 100 held-back interactions');
  expect(caution(1, { 'hr@10': 1, validated: 30 })).toContain(
    'with 1 product every guess is among the first',
  );
  expect(caution(11, { 'hr@10': 1, validated: 30 })).toBeUndefined();
  expect(caution(90, { 'hr@10': 1, validated: 1 })).toContain('of 1 held-back interaction, which say little');
  expect(caution(90, { 'hr@10': 0, validated: 29 })).toContain('of 29 held-back interactions');
  expect(caution(90, { 'hr@10': 0, validated: 0 })).toContain('nothing says how good it is');
});
