import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rng } from '../core/index.ts';
import { logProbEpsilonGreedy, sampleEpsilonGreedy, topK } from './epsilon-greedy.ts';
import { logProbPlackettLuce, samplePlackettLuce } from './plackett-luce.ts';
import type { Sample, Scores } from './policy.ts';

const scoresOf = (values: number[]): Scores => ({
  n: 1,
  choices: values.length,
  values: Float32Array.from(values),
});

/** Every ordered slate of k different choices. */
function slates(choices: number, k: number): number[][] {
  if (k === 0) return [[]];
  return slates(choices, k - 1).flatMap((head) =>
    Array.from({ length: choices }, (_, i) => i)
      .filter((i) => !head.includes(i))
      .map((i) => [...head, i]),
  );
}

const samplers = {
  'epsilon-greedy': {
    sample: (scores: Scores, k: number, seed: number, mask?: Uint8Array): Sample =>
      sampleEpsilonGreedy(scores, 0, k, 0.3, rng(seed), mask),
    logProb: (scores: Scores, slate: number[], mask?: Uint8Array) =>
      logProbEpsilonGreedy(scores, 0, slate, 0.3, mask),
  },
  'Plackett-Luce': {
    sample: (scores: Scores, k: number, seed: number, mask?: Uint8Array): Sample =>
      samplePlackettLuce(scores, 0, k, 0.7, rng(seed), mask),
    logProb: (scores: Scores, slate: number[], mask?: Uint8Array) =>
      logProbPlackettLuce(scores, 0, slate, 0.7, mask),
  },
};

describe.each(Object.entries(samplers))('%s', (_name, { sample, logProb }) => {
  const probability = (scores: Scores, slate: number[], mask?: Uint8Array): number =>
    Math.exp(logProb(scores, slate, mask).reduce((a, b) => a + b, 0));

  test('the probabilities of all slates add up to 1', () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ min: -5, max: 5, noNaN: true }), { minLength: 2, maxLength: 5 }),
        fc.integer({ min: 1, max: 2 }),
        (values, k) => {
          const scores = scoresOf(values);
          const total = slates(values.length, k).reduce((sum, slate) => sum + probability(scores, slate), 0);
          expect(total).toBeCloseTo(1, 4);
        },
      ),
    );
  });

  test('draws as often as it says', () => {
    const scores = scoresOf([0.5, 1, -0.3, 0.2]);
    const n = 40_000;
    const counts = new Map<string, number>();
    for (let seed = 0; seed < n; seed++) {
      const key = sample(scores, 2, seed).action.join();
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    for (const slate of slates(4, 2)) {
      const p = probability(scores, slate);
      expect(Math.abs((counts.get(slate.join()) ?? 0) / n - p)).toBeLessThan(
        4.5 * Math.sqrt((p * (1 - p)) / n) + 1e-4,
      );
    }
  });

  test('what it reports of a draw is what logProb says of it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ min: -5, max: 5, noNaN: true }), { minLength: 3, maxLength: 8 }),
        fc.integer(),
        (values, seed) => {
          const drawn = sample(scoresOf(values), 3, seed);
          expect([...drawn.logProbs]).toEqual([...logProb(scoresOf(values), [...drawn.action])]);
          expect(new Set(drawn.action).size).toBe(3);
        },
      ),
    );
  });

  test('a mask forbids, and forbidden choices have no probability', () => {
    const scores = scoresOf([9, 1, 0]);
    const mask = Uint8Array.of(0, 1, 1);
    for (let seed = 0; seed < 50; seed++)
      expect([...sample(scores, 3, seed, mask).action].sort()).toEqual([-1, 1, 2]);
    expect([...logProb(scores, [0], mask)]).toEqual([-Infinity]);
    expect([...logProb(scores, [1, 2, -1], mask)].at(-1)).toBe(0);
  });

  test('refuses a mask that forbids everything', () => {
    expect(() => sample(scoresOf([1, 2]), 1, 0, Uint8Array.of(0, 0))).toThrow('every choice is forbidden');
  });
});

test('top k is the order of scores, ties to the lowest number', () => {
  expect([...topK(scoresOf([1, 3, 3, 2]), 0, 3)]).toEqual([1, 2, 3]);
});
