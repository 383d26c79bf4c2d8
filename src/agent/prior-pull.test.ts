import { expect, test } from 'vitest';
import { priorPull } from './prior-pull.ts';
import { replayBuffer, replayLayout, storeRow } from './replay-buffer.ts';

// Observations of one number, slates of two of three items; row 3 stands for nothing.
const layout = replayLayout(1, 2);
const transition = (first: number, second: number, chosen: number): Float32Array =>
  Float32Array.of(0, 0, first, second, 1, 0.9, chosen);

test('pulls a row by one over how often it stands in the replay', () => {
  const pull = priorPull(4, 1, 2);
  for (const row of [transition(0, 1, 0), transition(0, 2, 0), transition(0, -1, -1)]) pull.count(row, 1);
  expect([0, 1, 2, 3].map(pull.ofValue)).toEqual([1 / 2, 1, 1, 1]);
  expect([0, 1, 2, 3].map(pull.ofChoice)).toEqual([1 / 3, 1, 1, 1 / 3]);
  pull.count(transition(0, 1, 0), -1);
  expect([pull.ofValue(0), pull.ofChoice(0)]).toEqual([1, 1 / 2]);
});

test('counts the replay itself, whatever it was before', () => {
  const replay = replayBuffer(2, layout);
  for (const row of [transition(0, 1, 0), transition(1, 2, 1), transition(1, 2, 0)]) storeRow(replay, row);
  const pull = priorPull(4, 1, 2);
  pull.count(transition(0, 1, 0), 1);
  pull.recount(replay);
  expect([0, 1, 2].map(pull.ofChoice)).toEqual([1, 1 / 2, 1 / 2]);
  expect([0, 1, 2].map(pull.ofValue)).toEqual([1, 1, 1]);
});
