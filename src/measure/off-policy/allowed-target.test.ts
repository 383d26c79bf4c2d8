import { expect, test } from 'vitest';
import { type Rng, rng } from '../../core/index.ts';
import { allowedTarget } from './allowed-target.ts';
import type { BanditLog, TargetPolicy } from './bandit-log.ts';
import { judgeTarget } from './judge-target.ts';

const worth = [0.2, 0.9, 0.5];

/** Of three actions the second is forbidden in half of the rows; the rest is drawn alike. */
function ruled(stream: Rng, n: number): BanditLog {
  const mask = new Uint8Array(3 * n).fill(1);
  const action = new Int32Array(n);
  const propensity = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    if (stream.float() < 0.5) mask[3 * i + 1] = 0;
    const open = [0, 1, 2].filter((a) => mask[3 * i + a]);
    action[i] = open[stream.int(open.length)]!;
    propensity[i] = 1 / open.length;
  }
  const actions = ['none', 'coupon', 'mail'];
  return {
    n,
    actions,
    action,
    propensity,
    reward: Float64Array.from(action, (a) => (stream.float() < worth[a]! ? 1 : 0)),
    positions: [''],
    position: new Int32Array(n),
    features: new Float64Array(0),
    width: 0,
    allowed: { actions, mask },
  };
}
const target: TargetPolicy = {
  actions: ['none', 'coupon', 'mail'],
  probabilities: Float64Array.of(0.1, 0.8, 0.1),
  context: new Int32Array(4000),
};

test('a target is judged as it would choose under the rules of each row', () => {
  const log = ruled(rng('rules'), 4000);
  const free = 0.1 * 0.2 + 0.8 * 0.9 + 0.1 * 0.5;
  const truth = 0.5 * free + 0.5 * (0.5 * 0.2 + 0.5 * 0.5);
  const judged = judgeTarget(log, target, { rng: rng(1), resamples: 200, penalty: 1 });
  expect(judged.weights.mean).toBeCloseTo(1, 1);
  expect(judged.refusal).toBeUndefined();
  for (const { name, low, high } of judged.estimates) {
    if (name === 'dm') continue;
    expect(low, name).toBeLessThan(truth);
    expect(high, name).toBeGreaterThan(truth);
    expect(high, `${name}: not as if all were free`).toBeLessThan(free);
  }
  expect(
    judgeTarget(log, target, { rng: rng(1), resamples: 20, against: target }).estimates[3]!.difference.value,
  ).toBe(0);
});

test('without rules nothing changes; what is left has probability 1', () => {
  const log = ruled(rng('rules'), 4000);
  const { allowed, ...free } = log;
  expect(allowedTarget(free, target)).toBe(target);
  const { probabilities, context, actions } = allowedTarget(log, target);
  expect(probabilities.length).toBe(2 * actions.length);
  for (let i = 0; i < log.n; i++) {
    const line = probabilities.subarray(3 * context[i]!, 3 * context[i]! + 3);
    expect(line.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
    expect(line[1] === 0).toBe(allowed!.mask[3 * i + 1] === 0);
  }
});

test('a target that would do nothing of what a row allowed is refused with that row', () => {
  const log = ruled(rng('rules'), 4000);
  const row = 1 + (log.allowed!.mask.indexOf(0) - 1) / 3;
  expect(() => allowedTarget(log, { ...target, probabilities: Float64Array.of(0, 1, 0) })).toThrow(
    `row ${row} of the log allowed none, mail, and the target gives these no probability`,
  );
});

test('choices at visits are told with the verdict, a few of them are not', () => {
  const log = ruled(rng('rules'), 4000);
  const cautionOf = (atVisits: number) =>
    judgeTarget({ ...log, atVisits }, target, { rng: rng(1), resamples: 10 }).caution;
  expect(cautionOf(300)).toBeUndefined();
  expect(cautionOf(3000)).toMatch(
    /^3000 of 4000 choices were made while the shopper was in the shop; .*no contact looks worse/,
  );
});
