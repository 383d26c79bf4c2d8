import { describe, expect, test } from 'vitest';
import { ortEngine } from '../adapters/index.ts';
import { type ActionSpec, observationSpec, type RolloutBatch, readSettings, rng } from '../core/index.ts';
import { a2c } from './a2c.ts';
import type { AgentDefinition, RolloutAgent } from './agent.ts';
import { ppo, ppoLoss, ppoStep } from './ppo.ts';
import { reinforce } from './reinforce.ts';
import { readModel } from './saved-model.ts';

/**
 * What ppo, a2c and reinforce share beyond the Agent contract: several parts of an action, masks, and saved runs with every option
 * on. The right answer: part one as the observation says, part two its opposite; each pays half.
 */
const engine = await ortEngine();
const observation = observationSpec([{ name: 'sign', kind: 'real', size: 1, low: -1, high: 1 }]);
const action: ActionSpec = {
  kind: 'parts',
  parts: [
    { name: 'same', n: 3 },
    { name: 'opposite', n: 2 },
  ],
};
const steps = 16;
const n = 8;

async function create(definition: AgentDefinition, given: Record<string, unknown>, saved?: Uint8Array) {
  const settings = readSettings(definition.settings, { rolloutSteps: steps, ...given });
  if (!settings.ok) throw new Error(settings.error.message);
  const context = { observation, action, engine, rng: rng(saved ? 77 : 3) };
  const agent = saved
    ? await definition.restore(context, settings.value, saved)
    : await definition.create(context, settings.value);
  if (agent.consumes !== 'rollouts') throw new Error('unreachable');
  return agent;
}

/** Signs by turns at random; where masked, the third choice of part one is always closed, and one of part two at times. */
async function play(agent: RolloutAgent, seed: number, masked: boolean): Promise<RolloutBatch> {
  const stream = rng(`play ${seed}`);
  const observations = Float32Array.from({ length: (steps + 1) * n }, () => (stream.int(2) ? 1 : -1));
  const policy = agent.policy();
  const scores = await policy.evaluate(observations, (steps + 1) * n);
  const masks = new Uint8Array(steps * n * 5).fill(1);
  const actions = new Int32Array(steps * n * 2);
  const rewards = new Float32Array(steps * n);
  for (let i = 0; i < steps * n; i++) {
    const mask = masks.subarray(i * 5, (i + 1) * 5);
    mask[2] = 0;
    if (i % 7 === 0) mask[3] = 0;
    const taken = policy.sample(scores, i, stream, masked ? mask : undefined).action;
    actions.set(taken as Int32Array, 2 * i);
    const up = observations[i]! > 0 ? 1 : 0;
    rewards[i] = (taken[0] === up ? 0.5 : 0) + (taken[1] === 1 - up ? 0.5 : 0);
  }
  const truncated = Uint8Array.from({ length: steps * n }, (_, i) => (i % 5 === 0 ? 1 : 0));
  const cut = truncated.reduce((a, b) => a + b, 0);
  return {
    steps,
    n,
    observations,
    actions,
    rewards,
    terminated: Uint8Array.from(truncated, (is) => 1 - is),
    truncated,
    finalObservations: new Float32Array(cut).fill(1),
    discount: 0.5,
    progress: seed / 100,
    ...(masked && { masks }),
  };
}

const everyOption = { observations: 'running', scaleRewards: true, learningRateSchedule: 'linear' };

