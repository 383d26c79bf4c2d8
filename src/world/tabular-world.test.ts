import { expect, test } from 'vitest';
import { banditV1 } from './bandit-v1.ts';
import { chainV1 } from './chain-v1.ts';
import { cliffWalkingV1 } from './cliff-walking-v1.ts';
import { frozenLakeV1 } from './frozen-lake-v1.ts';
import { tabularWorld } from './tabular-world.ts';
import { taxiV3 } from './taxi-v3.ts';
import { worldSuite } from './world.suite.ts';

worldSuite(banditV1);
worldSuite(chainV1);
worldSuite(chainV1, { options: { length: 3, slip: 0.5 } });
worldSuite(frozenLakeV1);
worldSuite(frozenLakeV1, { options: { map: '8x8', slippery: false } });
worldSuite(frozenLakeV1, { options: { map: 'SFS,HFG', maxSteps: 5 } });
worldSuite(taxiV3);
worldSuite(cliffWalkingV1);

test('outcomes come as often as the model says', () => {
  const n = 30_000;
  const world = frozenLakeV1.create(n);
  world.reset(3);
  // From the start, left: up and left stay in the corner (2/3), down goes to field 4 (shown as 5).
  const { observations, terminated } = world.step(new Int32Array(n).fill(0));
  const down = observations.filter((state) => state === 5).length / n;
  expect(Math.abs(down - 1 / 3)).toBeLessThan(5 * Math.sqrt(2 / 9 / n));
  expect(observations.every((state) => state === 5 || state === 1)).toBe(true);
  expect(terminated.includes(1)).toBe(false);
});

test('beginnings come as often as the model says', () => {
  const begin = { probability: 1, next: 0, reward: 0, terminated: true };
  const start = Float64Array.of(0, 0.25, 0, 0.75, 0);
  const model = { states: 5, actions: 1, start, maxSteps: 1, outcomes: () => [begin] };
  const n = 20_000;
  const states = tabularWorld('beginnings', model, n).reset(1);
  const share = states.filter((state) => state === 2).length / n;
  expect(new Set(states)).toEqual(new Set([2, 4]));
  expect(Math.abs(share - 0.25)).toBeLessThan(5 * Math.sqrt(0.1875 / n));
});

test('an end of its own at the very limit is not a cut', () => {
  const world = frozenLakeV1.create(1, { map: 'SG', slippery: false, maxSteps: 1 });
  world.reset(1);
  expect(world.step(Int32Array.of(2))).toMatchObject({
    terminated: Uint8Array.of(1),
    truncated: Uint8Array.of(0),
  });
  expect(world.step(Int32Array.of(0))).toMatchObject({
    terminated: Uint8Array.of(0),
    truncated: Uint8Array.of(1),
  });
});

test.each(['9x9', 'SF,F', 'SFX,FFG', 'FFG', 'SFF', ''])('the map "%s" is refused in a sentence', (map) => {
  expect(() => frozenLakeV1.create(1, { map })).toThrow(/setting "map" is .* accepted: 4x4, 8x8, or rows/);
});

test('actions that are not actions are refused', () => {
  const world = taxiV3.create(2);
  world.reset(1);
  expect(() => world.step(Int32Array.of(0))).toThrow('1 actions were given where 2 are needed');
  expect(() => world.step(Int32Array.of(0, 6))).toThrow('action 6 of world 1 is not one of 0 .. 5');
});
