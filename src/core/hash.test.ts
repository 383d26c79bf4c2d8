import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contentHash } from './hash.ts';

test('the hash of a text never changes', () => {
  expect(contentHash('')).toBe('00000000000000000000000000000000');
  expect(contentHash('tendril')).toBe('124d4ba9592f7398b72792d45b770f74');
  expect(contentHash('grün 🌱')).toBe('a6c116833672c097464440886532bfd3');
});

test('32 hex digits, different for different texts', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (a, b) => {
      expect(contentHash(a)).toMatch(/^[0-9a-f]{32}$/);
      expect(contentHash(a) === contentHash(b)).toBe(a === b);
    }),
    { numRuns: 2000 },
  );
});

test('no collision among many near texts, nor in either half of the bits', () => {
  const hashes = Array.from({ length: 200_000 }, (_, i) => contentHash(`row,${i}`));
  expect(new Set(hashes).size).toBe(hashes.length);
  expect(new Set(hashes.map((hash) => hash.slice(0, 16))).size).toBe(hashes.length);
  expect(new Set(hashes.map((hash) => hash.slice(16))).size).toBe(hashes.length);
});

test('texts that differ only by padding zeros differ', () => {
  expect(contentHash('a')).not.toBe(contentHash('a\0'));
});
