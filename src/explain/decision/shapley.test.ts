import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ObservationPart, rng } from '../../core/index.ts';
import { type Case, exactShapley, type Judge, sampledShapley, shapley } from './shapley.ts';
import { localSurrogate } from './surrogate.ts';

type Of = (x: ArrayLike<number>) => number;
const judging =
  (d: number, of: Of): Judge =>
  async (rows, n) =>
    Float64Array.from({ length: n }, (_, i) => of(rows.subarray(i * d, (i + 1) * d)));
const reals = (d: number): ObservationPart[] =>
  Array.from({ length: d }, (_, i) => ({ name: `x${i}`, kind: 'real', size: 1 }));

/** A shopper and others, of d features. */
function caseOf(d: number, m: number, seed: number): Case {
  const stream = rng(seed);
  const draw = (n: number) => Float32Array.from({ length: n }, () => stream.normal());
  return { row: draw(d), background: draw(d * m), parts: reals(d) };
}
const mean = (background: Float32Array, d: number, of: Of): number => {
  let sum = 0;
  for (let at = 0; at < background.length; at += d) sum += of(background.subarray(at, at + d));
  return (sum * d) / background.length;
};

/** Functions drawn at random: a sum of products of features and of a kink. */
const functions = fc
  .array(fc.tuple(fc.nat({ max: 4 }), fc.nat({ max: 4 }), fc.integer({ min: -3, max: 3 })), { maxLength: 6 })
  .map(
    (terms): Of =>
      (x) =>
        terms.reduce((sum, [i, j, c]) => sum + c * x[i]! * Math.max(0, x[j]! + 0.3), 0),
  );
const seeds = fc.nat({ max: 10_000 });
const few = { numRuns: 40 };

describe('exact Shapley values', () => {
  test('efficiency: they add up to the difference between the shopper and the others', () =>
    fc.assert(
      fc.asyncProperty(functions, seeds, async (of, seed) => {
        const given = caseOf(5, 7, seed);
        const { base, value, contributions } = await exactShapley(judging(5, of), given);
        expect(value).toBeCloseTo(of(given.row), 9);
        expect(base).toBeCloseTo(mean(given.background, 5, of), 9);
        expect(contributions.reduce((a, b) => a + b, 0)).toBeCloseTo(value - base, 9);
      }),
      few,
    ));
  test('symmetry: features that do the same with the same values get the same', () =>
    fc.assert(
      fc.asyncProperty(functions, seeds, async (of, seed) => {
        const given = caseOf(5, 6, seed);
        for (const rows of [given.row, given.background])
          for (let at = 0; at < rows.length; at += 5) rows[at + 1] = rows[at]!;
        const alike: Of = (x) => of(x) + of([x[1]!, x[0]!, x[2]!, x[3]!, x[4]!]);
        const { contributions } = await exactShapley(judging(5, alike), given);
        expect(contributions[0]).toBeCloseTo(contributions[1]!, 9);
      }),
      few,
    ));
  test('dummy: what a function does not read gets exactly nothing', () =>
    fc.assert(
      fc.asyncProperty(functions, seeds, async (of, seed) => {
        const blind: Of = (x) => of([x[0]!, x[1]!, 0, x[3]!, x[4]!]);
        const { contributions } = await exactShapley(judging(5, blind), caseOf(5, 6, seed));
        expect(contributions[2]).toBe(0);
      }),
      few,
    ));
  test('additivity: of a sum of functions they are the sums', () =>
    fc.assert(
      fc.asyncProperty(functions, functions, seeds, async (one, two, seed) => {
        const given = caseOf(5, 6, seed);
        const [a, b, both] = await Promise.all(
          [one, two, ((x) => one(x) + two(x)) as Of].map((of) => exactShapley(judging(5, of), given)),
        );
        for (let i = 0; i < 5; i++)
          expect(both!.contributions[i]).toBeCloseTo(a!.contributions[i]! + b!.contributions[i]!, 9);
      }),
      few,
    ));
  test('of a linear function: weight x (the value - the mean of the others)', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 10, maxLength: 10 }),
        seeds,
        async (w, seed) => {
          const given = caseOf(10, 9, seed);
          const linear: Of = (x) => w.reduce((sum, weight, i) => sum + weight * x[i]!, 7);
          const { contributions } = await exactShapley(judging(10, linear), given);
          for (let i = 0; i < 10; i++)
            expect(contributions[i]).toBeCloseTo(
              w[i]! * (given.row[i]! - mean(given.background, 10, (x) => x[i]!)),
              6,
            );
        },
      ),
      { numRuns: 10 },
    ));
  test('of a product and of a maximum beside one other shopper: as by hand', async () => {
    const given = { row: Float32Array.of(3, 5), background: Float32Array.of(1, 2), parts: reals(2) };
    // v: {} 2, {0} 6, {1} 5, both 15.
    expect([
      ...(
        await exactShapley(
          judging(2, (x) => x[0]! * x[1]!),
          given,
        )
      ).contributions,
    ]).toEqual([7, 6]);
    // v: {} 2, {0} 3, {1} 5, both 5.
    expect([
      ...(
        await exactShapley(
          judging(2, (x) => Math.max(x[0]!, x[1]!)),
          given,
        )
      ).contributions,
    ]).toEqual([0.5, 2.5]);
  });
  test('of a product of ten: each alike, beside zeros', async () => {
    const given = { row: new Float32Array(10).fill(2), background: new Float32Array(10), parts: reals(10) };
    const product: Of = (x) => Array.from(x).reduce((a, b) => a * b, 1);
    const { contributions } = await exactShapley(judging(10, product), given);
    for (const share of contributions) expect(share).toBeCloseTo(102.4, 9);
  });
  test('a feature of several numbers is one player', async () => {
    const parts: ObservationPart[] = [
      { name: 'a', kind: 'real', size: 1 },
      { name: 'bc', kind: 'real', size: 2 },
    ];
    const given = { row: Float32Array.of(1, 2, 3), background: new Float32Array(3), parts };
    const { contributions } = await exactShapley(
      judging(3, (x) => x[0]! + x[1]! * x[2]!),
      given,
    );
    expect([...contributions]).toEqual([1, 6]);
  });
});

