import { expect, test } from 'vitest';
import { rng } from '../../core/index.ts';
import { interactionIndependent } from './interaction-independent.ts';
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
import {
  fixedSlate,
  independentSlots,
  pseudoInverse,
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

test('a target that shows what the log cannot is refused', () => {
  const never = Float64Array.of(0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0);
  expect(() => slateWeight(independentSlots(slots, never), independentSlots(slots, target))).toThrow(
    'never shows them',
  );
});
