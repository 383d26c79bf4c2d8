import { expect, test } from 'vitest';
import { wholeEpisodes } from './whole-episodes.ts';

test('what followed each step of an episode, however long it was', () => {
  const episodes = wholeEpisodes(2);
  const steps = 200_000;
  for (let t = 0; t < steps; t++) episodes.took(0, Float32Array.of(t, 1));
  episodes.took(1, Float32Array.of(-1, 5));
  expect(episodes.length(0)).toBe(steps);
  episodes.over(0, 8, 0.5);
  expect(episodes.length(0)).toBe(0);
  expect(episodes.ready).toHaveLength(steps);
  expect([...episodes.ready.at(-1)!]).toEqual([steps - 1, 1 + 0.5 * 8]);
  expect([...episodes.ready.at(-2)!]).toEqual([steps - 2, 1 + 0.5 * 5]);
  expect(episodes.length(1)).toBe(1);
});
