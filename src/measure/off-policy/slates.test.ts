import { expect, test } from 'vitest';
import { rng } from '../../core/index.ts';
import { interactionIndependent } from './interaction-independent.ts';
import { judgeSlates, judgeWeighedSlates } from './judge-slates.ts';
import {
  actions,
  everySlate,
  independent,
  logging,
  reading,
  shown,
  slots,
  target,
  truth,
} from './made-up-slates.suite.ts';
import { oneChoice } from './one-choice.ts';
import {
  fixedSlate,
  independentSlots,
  pseudoInverse,
  rankingWeight,
  slateWeight,
  uniformRanking,
} from './pseudo-inverse.ts';
import { rewardInteraction } from './reward-interaction.ts';

test('rewards that depend on their slot alone: all three find the truth, the mean of the log does not', () => {
  const { rows, slates, totals, naive } = shown(rng('slots'), 40_000, independent);
  const value = truth(target, independent);
  const weight = slateWeight(independentSlots(slots, logging), independentSlots(slots, target));
  for (const estimate of [
    interactionIndependent(rows),
    rewardInteraction(rows),
    rewardInteraction(rows, { normalise: false }),
    pseudoInverse(totals, slates, weight),
  ])
    expect(Math.abs(estimate - value)).toBeLessThan(0.15);
  expect(Math.abs(naive - value)).toBeGreaterThan(0.3);
});

test('rewards that depend on what stands above: only reward interaction finds the truth', () => {
  const { rows } = shown(rng('reading'), 40_000, reading);
  const value = truth(target, reading);
  expect(Math.abs(rewardInteraction(rows) - value)).toBeLessThan(0.15);
  expect(Math.abs(rewardInteraction(rows, { normalise: false }) - value)).toBeLessThan(0.25);
  expect(Math.abs(interactionIndependent(rows) - value)).toBeGreaterThan(0.3);
});

test('normalising lowers the error of reward interaction over 20 seeds', () => {
  const value = truth(target, reading);
  let plain = 0;
  let normalised = 0;
  for (let seed = 0; seed < 20; seed++) {
    const { rows } = shown(rng(`normalise ${seed}`), 500, reading);
    plain += (rewardInteraction(rows, { normalise: false }) - value) ** 2;
    normalised += (rewardInteraction(rows) - value) ** 2;
  }
  expect(normalised).toBeLessThan(plain);
});

test('for slots filled each on its own the pseudo-inverse weighs by the sum of ratios less slots - 1', () => {
  const weight = slateWeight(independentSlots(slots, logging), independentSlots(slots, target));
  for (const { slate } of everySlate()) {
    const ratios = slate.map(
      (action, slot) => target[slot * actions + action]! / logging[slot * actions + action]!,
    );
    expect(weight(slate)).toBeCloseTo(ratios.reduce((a, b) => a + b, 0) - (slots - 1), 9);
  }
});

test('rankings without repetition: exactly unbiased for any sum of slots, from the slate reward alone', () => {
  const ranking = [2, 0, 3];
  const weight = slateWeight(uniformRanking(slots, actions), fixedSlate(ranking, actions));
  const all = everySlate()
    .map(({ slate }) => slate)
    .filter((slate) => new Set(slate).size === slots);
  const total = (slate: readonly number[]): number =>
    slate.reduce((sum, _, slot) => sum + independent(slate, slot), 0);
  expect(all.length).toBe(24);
  expect(pseudoInverse(Float64Array.from(all, total), Int32Array.from(all.flat()), weight)).toBeCloseTo(
    total(ranking),
    9,
  );
});

test.each([
  [[2, 0, 3], 4],
  [[1, 4], 7],
  [[3], 5],
  [[0, 1, 2], 4],
])('of a fixed ranking %j out of %i actions the weights are those of the pseudo-inverse', (aimed, n) => {
  const weight = slateWeight(uniformRanking(aimed.length, n), fixedSlate(aimed, n));
  const orders = (length: number): number[][] =>
    length === 0
      ? [[]]
      : orders(length - 1).flatMap((head) =>
          Array.from({ length: n }, (_, a) => [...head, a]).filter((slate) => !head.includes(slate.at(-1)!)),
        );
  for (const slate of orders(aimed.length))
    expect(rankingWeight(aimed, slate, n)).toBeCloseTo(weight(slate), 9);
  expect(() => rankingWeight(aimed, aimed, aimed.length)).toThrow('there must be more');
});

