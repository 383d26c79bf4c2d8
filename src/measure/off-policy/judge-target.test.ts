import { expect, test } from 'vitest';
import { type Rng, rng } from '../../core/index.ts';
import { type BanditLog, uniformTarget } from './bandit-log.ts';
import { judgeTarget } from './judge-target.ts';
import { madeUpLog } from './made-up-log.suite.ts';
import { valueBounds } from './value-bounds.ts';
import { eachItsOwn } from './whose-rows.ts';

const verdicts = (judged: ReturnType<typeof judgeTarget>): Record<string, string> =>
  Object.fromEntries(judged.estimates.map(({ name, verdict }) => [name, verdict]));
const every = (verdict: string): Record<string, string> => ({
  ipw: verdict,
  snipw: verdict,
  dm: verdict,
  dr: verdict,
  'switch-dr': verdict,
});

test('a better, a worse and an equal policy are told apart; against another target too', () => {
  const { log, target, logged } = madeUpLog(rng('judge'), 1500);
  const settings = { rng: rng(1), resamples: 150, penalty: 1 };
  const better = judgeTarget(log, target, settings);
  expect(verdicts(better)).toEqual(every('better'));
  expect(better.estimates[0]).toMatchObject({ needed: '', reason: expect.stringContaining('above 0') });
  expect(verdicts(judgeTarget(log, logged, { ...settings, against: target }))).toEqual(every('worse'));
  const same = judgeTarget(log, logged, settings);
  expect(verdicts(same)).toEqual(every('not distinguishable'));
  expect(
    same.estimates.map(
      ({ difference }) => Object.is(difference.value, 0) || Math.abs(difference.value) > 1e-9,
    ),
  ).not.toContain(false);
  expect(same.weights).toMatchObject({ ess: expect.closeTo(1500), mean: expect.closeTo(1) });
});

test('the interval holds the truth about 95 times in 100, for every estimator whose model can be right', () => {
  const runs = 60;
  const held = new Map<string, number>();
  for (let run = 0; run < runs; run++) {
    const { log, target, value } = madeUpLog(rng(`cover ${run}`), 400);
    for (const { name, low, high } of judgeTarget(log, target, { rng: rng(run), resamples: 150, penalty: 1 })
      .estimates)
      if (low <= value && value <= high) held.set(name, (held.get(name) ?? 0) + 1);
  }
  // Chance leaves at least 51 of 60 where each holds with .95, but once in a thousand.
  for (const [name, times] of held) expect(times, name).toBeGreaterThanOrEqual(51);
  expect(held.size).toBe(5);
});

test('the same seed gives the same figures, another one other intervals', () => {
  const { log, target } = madeUpLog(rng('seed'), 500);
  const judge = (seed: number) => judgeTarget(log, target, { rng: rng(seed), resamples: 50 });
  expect(judge(1)).toEqual(judge(1));
  expect(judge(2).estimates[0]!.low).not.toBe(judge(1).estimates[0]!.low);
  expect(judge(2).estimates[0]!.value).toBe(judge(1).estimates[0]!.value);
});

test('rounded propensities do not make a difference', () => {
  const { log } = madeUpLog(rng('thirds'), 1500, { choices: 3, bias: 0 });
  const rounded = { ...log, propensity: new Float64Array(log.n).fill(0.333) };
  expect(verdicts(judgeTarget(rounded, uniformTarget(log), { rng: rng(1), resamples: 100 }))).toEqual(
    every('not distinguishable'),
  );
});

