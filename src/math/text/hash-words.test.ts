import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hashWords } from './hash-words.ts';

const cosine = (a: string, b: string, size = 256): number => {
  const [x, y] = [hashWords(a, size), hashWords(b, size)];
  return x.reduce((sum, value, i) => sum + value * y[i]!, 0);
};

test('rows have length 1, or 0 without a word', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 8, max: 300 }), (text, size) => {
      const row = hashWords(`lamp ${text}`, size);
      expect(row.length).toBe(size);
      expect(Math.hypot(...row) === 0 || Math.abs(Math.hypot(...row) - 1) < 1e-5).toBe(true);
    }),
  );
  expect([...hashWords(' ... !', 8)]).toEqual(Array(8).fill(0));
});

test('case, order and punctuation do not matter; words in any script do', () => {
  expect(cosine('Red desk lamp', 'LAMP, desk (red)!')).toBeCloseTo(1);
  expect(cosine('красная лампа', 'красная лампа')).toBeCloseTo(1);
  expect(cosine('красная лампа', 'синий стол')).toBeLessThan(0.5);
});

test('shared words bring texts nearer, repeated ones less than in proportion', () => {
  const near = cosine('red wooden desk lamp', 'blue wooden desk lamp', 4096);
  const far = cosine('red wooden desk lamp', 'stainless kettle for tea', 4096);
  expect(near).toBeCloseTo(0.75, 1);
  expect(Math.abs(far)).toBeLessThan(0.3);
  const often = cosine('lamp lamp lamp lamp lamp lamp lamp lamp kettle', 'kettle', 4096);
  expect(often).toBeCloseTo(1 / Math.hypot(1, 1 + Math.log(8)), 5);
});
