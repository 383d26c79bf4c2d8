import { expect, test } from 'vitest';
import { type Rng, rng } from '../../core/index.ts';
import { shopV1 } from './shop-v1.ts';

/** Fills every slate with allowed items at random. */
function randomSlates(masks: Uint8Array, n: number, items: number, k: number, chance: Rng): Int32Array {
  const actions = new Int32Array(n * k);
  for (let w = 0; w < n; w++) {
    const open = masks.slice(w * items, (w + 1) * items);
    for (let j = 0; j < k; j++) {
      let item = chance.int(items);
      while (!open[item]) item = chance.int(items);
      open[item] = 0;
      actions[w * k + j] = item;
    }
  }
  return actions;
}

function play(seed: number, steps: number, options: Record<string, unknown> = {}) {
  const n = 8;
  const world = shopV1.create(n, { items: 40, categories: 5, slate: 3, ...options });
  const chance = rng(seed);
  const rows: number[][] = [Array.from(world.reset(seed))];
  let ends = 0;
  for (let s = 0; s < steps; s++) {
    const step = world.step(randomSlates(world.masks(), n, 40, 3, chance));
    rows.push([...step.observations, ...step.rewards, ...step.terminated, ...step.truncated]);
    for (let w = 0; w < n; w++) ends += step.terminated[w]! + step.truncated[w]!;
  }
  return { rows, ends, world };
}

test('same seed and actions, same rollout; another seed, another', () => {
  expect(play(3, 200).rows).toEqual(play(3, 200).rows);
  expect(play(3, 50).rows).not.toEqual(play(4, 50).rows);
});

test('lives end, by leaving and by the limit', () => {
  const seen = { terminated: 0, truncated: 0 };
  const { world } = play(1, 1, { visits: 3 });
  const chance = rng(9);
  for (let s = 0; s < 400; s++) {
    const { terminated, truncated } = world.step(randomSlates(world.masks(), 8, 40, 3, chance));
    for (let w = 0; w < 8; w++) {
      expect(terminated[w]! + truncated[w]!).toBeLessThan(2);
      seen.terminated += terminated[w]!;
      seen.truncated += truncated[w]!;
    }
  }
  expect(seen.terminated).toBeGreaterThan(10);
  expect(seen.truncated).toBeGreaterThan(10);
});

test('what was shown rests for two slates, and nothing forbidden or empty is ever clicked', () => {
  const world = shopV1.create(1, { items: 40, categories: 5, slate: 3 });
  world.reset(5);
  for (let s = 0; s < 300; s++) {
    const mask = world.masks().slice();
    const forbidden = mask.indexOf(0);
    world.step(Int32Array.of(-1, forbidden, mask.lastIndexOf(1)));
    expect([-1, 2]).toContain(world.info()[0]!.chosen);
  }
});

test('events come in order, and the text of a review only on request', () => {
  const { world } = play(1, 1);
  const chance = rng(2);
  let reviews = 0;
  for (let s = 0; s < 1500; s++) {
    world.step(randomSlates(world.masks(), 8, 40, 3, chance));
    const plain = world.info();
    world.info({ texts: true }).forEach(({ chosen, events }, w) => {
      expect(chosen >= 0).toBe(events.some((event) => event.type === 'click'));
      expect(plain[w]!.events.every((event) => event.text === undefined)).toBe(true);
      for (const event of events) {
        if (event.type !== 'review') continue;
        reviews++;
        expect(event.text?.length).toBeGreaterThan(5);
        expect(event.value).toBeGreaterThanOrEqual(1);
      }
    });
  }
  expect(reviews).toBeGreaterThan(5);
});

test('settings that cannot be are refused in one sentence', () => {
  expect(() => shopV1.create(1, { items: 3, slate: 5 })).toThrow(/at least as many items/);
  expect(() => shopV1.create(1, { colour: 'red' })).toThrow(/unknown setting "colour"/);
});
