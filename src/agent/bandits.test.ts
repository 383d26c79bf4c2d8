import { describe, expect, test } from 'vitest';
import { type ActionSpec, observationSpec, readSettings, rng, type TransitionBatch } from '../core/index.ts';
import { solveSymmetric } from '../math/index.ts';
import type { AgentDefinition, TransitionAgent } from './agent.ts';
import { linUcb } from './lin-ucb.ts';
import { thompson } from './thompson.ts';

const observation = observationSpec([
  { name: 'sign', kind: 'real', size: 1, low: -1, high: 1 },
  { name: 'noise', kind: 'real', size: 2, low: 0, high: 10 },
]);
const parts: ActionSpec = {
  kind: 'parts',
  parts: [
    { name: 'same', n: 3 },
    { name: 'opposite', n: 2 },
  ],
};

async function create(definition: AgentDefinition, action: ActionSpec, given: Record<string, unknown> = {}) {
  const settings = readSettings(definition.settings, given);
  if (!settings.ok) throw new Error(settings.error.message);
  return (await definition.create({ observation, action, rng: rng(1) }, settings.value)) as TransitionAgent;
}

const step = (seen: number[], actions: number[], reward: number, chosen?: number): TransitionBatch => ({
  n: 1,
  observations: Float32Array.from(seen),
  actions: Int32Array.from(actions),
  rewards: Float32Array.of(reward),
  nextObservations: Float32Array.from(seen),
  discounts: Float32Array.of(0.9),
  terminated: Uint8Array.of(0),
  truncated: Uint8Array.of(0),
  ...(chosen !== undefined && { chosen: Int32Array.of(chosen) }),
});

describe.each([linUcb, thompson] as readonly unknown[] as AgentDefinition[])('$name', (definition) => {
  test('learns an action of two parts by itself, one step at a time, under masks', async () => {
    const agent = await create(definition, parts);
    const policy = agent.policy();
    const stream = rng('play');
    let late = 0;
    for (let i = 0; i < 600; i++) {
      const up = stream.int(2);
      const seen = [up ? 1 : -1, 10 * stream.float(), 10 * stream.float()];
      const mask = Uint8Array.of(1, 1, 0, i % 7 === 0 ? 0 : 1, 1);
      const scores = await policy.evaluate(Float32Array.from(seen), 1);
      const { action } = policy.sample(scores, 0, stream, mask);
      expect(action[0]).not.toBe(2);
      if (i % 7 === 0) expect(action[1]).toBe(1);
      const reward = (action[0] === up ? 0.5 : 0) + (action[1] === 1 - up ? 0.5 : 0);
      if (i >= 500) late += reward;
      await agent.learn(step(seen, [...action], reward));
    }
    // The masks close the right answer of part two in a fourteenth of the steps.
    expect(late / 100).toBeGreaterThan(0.9);
    const scores = await policy.evaluate(Float32Array.of(-1, 5, 5, 1, 5, 5), 2);
    expect([...policy.greedy(scores, 0), ...policy.greedy(scores, 1)]).toEqual([0, 1, 1, 0]);
  });

  test('the probabilities of all combinations sum to 1 and are those of the draws', async () => {
    const agent = await create(definition, parts, { epsilon: 0.3 });
    for (let i = 0; i < 12; i++) await agent.learn(step([1, 2, 3], [i % 3, i % 2], (i % 5) / 5));
    const policy = agent.policy();
    const scores = await policy.evaluate(Float32Array.of(1, 4, 1), 1);
    for (const mask of [undefined, Uint8Array.of(1, 0, 1, 1, 1)]) {
      const drawn = new Float64Array(6);
      const stream = rng('draws');
      for (let i = 0; i < 4000; i++) {
        const { action, logProbs } = policy.sample(scores, 0, stream, mask);
        expect(logProbs).toEqual(policy.logProb(scores, 0, action, mask));
        drawn[2 * action[0]! + action[1]!]! += 1 / 4000;
      }
      let sum = 0;
      for (let arm = 0; arm < 6; arm++) {
        const [one, two] = policy.logProb(scores, 0, Int32Array.of(arm >> 1, arm & 1), mask);
        const p = one === -Infinity ? 0 : Math.exp(one! + two!);
        expect(Math.abs(p - drawn[arm]!)).toBeLessThanOrEqual(5 * Math.sqrt((p * (1 - p)) / 4000) + 1e-9);
        sum += p;
      }
      expect(sum).toBeCloseTo(1, 5);
    }
  });

  test('says the same of many observations at once as of each alone, also of the few candidates', async () => {
    const agent = await create(definition, { kind: 'choice', n: 5 }, { products: true });
    const stream = rng('many');
    const draw = (): number[] => [stream.int(3) - 1, 10 * stream.float(), 10 * stream.int(2)];
    for (let i = 0; i < 40; i++) await agent.learn(step(draw(), [i % 5], stream.float()));
    const policy = agent.policy();
    const rows = Array.from({ length: 150 }, draw);
    const all = await policy.evaluate(Float32Array.from(rows.flat()), rows.length);
    const few = await policy.evaluate(Float32Array.from(rows.flat()), rows.length, Int32Array.of(4, 1));
    for (const [i, row] of rows.entries()) {
      const alone = await policy.evaluate(Float32Array.from(row), 1);
      for (const what of ['values', 'deviations'] as const) {
        expect(all[what]!.subarray(5 * i, 5 * i + 5)).toEqual(alone[what]);
        expect([...few[what]!.subarray(2 * i, 2 * i + 2)]).toEqual([alone[what]![4], alone[what]![1]]);
      }
    }
  });

  test('of a slate the item answered to gets the reward, the others nothing', async () => {
    const agent = await create(definition, { kind: 'slate', k: 2, n: 4 });
    for (let i = 0; i < 50; i++) await agent.learn(step([0, 0, 0], [3, 2], 1, 1));
    const policy = agent.policy();
    const scores = await policy.evaluate(Float32Array.of(0, 0, 0), 1);
    expect(policy.greedy(scores, 0)[0]).toBe(2);
    expect(scores.values[3]).toBe(0);
  });

  test('refuses what it cannot keep or read, in a sentence', async () => {
    const many: ActionSpec = { kind: 'parts', parts: [0, 1, 2].map((i) => ({ name: `p${i}`, n: 20 })) };
    await expect(create(definition, many)).rejects.toThrow(
      '8000 combinations and a bandit tries at most 4096',
    );
    await expect(create(definition, { kind: 'box', size: 1, low: 0, high: 1 })).rejects.toThrow(
      'of kind "box"',
    );
    await expect(create(definition, parts, { features: 'luck' })).rejects.toThrow('accepted: sign, noise');
    const huge: ActionSpec = { kind: 'slate', k: 5, n: 3_000_000 };
    await expect(create(definition, huge)).rejects.toThrow('name fewer parts with setting "features"');
    const agent = await create(definition, parts);
    const other = await create(definition, parts, { features: 'noise' });
    const settings = readSettings(definition.settings, { features: 'noise' });
    const restored = definition.restore(
      { observation, action: parts, rng: rng(1) },
      settings.ok ? settings.value : ({} as never),
      await agent.save(),
    );
    await expect(restored).rejects.toMatchObject({ code: 'bad-model' });
    expect(other.name).toBe(definition.name);
  });
});

