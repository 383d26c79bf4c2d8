import { expect, test } from 'vitest';
import { rng } from '../../core/index.ts';
import { shopPageV1 } from './page-world.ts';
import { shopV1 } from './shop-v1.ts';

const size = { shop: 7, items: 40, categories: 4 };

/** Mean reward of a step over lives that begin anew, by a rule for content and layout; products are random. */
function rewardOf(
  rule: (w: number, world: ReturnType<typeof shopPageV1.create>) => [number, number],
): number {
  const n = 64;
  const world = shopPageV1.create(n, size);
  const stream = rng(5);
  world.reset(3);
  let [sum, steps] = [0, 0];
  for (let t = 0; t < 60; t++) {
    const actions = new Int32Array(n * 7);
    for (let w = 0; w < n; w++) {
      for (let slot = 0; slot < 5; slot++) actions[w * 7 + slot] = stream.int(40);
      actions.set(rule(w, world), w * 7 + 5);
    }
    for (const reward of world.step(actions).rewards) sum += reward;
    steps += n;
  }
  return sum / steps;
}

test('who is shown the content and layout they like answers more; nothing shown to everybody does as well', () => {
  const liked = rewardOf((w, { hidden }) => [hidden.habits[w]!, hidden.bestLayouts[w]!]);
  const constant = Array.from({ length: 12 }, (_, i) => rewardOf(() => [Math.floor(i / 3), i % 3]));
  expect(liked).toBeGreaterThan(1.2 * Math.max(...constant));
});

test('the best page by the truth is worth more than any other page with its products', () => {
  const world = shopPageV1.create(1, size);
  world.reset(1);
  const { action, worth } = world.hidden.best(0);
  expect([action[5], action[6]]).toEqual([world.hidden.habits[0], world.hidden.bestLayouts[0]]);
  expect(worth).toBeGreaterThan(0);
});

test('tells the device, and what of each content was shown and answered, and forgets it with the shopper', () => {
  const world = shopPageV1.create(1, { ...size, visits: 1 });
  const inner = shopV1.create(1, size).observation.size;
  const first = world.reset(1).slice(inner);
  expect([1, 2, 3]).toContain(first[0]);
  expect([...first.slice(5)]).toEqual([0, 0, 0, 0]);
  const { observations, terminated, truncated } = world.step(Int32Array.of(0, 1, 2, 3, 4, 2, 0));
  if (terminated[0] || truncated[0]) throw new Error('the life ended: take another seed');
  const shown = observations.slice(inner + 5);
  expect(shown[2]).toBeGreaterThan(0);
  expect([shown[0], shown[1], shown[3]]).toEqual([0, 0, 0]);
  for (let t = 0; t < 200; t++) {
    const step = world.step(Int32Array.of(0, 1, 2, 3, 4, 2, 0));
    if (!step.terminated[0] && !step.truncated[0]) continue;
    expect([...step.observations.slice(inner + 5)]).toEqual([0, 0, 0, 0]);
    expect(step.finalObservations[inner + 7]).toBeGreaterThan(0);
    return;
  }
  throw new Error('no life ended');
});
