import { expect, test } from 'vitest';
import { rng } from '../core/index.ts';
import { thompson } from './thompson.ts';

/** The probabilities of the policy of arms with these beliefs. */
async function chances(
  beliefs: 'linear' | 'beta',
  rewards: readonly (readonly number[])[],
  mask?: Uint8Array,
) {
  const n = rewards.length;
  const observation = { parts: [{ name: 'one', kind: 'index', size: 1, n: 1 }], size: 1 } as const;
  const settings = { beliefs, noise: 0.5, ridge: 1, epsilon: 0, features: '', products: false };
  const agent = await thompson.create({ observation, action: { kind: 'choice', n }, rng: rng(1) }, settings);
  if (agent.consumes !== 'transitions') throw new Error('unreachable');
  const one = Float32Array.of(1);
  for (const [arm, list] of rewards.entries())
    for (const reward of list)
      await agent.learn({
        n: 1,
        observations: one,
        actions: Int32Array.of(arm),
        rewards: Float32Array.of(reward),
        nextObservations: one,
        discounts: Float32Array.of(0),
        terminated: Uint8Array.of(1),
        truncated: Uint8Array.of(0),
      });
  const policy = agent.policy();
  const scores = await policy.evaluate(one, 1);
  const said = rewards.map((_, arm) => Math.exp(policy.logProb(scores, 0, Int32Array.of(arm), mask)[0]!));
  return { said, means: scores.values, deviations: scores.deviations!.map((d) => 0.5 * d) };
}

/** How often each open arm is the best of as many independent draws. */
function shares(n: number, draw: (arm: number) => number, mask = new Uint8Array(n).fill(1)): number[] {
  const counts = new Float64Array(n);
  const rounds = 100_000;
  for (let i = 0; i < rounds; i++) {
    let [best, most] = [-1, -Infinity];
    for (let arm = 0; arm < n; arm++) {
      const value = mask[arm] ? draw(arm) : -Infinity;
      if (value > most) [best, most] = [arm, value];
    }
    counts[best]!++;
  }
  return [...counts.map((count) => count / rounds)];
}

const times = (n: number, value: number): number[] => new Array(n).fill(value);

test.each([
  ['alike', [[], [], [], []]],
  ['one is better', [times(20, 0.9), times(20, 0.5), times(3, 0.6), []]],
  [
    'two narrow ones near each other, and wide ones',
    [times(4000, 0.8), times(4000, 0.81), times(2, 0.1), []],
  ],
  ['negative rewards', [times(9, -1), times(3, -1.1), times(30, -0.9)]],
])('normal arms are chosen as often as they draw the largest: %s', async (_what, rewards) => {
  for (const mask of [undefined, Uint8Array.from(rewards, (_r, arm) => (arm === 0 ? 0 : 1))]) {
    const { said, means, deviations } = await chances('linear', rewards, mask);
    const stream = rng('draws');
    const seen = shares(rewards.length, (arm) => means[arm]! + deviations[arm]! * stream.normal(), mask);
    said.forEach((p, arm) => {
      expect(Math.abs(p - seen[arm]!), `arm ${arm}: ${p}, drawn ${seen[arm]}`).toBeLessThan(0.005 + 0.004);
    });
    expect(said.reduce((a, b) => a + b)).toBeCloseTo(1, 6);
  }
});

test.each([
  ['alike', [[], [], []]],
  ['few successes', [times(4, 0), [1], [0, 1], [1, 1, 0]]],
  ['rare ones', [[...times(300, 0), 1, 1], [...times(200, 0), 1], times(50, 0)]],
])('Beta arms are chosen as often as they draw the largest: %s', async (_what, rewards) => {
  const { said } = await chances('beta', rewards);
  const stream = rng('draws');
  // The a-th smallest of a + b - 1 uniform draws is Beta(a, b); so is a ratio of sums of exponentials.
  const gamma = (k: number): number => {
    let sum = 0;
    for (let i = 0; i < k; i++) sum -= Math.log(1 - stream.float());
    return sum;
  };
  const parameters = rewards.map((list) => {
    const a = list.reduce((x, y) => x + y, 0);
    return [1 + a, 1 + list.length - a] as const;
  });
  const seen = shares(rewards.length, (arm) => {
    const x = gamma(parameters[arm]![0]);
    return x / (x + gamma(parameters[arm]![1]));
  });
  said.forEach((p, arm) => {
    expect(Math.abs(p - seen[arm]!), `arm ${arm}: ${p}, drawn ${seen[arm]}`).toBeLessThan(0.005 + 0.004);
  });
});
