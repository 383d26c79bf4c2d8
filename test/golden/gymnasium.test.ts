import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { worldNamed } from '../../src/world/index.ts';

/** Each tabular world that Gymnasium has too is equal to its table, outcome by outcome. */
test.each([
  ['frozen-lake-4x4', 'frozen-lake-v1', {}, 100],
  ['frozen-lake-8x8', 'frozen-lake-v1', { map: '8x8' }, 200],
  ['taxi-v3', 'taxi-v3', {}, 200],
  ['cliff-walking-v1', 'cliff-walking-v1', {}, 200],
] as const)('%s is the one of Gymnasium 1.2.3', (file, id, options, maxSteps) => {
  const model = worldNamed(id).model!(options);
  const ours: string[] = [];
  for (let state = 0; state < model.states; state++) {
    for (let action = 0; action < model.actions; action++) {
      for (const { probability, next, reward, terminated } of model.outcomes(state, action))
        ours.push([state, action, rounded(probability), next, reward, terminated ? 1 : 0].join('\t'));
    }
  }
  const [, ...theirs] = readFileSync(join(import.meta.dirname, 'gymnasium-1.2.3', `${file}.tsv`), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split('\t'));
  expect(theirs.length).toBeGreaterThan(100);
  expect(ours).toEqual(theirs.map(([s, a, p, ...rest]) => [s, a, rounded(Number(p)), ...rest].join('\t')));
  expect(model.maxSteps).toBe(maxSteps);
});

test('they begin where Gymnasium begins', () => {
  const starts = (id: string): [number, number][] =>
    [...worldNamed(id).model!().start.entries()].filter(([, share]) => share > 0);
  expect(starts('frozen-lake-v1')).toEqual([[0, 1]]);
  expect(starts('cliff-walking-v1')).toEqual([[36, 1]]);
  // Taxi: the passenger waits at one stand (state / 4 mod 5 below 4) and is bound for another (state mod 4).
  const taxi = starts('taxi-v3');
  expect(taxi.length).toBe(300);
  for (const [state, share] of taxi) {
    expect(share).toBeCloseTo(1 / 300, 12);
    expect(Math.floor(state / 4) % 5).not.toBe(4);
    expect(Math.floor(state / 4) % 5).not.toBe(state % 4);
  }
});

/** Gymnasium adds its thirds up in its own order: they differ in the last bit. */
const rounded = (probability: number): string => probability.toFixed(12);
