import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rng, rngFrom } from './rng.ts';

const draws = (seed: number | string, n: number): number[] => {
  const stream = rng(seed);
  return Array.from({ length: n }, () => stream.float());
};
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

test('the stream of a seed never changes', () => {
  const stream = rng(1);
  expect([stream.int(1000), stream.int(1000), stream.int(1000)]).toEqual([34, 403, 237]);
});

test('same seed same stream, other seed other stream', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer(), (a, b) => {
      expect(draws(a, 4)).toEqual(draws(a, 4));
      if (a !== b) expect(draws(a, 4)).not.toEqual(draws(b, 4));
    }),
  );
});

test('a saved state continues identically', () => {
  const stream = rng('x');
  stream.normal();
  const copy = rngFrom(stream.state());
  for (let i = 0; i < 10; i++) expect(copy.float()).toBe(stream.float());
});

test('a fork does not advance its parent and depends on its name only', () => {
  const parent = rng(5);
  const before = parent.state();
  const a = parent.fork('a').float();
  expect(parent.state()).toEqual(before);
  expect(parent.fork('a').float()).toBe(a);
  expect(parent.fork('b').float()).not.toBe(a);
});

test('uniform, normal and Gumbel have the moments they should', () => {
  const stream = rng(3);
  const n = 200_000;
  const uniform = Array.from({ length: n }, () => stream.float());
  const normal = Array.from({ length: n }, () => stream.normal());
  const gumbel = Array.from({ length: n }, () => stream.gumbel());
  expect(mean(uniform)).toBeCloseTo(0.5, 2);
  expect(mean(normal)).toBeCloseTo(0, 2);
  expect(mean(normal.map((x) => x * x))).toBeCloseTo(1, 1);
  expect(mean(gumbel)).toBeCloseTo(0.5772, 1);
});

test('whole numbers are spread evenly', () => {
  const stream = rng(9);
  const counts = new Float64Array(7);
  for (let i = 0; i < 70_000; i++) counts[stream.int(7)]!++;
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500);
});