describe.each([
  [
    ppo as AgentDefinition,
    { learningRate: 0.01, batchSize: 48, epochs: 4 },
    { clipValues: 0.5, clipSchedule: 'linear' },
    15,
  ],
  [a2c as AgentDefinition, { learningRate: 0.01, normaliseAdvantages: true }, { optimiser: 'adam' }, 60],
  [reinforce as AgentDefinition, { learningRate: 0.01, batchSize: 96 }, { normaliseAdvantages: false }, 80],
] as const)('$name', (definition, settings, options, batches) => {
  test.each([false, true])('learns an action of two parts; masked: %s', async (masked) => {
    const agent = await create(definition, settings);
    for (let i = 0; i < batches; i++) {
      const report = await agent.learn(await play(agent, i, masked));
      for (const value of Object.values(report)) expect(value).toSatisfy(Number.isFinite);
    }
    const policy = agent.policy();
    const scores = await policy.evaluate(Float32Array.of(-1, 1), 2);
    expect([...policy.greedy(scores, 0), ...policy.greedy(scores, 1)]).toEqual([0, 1, 1, 0]);
    for (const [row, best] of [
      [0, [0, 1]],
      [1, [1, 0]],
    ] as const)
      for (const logProb of policy.logProb(scores, row, Int32Array.from(best)))
        expect(Math.exp(logProb)).toBeGreaterThan(0.7);
  });

  test('continues identically after being restored, with every option on', async () => {
    const given = { ...settings, ...everyOption, ...options };
    const agent = await create(definition, given);
    for (let i = 0; i < 3; i++) await agent.learn(await play(agent, i, true));
    const restored = await create(definition, given, await agent.save());
    for (let i = 3; i < 5; i++)
      expect(await restored.learn(await play(restored, i, true))).toEqual(
        await agent.learn(await play(agent, i, true)),
      );
    expect(await restored.save()).toEqual(await agent.save());
  });

  test('lets the learning rate fall with the training', async () => {
    const agent = await create(definition, { ...settings, ...everyOption });
    const rates: number[] = [];
    for (const progress of [0, 0.5, 0.75])
      rates.push((await agent.learn({ ...(await play(agent, 1, false)), progress })).learningRate!);
    expect(rates).toEqual([0.01, 0.005, 0.0025]);
  });
});

test('ppo moves no farther than its clip range where that is small', async () => {
  const shares: number[] = [];
  for (const clip of [0.02, 10]) {
    const agent = await create(ppo as AgentDefinition, {
      learningRate: 0.003,
      batchSize: 128,
      epochs: 20,
      clip,
    });
    shares.push((await agent.learn(await play(agent, 0, false))).approximateKl!);
  }
  expect(shares[0]!).toBeLessThan(shares[1]! / 5);
});

test('ppo: statistics of what is seen stand still once they are to be settled', async () => {
  const agent = await create(ppo as AgentDefinition, { batchSize: 64, epochs: 1, settleAt: 0.5 });
  const seen: unknown[] = [];
  for (const progress of [0, 0.4, 0.6, 0.9]) {
    await agent.learn({ ...(await play(agent, 1, false)), progress });
    seen.push(readModel('ppo', await agent.save()).arrays['observations.count']![0]);
  }
  const batch = steps * n;
  expect(seen).toEqual([batch, 2 * batch, 2 * batch, 2 * batch]);
});

test.each([
  [1, 0.1, 0],
  [-1, 0.1, 0],
  [1, 0.4, 0],
  [-1, 0.4, 0],
  [1, -0.4, 0.3],
  [-1, -0.4, 0.3],
  [1, 0, 1],
])(
  'ppo: the slopes of its loss are those of finite differences (advantage %d, %d, %d)',
  (advantage, moved, clipValues) => {
    const weights = { clipValues, valueWeight: 0.5, entropyWeight: 0.01 };
    const step = { ...ppoStep(), advantage, return: 2, oldLogProb: -0.7, oldValue: 1.4 };
    const said = { logProb: -0.7 + moved, entropy: 0.6, value: 1.4 + moved };
    const [slopes, unread] = [{ ...said }, { ...said }];
    ppoLoss(said, step, 0.2, weights, slopes);
    for (const by of ['logProb', 'entropy', 'value'] as const) {
      const [high, low] = [1e-5, -1e-5].map((h) =>
        ppoLoss({ ...said, [by]: said[by] + h }, step, 0.2, weights, unread),
      );
      expect(slopes[by]).toBeCloseTo((high! - low!) / 2e-5, 6);
    }
  },
);
