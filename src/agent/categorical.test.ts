import { expect, test } from 'vitest';
import { observationSpec, rng } from '../core/index.ts';
import { categoricalPolicy } from './categorical.ts';

const observation = observationSpec([{ name: 'x', kind: 'real', size: 1 }]);
const action = {
  kind: 'parts',
  parts: [
    { name: 'offer', n: 3 },
    { name: 'channel', n: 2 },
  ],
} as const;
const logits = [0, Math.log(2), Math.log(5), Math.log(3), 0];
const policy = categoricalPolicy(observation, action, async (_, n) =>
  Float32Array.from({ length: n * 5 }, (_x, i) => logits[i % 5]!),
);
const scores = await policy.evaluate(new Float32Array(2), 2);
const chance = (offer: number, channel: number, mask?: Uint8Array): number[] =>
  [...policy.logProb(scores, 1, Int32Array.of(offer, channel), mask)].map(Math.exp);

test('each part is drawn from its own softmax', () => {
  expect(chance(2, 0)[0]).toBeCloseTo(5 / 8, 6);
  expect(chance(2, 0)[1]).toBeCloseTo(3 / 4, 6);
  expect([...policy.greedy(scores, 1)]).toEqual([2, 0]);
  const counts = new Float64Array(6);
  const stream = rng(1);
  const draws = 12_000;
  for (let i = 0; i < draws; i++) {
    const { action: drawn, logProbs, explored } = policy.sample(scores, 1, stream);
    counts[drawn[0]! * 2 + drawn[1]!]!++;
    expect([...logProbs]).toEqual([...policy.logProb(scores, 1, drawn)]);
    expect([...explored]).toEqual([drawn[0] === 2 ? 0 : 1, drawn[1] === 0 ? 0 : 1]);
  }
  for (let offer = 0; offer < 3; offer++)
    for (let channel = 0; channel < 2; channel++) {
      const [a, b] = chance(offer, channel) as [number, number];
      expect(Math.abs(counts[offer * 2 + channel]! / draws - a * b)).toBeLessThan(0.02);
    }
});

test('a mask takes its part of a choice away before the softmax', () => {
  const mask = Uint8Array.of(1, 1, 0, 0, 1);
  expect(chance(1, 1, mask)[0]).toBeCloseTo(2 / 3, 6);
  expect(chance(1, 1, mask)[1]).toBeCloseTo(1, 6);
  expect(chance(2, 0, mask)).toEqual([0, 0]);
  expect([...policy.greedy(scores, 1, mask)]).toEqual([1, 1]);
  const stream = rng(2);
  for (let i = 0; i < 200; i++) {
    const { action: drawn } = policy.sample(scores, 0, stream, mask);
    expect(drawn[0]).not.toBe(2);
    expect(drawn[1]).toBe(1);
  }
  expect(() => policy.greedy(scores, 0, Uint8Array.of(1, 1, 1, 0, 0))).toThrow('every choice is forbidden');
});

test('what is not made of choices is refused', () => {
  expect(() =>
    categoricalPolicy(observation, { kind: 'slate', k: 2, n: 5 }, async () => new Float32Array(5)),
  ).toThrow('it cannot choose actions of kind "slate"');
});
