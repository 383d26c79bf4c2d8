import { expect, test } from 'vitest';
import { campaignBench, campaignEnv } from '../../bench/campaign-env.ts';
import { checkWorld } from '../../src/world/index.ts';

/** What `python bench/peers/campaign_env.py` prints: seed 7, the action of step t is [t % 4, t % 5, t % 3]. */
test('the benchmark world is the one its peers learn in, number for number', () => {
  const env = campaignEnv();
  env.reset(7);
  expect([...Float32Array.from(env.state)]).toEqual([
    0.04934117570519447, 0.8557835817337036, 0.3609851598739624, 0.053106341511011124, 0.06878403574228287,
    0.9839370250701904, 0.9728050231933594, 0.5312507748603821, 0.45185762643814087, 0.5478394031524658,
  ]);
  const first: number[][] = [];
  let [sum, clicks, buys] = [0, 0, 0];
  for (let t = 0; t < 2000; t++) {
    const { reward, click, buy } = env.step(Int32Array.of(t % 4, t % 5, t % 3));
    sum += reward;
    clicks += click;
    buys += buy;
    if (t < 5) first.push([reward, click, buy, env.state[4]!, env.fatigue()]);
    if (t % 50 === 49) env.reset();
  }
  expect(first).toEqual([
    [0.3, 1, 0, 0.11534483439754695, 0.1],
    [0, 0, 0, 0.10957759267766959, 0.33],
    [0.25, 1, 0, 0.1540987130437861, 0.41400000000000003],
    [0.7250000000000001, 1, 1, 0.1963937773915968, 0.4312],
    [0.7000000000000001, 1, 1, 0.23657408852201695, 0.59496],
  ]);
  expect([sum, clicks, buys, env.chance()]).toEqual([207.22499999999994, 386, 222, 2636982157]);
});

test('it keeps the contract of a world', () => {
  expect(checkWorld((n) => campaignBench.create(n))).toEqual([]);
});
