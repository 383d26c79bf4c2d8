import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rng } from '../core/index.ts';
import { drawSlate, type Support, slatePropensities } from './draw-slate.ts';

const support = (weights: readonly number[]): Support => ({
  items: Int32Array.from(weights, (_, i) => i),
  scores: Float32Array.from(weights, (_, i) => -i),
  weights: Float32Array.from(weights),
});

/** Every ordered slate of `k` out of `n`. */
function* slates(n: number, k: number, taken: readonly number[] = []): Generator<readonly number[]> {
  if (taken.length === k) yield taken;
  else for (let i = 0; i < n; i++) if (!taken.includes(i)) yield* slates(n, k, [...taken, i]);
}

describe('a drawn slate', () => {
  test('the probabilities of all slates sum to 1', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.1, max: 9, noNaN: true }), { minLength: 1, maxLength: 5 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (weights, epsilon) => {
          const drawn = support(weights);
          const k = Math.min(3, weights.length);
          let sum = 0;
          for (const places of slates(weights.length, k)) {
            sum += slatePropensities(drawn, places, epsilon).reduce((product, p) => product * p, 1);
          }
          expect(sum).toBeCloseTo(1, 6);
        },
      ),
    );
  });
  test('with pins and diversity too, and every slate that can be drawn begins with the pins', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.1, max: 9, noNaN: true }), { minLength: 2, maxLength: 5 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: 0, max: 2 }),
        (weights, epsilon, share, pinned) => {
          const alike = (a: number, b: number): number => (a % 2 === b % 2 ? 1 : 0);
          const drawn = { ...support(weights), pinned, diversity: { share, alike } };
          const k = Math.min(3, weights.length);
          let sum = 0;
          for (const places of slates(weights.length, k)) {
            const p = slatePropensities(drawn, places, epsilon).reduce((product, q) => product * q, 1);
            if (p > 0) for (let slot = 0; slot < Math.min(k, pinned); slot++) expect(places[slot]).toBe(slot);
            sum += p;
          }
          expect(sum).toBeCloseTo(1, 6);
          const slate = drawSlate(drawn, k, epsilon, rng(1));
          expect(slatePropensities(drawn, slate.places, epsilon)).toEqual(slate.propensities);
          expect([...slate.explored.subarray(0, pinned)]).not.toContain(1);
        },
      ),
    );
  });
  test('diversity: of like items the second waits for an unlike one; its frequencies match the propensities', () => {
    // Places 0, 1, 2 are of one kind, 3 of another; scores fall by 1.
    const alike = (a: number, b: number): number => (a === 3 || b === 3 ? Number(a === b) : 1);
    const of = (share: number) => ({ ...support([1, 1, 1, 1]), diversity: { share, alike } });
    expect([...drawSlate(of(0), 3, 0, rng(1)).places]).toEqual([0, 1, 2]);
    expect([...drawSlate(of(0.5), 3, 0, rng(1)).places]).toEqual([0, 3, 1]);
    const drawn = of(0.5);
    const stream = rng(3);
    const n = 20_000;
    const counts = new Map<string, number>();
    for (let i = 0; i < n; i++) {
      const places = String(drawSlate(drawn, 2, 0.3, stream.fork(i)).places);
      counts.set(places, (counts.get(places) ?? 0) + 1);
    }
    for (const places of slates(4, 2)) {
      const p = slatePropensities(drawn, places, 0.3).reduce((product, q) => product * q, 1);
      expect(Math.abs((counts.get(String(places)) ?? 0) / n - p)).toBeLessThan(
        5 * Math.sqrt((p * (1 - p)) / n),
      );
    }
  });
  test('what is logged is what is drawn: frequencies match the propensities', () => {
    const drawn = support([1, 1, 5, 1]);
    const stream = rng(7);
    const counts = new Map<string, number>();
    const n = 40_000;
    for (let i = 0; i < n; i++) {
      const { places } = drawSlate(drawn, 2, 0.4, stream.fork(i));
      counts.set(String(places), (counts.get(String(places)) ?? 0) + 1);
    }
    for (const places of slates(4, 2)) {
      const p = slatePropensities(drawn, places, 0.4).reduce((product, q) => product * q, 1);
      expect(Math.abs((counts.get(String(places)) ?? 0) / n - p)).toBeLessThan(
        5 * Math.sqrt((p * (1 - p)) / n),
      );
    }
  });
  test('carries its own propensities, no item twice, the best first where nothing is left to chance', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.integer(),
        fc.integer({ min: 1, max: 100 }),
        (n, seed, k) => {
          const drawn = support(Array.from({ length: n }, (_, i) => 1 + (i % 3)));
          const slate = drawSlate(drawn, k, 0.3, rng(seed));
          expect(new Set(slate.places).size).toBe(Math.min(n, k));
          expect([...slate.propensities]).toEqual([...slatePropensities(drawn, slate.places, 0.3)]);
          expect(Math.min(...slate.propensities)).toBeGreaterThan(0);
          const greedy = drawSlate(drawn, k, 0, rng(seed));
          expect([...greedy.places]).toEqual(Array.from({ length: Math.min(n, k) }, (_, i) => i));
          expect([...greedy.propensities].every((p) => p === 1)).toBe(true);
          expect(greedy.explored.includes(1)).toBe(false);
        },
      ),
      { numRuns: 50 },
    );
  });
  test('nothing to draw from gives an empty slate', () => {
    expect(drawSlate(support([]), 3, 0.5, rng(1)).places).toHaveLength(0);
  });
});
