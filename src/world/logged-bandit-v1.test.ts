import { describe, expect, test } from 'vitest';
import { observationSpec, rng } from '../core/index.ts';
import { campaignV1 } from './campaign-v1/index.ts';
import { loggedBandit, loggedBanditV1 } from './logged-bandit-v1.ts';
import { worldSuite } from './world.suite.ts';

const stream = rng('logged rows');
const n = 500;
const odds = [0.2, 0.8];
const action = Int32Array.from({ length: n }, () => (stream.float() < odds[0]! ? 0 : 1));
const log = {
  observation: observationSpec([
    { name: 'recency', kind: 'real', size: 1, low: 0, high: 1 },
    { name: 'zip_code', kind: 'index', size: 1, n: 2 },
  ]),
  vocabulary: { zip_code: ['Rural', 'Urban'] },
  actions: ['mail', 'none'],
  observations: Float32Array.from({ length: 2 * n }, (_, i) => (i % 2 ? 1 + stream.int(2) : stream.float())),
  action,
  propensity: Float64Array.from(action, (a) => odds[a]!),
  reward: Float64Array.from(action, (a) => (a === 0 ? 1 : 0.25)),
};
worldSuite(loggedBanditV1, { options: { log } });

test('the mean reward of a policy is its importance-weighted estimate on the rows', () => {
  const world = loggedBandit(log).create(4000);
  world.reset(1);
  for (const choice of [0, 1]) {
    let weighted = 0;
    for (let i = 0; i < n; i++)
      if (log.action[i] === choice) weighted += log.reward[i]! / log.propensity[i]! / n;
    let mean = 0;
    for (let step = 0; step < 10; step++)
      for (const reward of world.step(new Int32Array(4000).fill(choice)).rewards) mean += reward / 40_000;
    expect(mean).toBeCloseTo(weighted, 1);
  }
});

const masks = Uint8Array.from({ length: 2 * n }, (_, i) => (i % 2 === action[i >> 1] || i % 6 < 2 ? 1 : 0));
describe('with rules', () => worldSuite(loggedBanditV1, { options: { log: { ...log, masks } } }));

test('a choice is one of those the rules allowed in its row', () => {
  const open = loggedBandit({ ...log, masks }).create(1);
  const seen = new Map(
    Array.from({ length: n }, (_, row) => [String(log.observations.subarray(2 * row, 2 * row + 2)), row]),
  );
  let shown = open.reset(1);
  for (let i = 0; i < 50; i++) {
    const row = seen.get(String(shown))!;
    expect([...open.masks!()]).toEqual([...masks.subarray(2 * row, 2 * row + 2)]);
    shown = open.step(Int32Array.of(action[row]!)).observations;
  }
  expect(loggedBandit(log).create(1).masks).toBeUndefined();
});

test('says what the columns say and no more; without rows it is refused', () => {
  const { words } = loggedBandit(log);
  expect(words!.action(1)).toBe('none');
  expect(words!.features.zip_code!.label).toBe('zip code');
  expect(words!.features.zip_code!.value(Float32Array.of(2))).toBe('Urban');
  expect(words!.features.zip_code!.value(Float32Array.of(0))).toBe('unknown');
  expect(words!.features.recency!.clause({ recency: Float32Array.of(0.5) })).toBe('has "recency": 0.5');
  expect(() => loggedBanditV1.create(1)).toThrow('needs the rows of a log');
});

test('a column of 0 and 1 alone is a yes or a no; a log with the features of campaign-v1 is said as there', () => {
  const observation = observationSpec([{ name: 'newbie', kind: 'real', size: 1 }]);
  const about = (...values: number[]) =>
    loggedBandit({ ...log, vocabulary: {}, observation, observations: Float32Array.from(values) }).words!
      .features.newbie!;
  expect(about(0, 1, 1)).toMatchObject({ flag: true });
  expect(about(0, 1, 1).clause({ newbie: Float32Array.of(1) })).toBe('is marked "newbie"');
  for (const values of [
    [0, 1, 2],
    [0, 0],
    [0, 1, 0.5],
  ])
    expect(about(...values).flag).toBeUndefined();
  const shoppers = campaignV1.create(3);
  const own = { observation: shoppers.observation, observations: shoppers.reset(1), vocabulary: {} };
  expect(loggedBandit({ ...log, ...own }).words!.features).toEqual(campaignV1.words!.features);
});