test('a log that cannot carry a verdict gives none, and says what could', () => {
  const { log, target } = madeUpLog(rng('refuse'), 300);
  const judge = (of: typeof log, to: typeof target) => judgeTarget(of, to, { rng: rng(1), resamples: 20 });
  const onlyRow = { ...log, propensity: log.propensity.map((p, i) => (i === 0 ? 1e-4 : p)) };
  const few = judge(onlyRow, target);
  expect(verdicts(few)).toEqual(every('refused'));
  expect(few.refusal).toMatchObject({
    reason: expect.stringMatching(/the effective sample size is 1(\.\d)? of 300 rows, at least 100/),
    needed: expect.stringMatching(/about \d+,000 rows like these/),
  });
  const off = judge({ ...log, propensity: log.propensity.map((p) => p / 2) }, target);
  expect(off.refusal!.reason).toMatch(/the mean weight is 2\.\d+, \d+\.\d standard errors from 1/);
  const quiet = { ...log, reward: log.reward.map((_, i) => (i < 3 ? 1 : 0)) };
  expect(judge(quiet, target).refusal!.reason).toContain('only 3 of the rows');
  const unlogged = {
    ...target,
    actions: [...log.actions, 'new'],
    probabilities: Float64Array.from({ length: 15 }, (_, i) => (i % 5 === 4 ? 1 : 0)),
  };
  expect(judge(log, unlogged).refusal!.reason).toBe(
    "100.0 % of the target's choices are actions the log never shows (new)",
  );
  // A bound is kept where rows are only few; where the log is of something else there is none.
  expect(few.estimates[0]!.bounds).toBeDefined();
  for (const refused of [off, judge(log, unlogged)]) expect(refused.estimates[0]!.bounds).toBeUndefined();
  const compared = judgeTarget(log, target, { rng: rng(1), resamples: 20, against: unlogged });
  expect(compared.refusal!.reason).toContain('for the policy compared with: 100.0 %');
});

test('the bounds hold whatever the distribution, from any least outcome: more often than they promise', () => {
  let held = 0;
  let heldBelow = 0;
  const runs = 200;
  for (let run = 0; run < runs; run++) {
    const stream = rng(`bounds ${run}`);
    const n = 400;
    // A weight of 10 in a twentieth of the rows, else 10 / 19: mean 1; the truth is .2.
    const weight = Float64Array.from({ length: n }, () => (stream.float() < 0.05 ? 10 : 10 / 19));
    const reward = Float64Array.from({ length: n }, () => (stream.float() < 0.2 ? 1 : 0));
    const rows = { n, weight, reward, predicted: weight, expected: weight };
    const settings = { confidence: 0.95, clip: 5 };
    const { low, high } = valueBounds(rows, eachItsOwn(n, 'rows'), settings)!;
    if (low <= 0.2 && 0.2 <= high) held++;
    expect(low).toBeGreaterThanOrEqual(0);
    expect(high).toBeLessThanOrEqual(1);
    const lower = { ...rows, reward: reward.map((r) => r - 1) };
    const below = valueBounds(lower, eachItsOwn(n, 'rows'), settings)!;
    if (below.low <= -0.8 && -0.8 <= below.high) heldBelow++;
    expect(below).toEqual({
      low: expect.closeTo(low - 1, 12),
      high: expect.closeTo(high - 1, 12),
      least: -1,
    });
  }
  expect(held).toBeGreaterThanOrEqual(0.95 * runs);
  expect(heldBelow).toBe(held);
});

test('what is stated to be possible makes the bounds wider, and must not be less than what was seen', () => {
  const weight = Float64Array.from({ length: 200 }, (_, i) => (i % 2 ? 1.5 : 0.5));
  const reward = Float64Array.from({ length: 200 }, (_, i) => (i % 4 < 2 ? 0.5 : 0));
  const rows = { n: 200, weight, reward, predicted: weight, expected: weight };
  const boundsOf = (stated: object) =>
    valueBounds(rows, eachItsOwn(200, 'rows'), { confidence: 0.95, clip: 10, ...stated })!;
  const seen = boundsOf({});
  for (const stated of [{ mostWeight: 2, mostReward: 1 }, { leastReward: -1 }]) {
    expect(boundsOf(stated).high).toBeGreaterThan(seen.high);
    expect(boundsOf(stated).low).toBeLessThanOrEqual(seen.low);
  }
  for (const stated of [{ mostWeight: 1 }, { mostReward: 0.4 }, { leastReward: 0.1 }])
    expect(() => boundsOf(stated)).toThrow('more than what was said');
});

