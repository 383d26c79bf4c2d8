import { expect, test } from 'vitest';
import { rng } from '../core/index.ts';
import { bootstrapInterval, pairedBootstrap, pairedTInterval, shareInterval, tInterval } from './interval.ts';
import { studentCdf, studentQuantile } from './student.ts';

test("Student's quantiles are those of the printed tables", () => {
  for (const [p, degrees, t] of [
    [0.975, 1, 12.7062],
    [0.975, 4, 2.7764],
    [0.975, 9, 2.2622],
    [0.995, 19, 2.8609],
    [0.95, 30, 1.6973],
    [0.975, 100000, 1.96],
  ] as const) {
    expect(studentQuantile(p, degrees)).toBeCloseTo(t, 3);
    expect(studentQuantile(1 - p, degrees)).toBeCloseTo(-t, 3);
  }
  expect(studentCdf(0, 3)).toBe(0.5);
});

test('a t-interval by hand; of one value nothing is known', () => {
  const { mean, low, high } = tInterval([1, 2, 3, 4, 5]);
  expect(mean).toBe(3);
  expect(high - mean).toBeCloseTo(2.7764 * Math.sqrt(2.5 / 5), 3);
  expect(mean - low).toBeCloseTo(high - mean);
  expect(tInterval([7])).toEqual({ mean: 7, low: -Infinity, high: Infinity });
});

test('the bounds of a mean of shares stay between 0 and 1', () => {
  const { mean, low, high } = tInterval([1, 1, 0.5]);
  expect(high).toBeGreaterThan(1);
  expect(shareInterval([1, 1, 0.5])).toEqual({ mean, low, high: 1 });
  expect(shareInterval([0, 0, 0.5])).toMatchObject({ low: 0 });
  expect(shareInterval([1])).toEqual({ mean: 1, low: 0, high: 1 });
});

test('a 95 % interval covers the truth about 95 times in 100', () => {
  const covered = { t: 0, bootstrap: 0 };
  const stream = rng('coverage');
  const runs = 400;
  for (let run = 0; run < runs; run++) {
    const small = Array.from({ length: 6 }, () => stream.normal());
    const large = Array.from({ length: 80 }, () => (stream.float() < 0.3 ? 1 : 0));
    const t = tInterval(small);
    const b = bootstrapInterval(large, stream, { resamples: 200 });
    if (t.low < 0 && t.high > 0) covered.t++;
    if (b.low <= 0.3 && b.high >= 0.3) covered.bootstrap++;
  }
  expect(covered.t / runs).toBeGreaterThan(0.92);
  expect(covered.t / runs).toBeLessThan(0.98);
  expect(covered.bootstrap / runs).toBeGreaterThan(0.9);
  expect(covered.bootstrap / runs).toBeLessThan(0.98);
});

test('pairing finds a small difference between values that vary much', () => {
  const stream = rng('paired');
  const b = Array.from({ length: 300 }, () => stream.normal());
  const a = b.map((x) => x + 0.05 + 0.1 * stream.normal());
  const difference = pairedBootstrap(a, b, rng(1));
  expect(difference.low).toBeGreaterThan(0);
  expect(difference.p).toBeLessThan(0.01);
  expect(pairedTInterval(a, b).low).toBeGreaterThan(0);
  expect(pairedBootstrap(b, b, rng(1))).toMatchObject({ mean: 0, low: 0, high: 0, p: 1 });
  expect(pairedBootstrap(a, b, rng(1))).toEqual(difference);
  expect(() => pairedBootstrap([1], [1, 2], rng(1))).toThrow('cannot be paired');
});
