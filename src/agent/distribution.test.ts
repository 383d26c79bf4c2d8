import { describe, expect, test } from 'vitest';
import { type ActionSpec, type Actions, observationSpec, rng } from '../core/index.ts';
import { distributionOf } from './distribution.ts';

const observation = observationSpec([{ name: 'x', kind: 'real', size: 1 }]);
const box: ActionSpec = { kind: 'box', size: 2, low: 0, high: 4 };
const parts: ActionSpec = {
  kind: 'parts',
  parts: [
    { name: 'one', n: 2 },
    { name: 'two', n: 3 },
  ],
};

/** Log-probability and entropy of one row, and their gradients by what the network says and by the log-deviations. */
function judge(
  action: ActionSpec,
  said: number[],
  taken: Actions,
  logDeviations: number[],
  mask?: Uint8Array,
) {
  const gradients = { logDeviations: new Float32Array(logDeviations.length) };
  const own = { logDeviations: Float32Array.from(logDeviations) };
  const judge = distributionOf(action, 1).judge(own, gradients);
  const back = (byLogProb: number, byEntropy: number) => {
    gradients.logDeviations.fill(0);
    const bySaid = new Float32Array(said.length);
    judge.back(byLogProb, byEntropy, bySaid, 0);
    return { bySaid: [...bySaid], byOwn: [...gradients.logDeviations] };
  };
  judge.judge(Float32Array.from(said), 0, taken, 0, mask);
  const { logProb, entropy } = judge;
  return { logProb, entropy, ofLogProb: back(1, 0), ofEntropy: back(0, 1), ofBoth: back(2, -3) };
}

describe.each([
  ['choices', parts, [0.3, -0.4, 1.2, -0.7, 0.1], Int32Array.of(1, 2), [], undefined],
  [
    'masked choices',
    parts,
    [0.3, -0.4, 1.2, -0.7, 0.1],
    Int32Array.of(1, 2),
    [],
    Uint8Array.of(1, 1, 0, 1, 1),
  ],
  ['numbers', box, [0.2, -0.4], Float32Array.of(3.1, -0.5), [-0.7, 0.3], undefined],
] as const)('%s', (_, action, said, taken, logs, mask) => {
  const found = judge(action, [...said], taken, [...logs], mask);
  /** (f(x + h) - f(x - h)) / 2h. */
  const slopes = (
    of: 'logProb' | 'entropy',
    at: readonly number[],
    put: (x: number[]) => [number[], number[]],
  ) =>
    at.map((_, i) => {
      const [high, low] = [0.01, -0.01].map((h) => {
        const [network, own] = put(at.map((x, k) => (k === i ? x + h : x)));
        return judge(action, network, taken, own, mask)[of];
      });
      return (high! - low!) / 0.02;
    });

  test.each(['logProb', 'entropy'] as const)('the gradient of %s is that of finite differences', (of) => {
    const { bySaid, byOwn } = of === 'logProb' ? found.ofLogProb : found.ofEntropy;
    slopes(of, said, (x) => [x, [...logs]]).forEach((slope, i) => {
      expect(bySaid[i]).toBeCloseTo(slope, 3);
    });
    slopes(of, logs, (x) => [[...said], x]).forEach((slope, i) => {
      expect(byOwn[i]).toBeCloseTo(slope, 3);
    });
  });

  test('gradients add up', () => {
    found.ofBoth.bySaid.forEach((slope, i) => {
      expect(slope).toBeCloseTo(2 * found.ofLogProb.bySaid[i]! - 3 * found.ofEntropy.bySaid[i]!, 5);
    });
    found.ofBoth.byOwn.forEach((slope, i) => {
      expect(slope).toBeCloseTo(2 * found.ofLogProb.byOwn[i]! - 3 * found.ofEntropy.byOwn[i]!, 5);
    });
  });
});

test('what is learned is the log-probability the policy acts by, masked too', async () => {
  const chance = rng(1);
  const said = Array.from({ length: 5 }, () => chance.normal());
  const policy = distributionOf(parts, 1).policy(observation, async () => Float32Array.from(said), {});
  const scores = await policy.evaluate(Float32Array.of(0), 1);
  for (const mask of [undefined, Uint8Array.of(1, 1, 0, 1, 1)]) {
    const { logProb } = judge(parts, said, Int32Array.of(0, 1), [], mask);
    expect(logProb).toBeCloseTo(
      policy.logProb(scores, 0, Int32Array.of(0, 1), mask).reduce((a, b) => a + b, 0),
      5,
    );
  }
});

test('numbers: what is learned is the density of what is drawn, in halves of the range', async () => {
  const [means, logDeviations] = [
    [0.2, -0.4],
    [-0.7, 0.3],
  ];
  const policy = distributionOf(box, 1).policy(observation, async () => Float32Array.from(means), {
    logDeviations: Float32Array.from(logDeviations),
  });
  const scores = await policy.evaluate(Float32Array.of(0), 1);
  expect([...policy.greedy(scores, 0)].map((x) => Math.round(100 * x))).toEqual([240, 120]);
  const action = Float32Array.of(3.1, -0.5);
  // A half of the range is 2, so a density over it is twice one over the numbers themselves.
  const drawn = policy.logProb(scores, 0, action).reduce((a, b) => a + b, 0);
  const { logProb, entropy } = judge(box, means, action, logDeviations);
  expect(logProb).toBeCloseTo(drawn + 2 * Math.log(2), 5);
  expect(entropy).toBeCloseTo(logDeviations[0]! + logDeviations[1]! + Math.log(2 * Math.PI) + 1, 5);
});

test('choices: each part has its own softmax', () => {
  const said = [0, Math.log(3), 0, 0, Math.log(2)];
  const found = judge(parts, said, Int32Array.of(1, 2), []);
  expect(found.logProb).toBeCloseTo(Math.log(0.75 * 0.5), 5);
  const entropy = (p: number[]): number => -p.reduce((all, x) => all + x * Math.log(x), 0);
  expect(found.entropy).toBeCloseTo(entropy([0.25, 0.75]) + entropy([0.25, 0.25, 0.5]), 5);
  expect(found.ofLogProb.bySaid.map((x) => Math.round(100 * x))).toEqual([-25, 25, -25, -25, 50]);
});