/** Two actions by lot, alike on average; who gains by one loses by the other, in every row. The truth of both is .5. */
function torn(stream: Rng, shoppers: number, rowsOf: (stream: Rng) => number) {
  const shopper: number[] = [];
  const gains: boolean[] = [];
  for (let i = 0; i < shoppers; i++) {
    const gain = stream.float() < 0.5;
    for (let k = rowsOf(stream); k > 0; k--) {
      shopper.push(i);
      gains.push(gain);
    }
  }
  const n = shopper.length;
  const action = Int32Array.from({ length: n }, () => stream.int(2));
  const log = {
    n,
    actions: ['a', 'b'],
    action,
    propensity: new Float64Array(n).fill(0.5),
    reward: Float64Array.from(action, (a, i) =>
      stream.float() < (gains[i] === (a === 0) ? 0.9 : 0.1) ? 1 : 0,
    ),
    positions: [''],
    position: new Int32Array(n),
    features: new Float64Array(0),
    width: 0,
    shopper: Int32Array.from(shopper),
  };
  const target = { actions: log.actions, probabilities: Float64Array.of(1, 0), context: new Int32Array(n) };
  return { log, target };
}

test('shoppers in many rows are drawn and counted whole: where nothing differs, hardly any interval says so, and the bounds hold', () => {
  const runs = 40;
  const told = { whole: 0, apart: 0 };
  let held = 0;
  for (let run = 0; run < runs; run++) {
    const { log, target } = torn(rng(`torn ${run}`), 180, (stream) => 4 + stream.int(17));
    const says = (of: BanditLog) => {
      const { shoppers, estimates } = judgeTarget(of, target, { rng: rng(run), resamples: 150 });
      const { bounds, difference } = estimates[0]!;
      return { shoppers, bounds: bounds!, differs: difference.low > 0 || difference.high < 0 };
    };
    const { shoppers, bounds, differs } = says(log);
    expect(shoppers).toBe(180);
    if (differs) told.whole++;
    if (bounds.low <= 0.5 && 0.5 <= bounds.high) held++;
    const { shopper: _, ...apart } = log;
    if (says(apart).differs) told.apart++;
  }
  expect(told.whole, 'two of forty are chance').toBeLessThanOrEqual(6);
  expect(told.apart, 'drawn by rows').toBeGreaterThanOrEqual(12);
  expect(held).toBe(runs);
});

test('sixty shoppers are sixty, however many rows they have', () => {
  const { log, target } = torn(rng('sixty'), 60, () => 50);
  const judged = judgeTarget(log, target, { rng: rng(1), resamples: 20 });
  expect(judged.weights.ess).toBeLessThanOrEqual(60);
  expect(judged.refusal).toMatchObject({
    reason: expect.stringMatching(/^the effective sample size is 59(\.\d)? of 60 shoppers, at least 100/),
    needed: expect.stringContaining('shoppers like these'),
  });
  const once = { ...log, reward: log.reward.map((r, i) => (log.shopper[i]! < 3 ? r : 0)) };
  expect(judgeTarget(once, target, { rng: rng(1), resamples: 20 }).refusal!.reason).toContain(
    'only 3 of the shoppers brought an outcome',
  );
});

test('shoppers who stand in one row each change no figure, whatever their numbers', () => {
  const { log, target } = madeUpLog(rng('once'), 400);
  const judge = (of: BanditLog) => judgeTarget(of, target, { rng: rng(1), resamples: 50 });
  expect(judge({ ...log, shopper: Int32Array.from(log.action, (_, i) => 900 - 2 * i) })).toEqual(judge(log));
});

test('of sound logs with many rows hardly any is refused for its mean weight; one with propensities 3 % too small is', () => {
  let refused = 0;
  for (let run = 0; run < 200; run++) {
    const { log, target } = madeUpLog(rng(`sound ${run}`), 4000, { bias: 0 });
    if (judgeTarget(log, target, { rng: rng(1), resamples: 0 }).refusal) refused++;
  }
  // At two standard errors about 9 of 200 would be.
  expect(refused).toBeLessThanOrEqual(3);
  const { log, target } = madeUpLog(rng('wrong'), 40_000, { bias: 0 });
  const wrong = { ...log, propensity: log.propensity.map((p) => 0.97 * p) };
  expect(judgeTarget(wrong, target, { rng: rng(1), resamples: 0 }).refusal!.reason).toContain(
    'the mean weight is 1.03',
  );
});
