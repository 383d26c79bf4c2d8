import fc from 'fast-check';
import { expect, test } from 'vitest';
import { written } from './written.ts';

test('what JSON can say is said as JSON', () =>
  fc.assert(fc.property(fc.jsonValue(), (value) => void expect(written(value)).toBe(JSON.stringify(value)))));

test('a number too large to be held is not called null', () => {
  expect(written(JSON.parse('1e999'))).toBe('Infinity (a number beyond 1.8e308)');
  expect(written(JSON.parse('{"amount": [1, -1e999]}'))).toBe(
    '{"amount":[1,-Infinity (a number beyond 1.8e308)]}',
  );
  expect(written(undefined)).toBe('undefined');
});