test('of shoppers who answer to one slot at most, odds find the truth; shares added up are above it', () => {
  const attracts = [3, 2, 0.2, 0.1, 0.1, 0.1];
  const n = 60_000;
  const chance = rng('one choice');
  const rows = { n, slots: 2, reward: new Float64Array(2 * n), weight: new Float64Array(2 * n) };
  for (let i = 0; i < n; i++) {
    const first = chance.int(6);
    const slate = [first, (first + 1 + chance.int(5)) % 6];
    const [a, b] = slate.map((action) => attracts[action]!) as [number, number];
    const luck = (1 + a + b) * chance.float();
    if (luck < a + b) rows.reward[2 * i + (luck < a ? 0 : 1)] = 1;
    slate.forEach((action, slot) => {
      rows.weight[2 * i + slot] = action === slot ? 6 : 0;
    });
  }
  expect(Math.abs(oneChoice(rows) - 5 / 6)).toBeLessThan(0.01);
  expect(interactionIndependent(rows)).toBeGreaterThan(1);
  // Judged like the others: an interval, refused by its weights, and left out where a slate is answered to twice.
  const weights = { single: rows.weight, given: rows.weight, whole: new Float64Array(n).fill(1) };
  const judge = (slates: number, reward = rows.reward) =>
    judgeWeighedSlates({ n: slates, slots: 2, reward: reward.slice(0, 2 * slates) }, weightsTo(slates), {
      rng: rng(1),
      resamples: 20,
    }).estimates.find(({ name }) => name === 'odds');
  const weightsTo = (slates: number) => ({
    single: weights.single.slice(0, 2 * slates),
    given: weights.given.slice(0, 2 * slates),
    whole: weights.whole.slice(0, slates),
  });
  const odds = judge(6000)!;
  expect(odds.verdict).toBe('better');
  expect([odds.low < 5 / 6, odds.high > 5 / 6]).toEqual([true, true]);
  expect(judge(300)).toMatchObject({
    verdict: 'refused',
    reason: expect.stringContaining('effective sample size'),
  });
  expect(judge(300, new Float64Array(2 * n).fill(1))).toBeUndefined();
  // Nothing answered, and nothing but answers.
  const none = { n: 1, slots: 1, reward: Float64Array.of(0), weight: Float64Array.of(1) };
  expect(oneChoice(none)).toBe(0);
  expect(oneChoice({ ...none, reward: Float64Array.of(1) })).toBe(1);
  expect(oneChoice({ ...none, n: 0, reward: new Float64Array(0), weight: new Float64Array(0) })).toBe(0);
});

test('targets that look at the shopper are judged by their weights as fixed ones are', () => {
  const chance = rng('weighed');
  const action = Int32Array.from({ length: 4000 }, (_, k) => (k % 2 === 0 ? chance.int(3) : 0));
  for (let k = 0; k < 4000; k += 2) action[k + 1] = (action[k]! + 1 + chance.int(2)) % 3;
  const reward = Float64Array.from({ length: 4000 }, (_, k) => Number(action[k] === k % 2));
  const log = { n: 2000, slots: 2, reward };
  const fixed = { actions: ['a', 'b', 'c'], probabilities: Float64Array.of(1, 0, 0, 0, 1, 0) };
  const ranking = { ...log, logging: 'ranking' as const, actions: fixed.actions, action, propensity: reward };
  const hits = reward.map((hit, k) => hit * (k % 2 === 0 ? 3 : 2));
  const weights = {
    single: reward.map((hit) => 3 * hit),
    given: hits,
    whole: Float64Array.from({ length: 2000 }, (_, i) => rankingWeight([0, 1], action.subarray(2 * i), 3)),
  };
  const settings = () => ({ rng: rng(1), resamples: 20 });
  const [weighed, judged] = [
    judgeWeighedSlates(log, weights, settings()),
    judgeSlates(ranking, fixed, settings()),
  ];
  weighed.estimates.forEach(({ value, low, verdict }, e) => {
    expect(value).toBeCloseTo(judged.estimates[e]!.value, 9);
    expect(low).toBeCloseTo(judged.estimates[e]!.low, 9);
    expect(verdict).toBe(judged.estimates[e]!.verdict);
  });
});

test('a target that shows what the log cannot is refused', () => {
  const never = Float64Array.of(0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0);
  expect(() => slateWeight(independentSlots(slots, never), independentSlots(slots, target))).toThrow(
    'never shows them',
  );
});
