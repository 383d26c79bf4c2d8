import { expect, test } from 'vitest';
import { historyPlace, readHistory, rng, sequencesOf, shopObservation } from '../core/index.ts';
import { inventedSlates } from './invented-slates.ts';

const observation = shopObservation(6, 4);
const sequences = sequencesOf([[0, 1, 2], [], [3]], 6);
const batches = (k: number, seed = 1) => [
  ...inventedSlates(sequences, observation, { kind: 'slate', k, n: 6 }, rng(seed), {
    batchSize: 3,
    discount: 0.9,
    reward: (entry) => 10 + entry,
  }),
];

test('every interaction is a slate that held it once, in any slot, with its reward, and leads to the history with it', () => {
  const seen = new Int32Array(4);
  const historyOf = (rows: Float32Array, i: number): number[] => [
    ...seen.slice(0, readHistory(historyPlace(observation)!, rows, i * observation.size, seen)),
  ];
  const rows = batches(3).flatMap((batch) =>
    Array.from({ length: batch.n }, (_, i) => {
      const slate = [...batch.actions.subarray(3 * i, 3 * i + 3)];
      expect(new Set(slate).size).toBe(3);
      expect([batch.invented![i], batch.truncated[i], batch.terminated[i]]).toEqual([1, 1, 0]);
      return {
        before: historyOf(batch.observations, i),
        taken: slate[batch.chosen![i]!],
        reward: batch.rewards[i],
        after: historyOf(batch.nextObservations, i),
      };
    }),
  );
  expect(rows.sort((a, b) => a.reward! - b.reward!)).toEqual([
    { before: [], taken: 0, reward: 10, after: [0] },
    { before: [0], taken: 1, reward: 11, after: [1, 0] },
    { before: [1, 0], taken: 2, reward: 12, after: [2, 1, 0] },
    { before: [], taken: 3, reward: 13, after: [3] },
  ]);
  const slots = Array.from({ length: 40 }, (_, seed) => [...batches(3, seed)[0]!.chosen!]).flat();
  expect(new Set(slots)).toEqual(new Set([0, 1, 2]));
});

test('the same seed invents the same; a slate cannot hold more than there is', () => {
  expect(batches(3)).toEqual(batches(3));
  expect(batches(3)).not.toEqual(batches(3, 2));
  expect(() => batches(7)).toThrow(/at most 6 different items/);
});