test('the regression of an arm is the ridge regression of its rows', async () => {
  const agent = await create(
    linUcb as AgentDefinition,
    { kind: 'choice', n: 2 },
    { products: true, ridge: 2 },
  );
  const stream = rng('rows');
  const d = 10;
  const a = Float64Array.from({ length: d * d }, (_, i) => (i % d === Math.floor(i / d) ? 2 : 0));
  const b = new Float64Array(d);
  const readOf = ([sign, one, two]: number[]): number[] => {
    const x = [sign!, one! / 5 - 1, two! / 5 - 1];
    return [1, ...x, ...x.flatMap((xi, i) => x.slice(i).map((xj) => xi * xj))];
  };
  for (let n = 0; n < 200; n++) {
    const seen = [2 * stream.float() - 1, 10 * stream.float(), 10 * stream.float()];
    const [reward, arm] = [stream.normal(), stream.int(2)];
    await agent.learn(step(seen, [arm], reward));
    if (arm === 0) continue;
    const x = readOf([...Float32Array.from(seen)]);
    for (let i = 0; i < d; i++) {
      b[i]! += x[i]! * Math.fround(reward);
      for (let j = 0; j < d; j++) a[i * d + j]! += x[i]! * x[j]!;
    }
  }
  const asked = [0.3, 7, 2];
  const x = Float64Array.from(readOf(asked));
  const inner = (u: Float64Array): number => u.reduce((sum, value, i) => sum + value * x[i]!, 0);
  const scores = await agent.policy().evaluate(Float32Array.from(asked), 1);
  expect(scores.values[1]).toBeCloseTo(inner(solveSymmetric(a, b).solution), 5);
  expect(scores.deviations![1]).toBeCloseTo(Math.sqrt(inner(solveSymmetric(a, x).solution)), 5);
});
