import { expect, test } from 'vitest';
import {
  historyPlace,
  readHistory,
  rng,
  sequencesOf,
  shopFeatures,
  shopObservation,
  type TransitionBatch,
} from '../core/index.ts';
import { sequenceObserver } from './observe-sequences.ts';
import { replaySequences } from './replay-sequences.ts';

const observation = shopObservation(6, 4);
const place = historyPlace(observation)!;
const sequences = {
  ...sequencesOf([[0, 1, 2], [3, 4], [5]], 6),
  ratings: Float32Array.of(5, 1, 3, 0, 4, 2),
  times: Float64Array.of(0, 10, 20, 5, 20, 0),
};
const options = { batchSize: 6, discount: 0.9, negatives: 2, ratingWeight: 0.5 };
const replay = (seed: number): TransitionBatch[] => [
  ...replaySequences(sequences, observation, { kind: 'choice', n: 6 }, rng(seed), options),
];

function stepsOf(batches: readonly TransitionBatch[]) {
  const items = new Int32Array(4);
  const history = (rows: Float32Array, i: number): number[] => [
    ...items.slice(0, readHistory(place, rows, i * observation.size, items)),
  ];
  return batches.flatMap((batch) =>
    Array.from({ length: batch.n }, (_, i) => ({
      history: history(batch.observations, i),
      action: batch.actions[i]!,
      reward: batch.rewards[i]!,
      next: history(batch.nextObservations, i),
      truncated: batch.truncated[i]!,
    })),
  );
}

test('every interaction with one before it is a step, once a pass, with its reward', () => {
  const taken = stepsOf(replay(1))
    .filter(({ reward }) => reward > 0)
    .sort((a, b) => a.action - b.action);
  expect(taken).toEqual([
    { history: [0], action: 1, reward: 0.5, next: [1, 0], truncated: 0 },
    { history: [1, 0], action: 2, reward: 1, next: [2, 1, 0], truncated: 1 },
    { history: [3], action: 4, reward: 1.25, next: [4, 3], truncated: 1 },
  ]);
});

test('refusals are other items, pay nothing and leave the history as it was', () => {
  const right = new Map([
    ['0', 1],
    ['1,0', 2],
    ['3', 4],
  ]);
  const refused = stepsOf(replay(2)).filter(({ reward }) => reward === 0);
  expect(refused).toHaveLength(6);
  for (const { history, action, next } of refused) {
    expect(action).not.toBe(right.get(String(history)));
    expect(next).toEqual(history);
  }
});

test('same seed, same batches', () => {
  expect(replay(3)).toEqual(replay(3));
  expect(replay(3)).not.toEqual(replay(4));
});

test('features say what sequences tell of the past, and nothing of what follows', () => {
  const observe = sequenceObserver(observation, sequences, sequences);
  const out = new Float32Array(observation.size);
  observe(0, 2, out, 0);
  const feature = (name: (typeof shopFeatures)[number]): number => out[8 + shopFeatures.indexOf(name)]!;
  expect(feature('lastItem')).toBeCloseTo(2 / 6);
  expect(feature('lastRating')).toBe(0);
  expect(feature('lastTime')).toBe(0.5);
  expect(feature('satisfaction')).toBe(0.5);
  expect(feature('shopper')).toBeCloseTo(1 / 3);
  observe(2, 0, out, 0);
  expect(feature('recency')).toBe(0);
  expect(feature('lastRating')).toBe(0.5);
});

test('a shop of one item has no other item to draw', () => {
  const alone = sequencesOf([[0, 0, 0]], 1);
  const batches = [
    ...replaySequences(alone, shopObservation(1, 4), { kind: 'choice', n: 1 }, rng(1), options),
  ];
  expect(batches.flatMap(({ actions }) => [...actions])).toEqual([0, 0]);
});