describe('sampled Shapley values', () => {
  const kinked: Of = (x) => {
    let sum = 0;
    for (let i = 0; i + 1 < 10; i++) sum += Math.max(0, x[i]! + x[i + 1]!) * x[(i + 5) % 10]!;
    return sum;
  };
  test('lie within their stated errors of the exact ones, neither too bold nor too shy, and add up', async () => {
    const deviations: number[] = [];
    for (let seed = 0; seed < 12; seed++) {
      const given = caseOf(10, 10, seed);
      const exact = await exactShapley(judging(10, kinked), given);
      const sampled = await sampledShapley(judging(10, kinked), given, rng(100 + seed), 8);
      expect(sampled.base).toBeCloseTo(exact.base, 9);
      expect(sampled.contributions.reduce((a, b) => a + b, 0)).toBeCloseTo(exact.value - exact.base, 9);
      for (let i = 0; i < 10; i++) {
        expect(sampled.standardErrors[i]).toBeGreaterThan(0);
        deviations.push((sampled.contributions[i]! - exact.contributions[i]!) / sampled.standardErrors[i]!);
      }
    }
    const spread = Math.sqrt(deviations.reduce((sum, z) => sum + z * z, 0) / deviations.length);
    expect(spread).toBeGreaterThan(0.75);
    expect(spread).toBeLessThan(1.25);
    expect(Math.max(...deviations.map(Math.abs))).toBeLessThan(4.5);
  });
  test('ask about each different row once, and say the same', async () => {
    const given = caseOf(20, 5, 3);
    // The others are like the shopper but for six features.
    for (let z = 0; z < 5; z++) given.background.set(given.row.subarray(6), z * 20 + 6);
    let asked = 0;
    const counted: Judge = async (rows, n) => {
      asked += n;
      return judging(20, kinked)(rows, n);
    };
    const sampled = await shapley(counted, given, rng(1));
    const plain = await sampledShapley(judging(20, kinked), given, rng(1));
    expect(sampled).toEqual(plain);
    expect(asked).toBeLessThanOrEqual(5 * 2 ** 6);
  });
  test('are taken beyond 12 features, and exact for a linear function', async () => {
    const given = caseOf(20, 5, 3);
    const linear: Of = (x) => Array.from(x).reduce((sum, value, i) => sum + i * value, 0);
    const { contributions, standardErrors } = await shapley(judging(20, linear), given, rng(1));
    for (let i = 0; i < 20; i++) {
      expect(contributions[i]).toBeCloseTo(i * (given.row[i]! - mean(given.background, 20, (x) => x[i]!)), 5);
      expect(standardErrors[i]).toBeLessThan(1e-5);
    }
    await expect(
      shapley(judging(20, linear), { ...given, background: new Float32Array(0) }, rng(1)),
    ).rejects.toThrow('background');
  });
});

describe('the local surrogate', () => {
  test('of a linear function has its slopes and fidelity 1', async () => {
    const given = caseOf(4, 200, 5);
    const { slopes, fidelity, intercept } = await localSurrogate(
      judging(4, (x) => 2 * x[0]! - x[2]!),
      given,
      rng(1),
    );
    expect(fidelity).toBeGreaterThan(0.999);
    expect(intercept).toBeCloseTo(2 * given.row[0]! - given.row[2]!, 1);
    const deviation = (i: number): number => {
      const centre = mean(given.background, 4, (x) => x[i]!);
      return Math.sqrt(mean(given.background, 4, (x) => (x[i]! - centre) ** 2));
    };
    expect(slopes[0]).toBeCloseTo(2 * deviation(0), 1);
    expect(slopes[2]).toBeCloseTo(-deviation(2), 1);
    expect(Math.abs(slopes[1]!)).toBeLessThan(0.02);
  });
  test('of a function with no slope here has no fidelity, and says so', async () => {
    const given = { ...caseOf(2, 200, 5), row: new Float32Array(2) };
    const { fidelity } = await localSurrogate(
      judging(2, (x) => Math.cos(8 * x[0]!)),
      given,
      rng(1),
    );
    expect(fidelity).toBeLessThan(0.1);
  });
  test('of classes tells what another class would do', async () => {
    const parts: ObservationPart[] = [{ name: 'flag', kind: 'index', size: 1, n: 1 }];
    const given = { row: Float32Array.of(1), background: Float32Array.of(0, 1, 0, 1), parts };
    const { slopes, fidelity } = await localSurrogate(
      judging(1, (x) => 5 * x[0]!),
      given,
      rng(2),
    );
    expect(slopes[0]).toBeCloseTo(-5, 1);
    expect(fidelity).toBeGreaterThan(0.999);
  });
});
