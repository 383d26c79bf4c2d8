import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { acrobot, cartPole, mountainCar, worldNamed } from '../../src/world/index.ts';

/** The same state and action in, the same state, reward and end out as Gymnasium, step by step and along an episode. */
describe.each([cartPole, acrobot, mountainCar])('$id is the one of Gymnasium 1.2.3', (dynamics) => {
  const { stateSize: size } = dynamics;
  const [, ...steps] = readFileSync(
    join(import.meta.dirname, 'gymnasium-1.2.3', `${dynamics.id}.tsv`),
    'utf8',
  )
    .trim()
    .split('\n')
    .map((line) => line.split('\t').map(Number));
  const parts = (row: readonly number[]) => ({
    before: row.slice(0, size),
    action: row[size]!,
    after: row.slice(size + 1, 2 * size + 1),
    reward: row.at(-2)!,
    terminated: row.at(-1) === 1,
  });

  test('every recorded step', () => {
    expect(steps.length).toBeGreaterThan(150);
    let ends = 0;
    for (const row of steps) {
      const { before, action, after, reward, terminated } = parts(row);
      const state = Float64Array.from(before);
      expect(dynamics.step(state, 0, action)).toBe(terminated);
      expect(dynamics.reward(terminated)).toBe(reward);
      after.forEach((value, i) => {
        expect(Math.abs(state[i]! - value)).toBeLessThanOrEqual(1e-6);
      });
      ends += Number(terminated);
    }
    expect(ends).toBeGreaterThan(3);
  });

  test('the recorded episode from its first state on', () => {
    const state = Float64Array.from(parts(steps[0]!).before);
    for (const row of steps) {
      const { action, after, terminated } = parts(row);
      expect(dynamics.step(state, 0, action)).toBe(terminated);
      after.forEach((value, i) => {
        expect(Math.abs(state[i]! - value)).toBeLessThanOrEqual(1e-6);
      });
      if (terminated) return;
    }
    throw new Error('the record has no whole episode');
  });
});

test('a pole that is held up is cut off after 500 steps', () => {
  const world = worldNamed('cart-pole-v1').create(1);
  const seen = world.reset(1);
  for (let t = 1; t <= 500; t++) {
    const [x, speed, angle, spin] = seen;
    const { terminated, truncated } = world.step(
      Int32Array.of(angle! + 0.3 * spin! + 0.02 * x! + 0.05 * speed! > 0 ? 1 : 0),
    );
    expect([t, terminated[0], truncated[0]]).toEqual([t, 0, t === 500 ? 1 : 0]);
  }
});

test.each([
  ['acrobot-v1', 500],
  ['mountain-car-v0', 200],
] as const)('%s, pushed one way only, is cut off after %s steps', (id, limit) => {
  const world = worldNamed(id).create(1);
  world.reset(1);
  for (let t = 1; t <= limit; t++) {
    const { terminated, truncated } = world.step(Int32Array.of(2));
    expect([t, terminated[0], truncated[0]]).toEqual([t, 0, t === limit ? 1 : 0]);
  }
});
