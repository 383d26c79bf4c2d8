import { expect, test } from 'vitest';
import { type Rng, rng } from '../../core/index.ts';
import { interactionIndependent } from './interaction-independent.ts';
import {
  fixedSlate,
  independentSlots,
  pseudoInverse,
  slateWeight,
  uniformRanking,
} from './pseudo-inverse.ts';
import { rewardInteraction } from './reward-interaction.ts';

const slots = 3;
const actions = 4;
/** What an action is worth at a slot; the first also decides how much the others count (a shopper reading from the top). */
const worth = (slot: number, action: number): number => ((slot + 1) * (action + 2)) % 5;
const independent = (slate: readonly number[], slot: number): number => worth(slot, slate[slot]!);
const reading = (slate: readonly number[], slot: number): number =>
  slot === 0 ? worth(0, slate[0]!) : worth(slot, slate[slot]!) * (slate[slot - 1] === 0 ? 2 : 0.25);

/** Slots filled each on its own. */
const logging = Float64Array.of(0.4, 0.3, 0.2, 0.1, 0.1, 0.2, 0.3, 0.4, 0.25, 0.25, 0.25, 0.25);
const target = Float64Array.of(0.1, 0.2, 0.3, 0.4, 0.7, 0.1, 0.1, 0.1, 0.1, 0.4, 0.4, 0.1);

function everySlate(): { slate: number[]; probability: (policy: Float64Array) => number }[] {
  const found = [];
  for (let a = 0; a < actions; a++)
    for (let b = 0; b < actions; b++)
      for (let c = 0; c < actions; c++)
        found.push({
          slate: [a, b, c],
          probability: (policy: Float64Array) => policy[a]! * policy[actions + b]! * policy[2 * actions + c]!,
        });
  return found;
}
const truth = (policy: Float64Array, reward: typeof reading): number =>
  everySlate().reduce(
    (sum, { slate, probability }) =>
      sum + probability(policy) * [0, 1, 2].reduce((all, slot) => all + reward(slate, slot), 0),
    0,
  );

function shown(stream: Rng, n: number, reward: typeof reading) {
  const slates = new Int32Array(n * slots);
  const rows = { n, slots, reward: new Float64Array(n * slots), weight: new Float64Array(n * slots) };
  for (let i = 0; i < n; i++) {
    const slate = [0, 1, 2].map((slot) => {
      let u = stream.float();
      let action = 0;
      while (action < actions - 1 && u >= logging[slot * actions + action]!)
        u -= logging[slot * actions + action++]!;
      return action;
    });
    for (const [slot, action] of slate.entries()) {
      slates[i * slots + slot] = action;
      rows.weight[i * slots + slot] = target[slot * actions + action]! / logging[slot * actions + action]!;
      rows.reward[i * slots + slot] = reward(slate, slot) + 0.5 * stream.normal();
    }
  }
  const totals = Float64Array.from({ length: n }, (_, i) =>
    rows.reward.subarray(i * slots, (i + 1) * slots).reduce((a, b) => a + b, 0),
  );
  return { rows, slates, totals, naive: totals.reduce((a, b) => a + b / n, 0) };
}

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
