import { expect, test } from 'vitest';
import type { Policy, TransitionAgent } from '../agent/index.ts';
import { worldNamed } from '../world/index.ts';
import { bestOnTheWay } from './keep-best.ts';

const world = worldNamed('bandit-v1').create(2);

/** Its greedy policy takes one arm, whatever it sees; saved it is that arm. */
function oneArmed(): { agent: TransitionAgent; take(arm: number): void } {
  let arm = 0;
  const policy = {
    evaluate: async () => ({}),
    greedy: () => [arm],
  } as unknown as Policy;
  const agent = { policy: () => policy, save: async () => Uint8Array.of(arm) } as unknown as TransitionAgent;
  return { agent, take: (which) => (arm = which) };
}

const plan = { looks: 4, episodes: 200, steps: 40, seed: 1 };

test('the best of what it looked at is kept, the later of equal ones, and what comes between looks is not seen', async () => {
  const { agent, take } = oneArmed();
  const seen: { arm: number; meanReturn: number }[] = [];
  for (const arm of [0, 1, 2]) {
    const alone = bestOnTheWay(agent, world, plan);
    take(arm);
    await alone.look(40);
    seen.push({ arm, meanReturn: alone.best()!.meanReturn });
  }
  const [low, , high] = seen.sort((a, b) => a.meanReturn - b.meanReturn) as [
    (typeof seen)[0],
    unknown,
    (typeof seen)[0],
  ];
  const watch = bestOnTheWay(agent, world, plan);
  for (const [step, arm] of [
    [9, high.arm],
    [10, low.arm],
    [20, high.arm],
    [30, high.arm],
    [33, low.arm],
    [40, low.arm],
  ] as const) {
    take(arm);
    await watch.look(step);
    if (step === 9) expect(watch.best()).toBeUndefined();
  }
  expect(watch.best()).toEqual({ ...watch.best(), step: 30, looks: 4, bytes: Uint8Array.of(high.arm) });
  expect(watch.best()!.meanReturn).toBe(high.meanReturn);
});

test('it goes on from what an earlier run had found', async () => {
  const { agent } = oneArmed();
  const found = { meanReturn: Infinity, step: 20, looks: 2, bytes: Uint8Array.of(9) };
  const watch = bestOnTheWay(agent, world, plan, found);
  await watch.look(21);
  expect(watch.best()).toBe(found);
  await watch.look(30);
  expect(watch.best()).toEqual({ ...found, looks: 3 });
});

test('a mean return that is no number is not the best', async () => {
  const { agent } = oneArmed();
  const watch = bestOnTheWay(agent, world, plan, {
    meanReturn: NaN,
    step: 10,
    looks: 1,
    bytes: Uint8Array.of(9),
  });
  await watch.look(20);
  expect(watch.best()!.step).toBe(20);
});
