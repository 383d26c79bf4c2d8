import { describe, expect, test } from 'vitest';
import { ortEngine } from '../adapters/index.ts';
import {
  actionSize,
  observationSpec,
  readSettings,
  rng,
  shopObservation,
  type TransitionBatch,
} from '../core/index.ts';
import { agentSuite } from './agent.suite.ts';
import type { AgentContext, AgentDefinition, TransitionAgent } from './agent.ts';
import { dqn } from './dqn.ts';
import { readModel, writeModel } from './saved-model.ts';

const engine = await ortEngine();
agentSuite(dqn as AgentDefinition, {
  learns: 'next',
  context: async () => ({ engine }),
  batches: 12,
  settings: { updatesPerStep: 0.5, learningRate: 0.005, hidden: 64, embedding: 32 },
});

const settingsOf = (given: Record<string, unknown>) => {
  const read = readSettings(dqn.settings, given);
  if (!read.ok) throw new Error(read.error.message);
  return read.value;
};

const items = 12;
const slates = (): AgentContext => ({
  observation: shopObservation(items, 4),
  action: { kind: 'slate', k: 3, n: items },
  engine,
  rng: rng(1),
});

/** Random slates; item 7 is clicked whenever it is shown and pays 1, others are clicked now and then for nothing. */
function clicks(context: AgentContext, seed: number, n = 32): TransitionBatch {
  const chance = rng(seed);
  const k = actionSize(context.action);
  const size = context.observation.size;
  const draw = (): Float32Array => {
    const rows = new Float32Array(n * size);
    for (let i = 0; i < n; i++)
      for (let j = 0; j < 4; j++) {
        rows[i * size + j] = chance.int(items + 1);
        rows[i * size + 4 + j] = 1 + chance.int(3);
      }
    return rows;
  };
  const observations = draw();
  const actions = new Int32Array(n * k);
  const rewards = new Float32Array(n);
  const chosen = new Int32Array(n).fill(-1);
  for (let i = 0; i < n; i++) {
    const left = Array.from({ length: items }, (_, item) => item);
    for (let j = 0; j < k; j++) actions[i * k + j] = left.splice(chance.int(left.length), 1)[0]!;
    const best = actions.subarray(i * k, (i + 1) * k).indexOf(7);
    chosen[i] = best >= 0 ? best : chance.float() < 0.2 ? chance.int(k) : -1;
    rewards[i] = best >= 0 ? 1 : 0;
  }
  const terminated = Uint8Array.from({ length: n }, () => (chance.float() < 0.1 ? 1 : 0));
  return {
    n,
    observations,
    actions,
    rewards,
    chosen,
    nextObservations: draw(),
    discounts: Float32Array.from(terminated, (over) => (over ? 0 : 0.5)),
    terminated,
    truncated: new Uint8Array(n),
  };
}

describe.each<[string, Record<string, unknown>]>([
  ['SlateQ', {}],
  ['SlateQ, double, prioritised, 3 steps', { double: true, prioritised: true, nStep: 3 }],
  [
    'SlateQ without priors, averaging or dueling',
    { shrinkage: 0, choiceShrinkage: 0, averaging: 0, dueling: false },
  ],
  ['top-k by Q', { slate: 'top-k' }],
  ['as printed', { asPrinted: true, learningRate: 0.05, updatesPerStep: 1 }],
])('slates by %s', (_, given) => {
  const settings = settingsOf({
    learningStarts: 64,
    updatesPerStep: 0.25,
    batchSize: 32,
    targetEvery: 20,
    ...given,
  });
  test('puts the item that pays first, and a saved and restored run continues bit for bit', async () => {
    const agent = (await dqn.create(slates(), settings)) as TransitionAgent;
    let report = {} as Awaited<ReturnType<typeof agent.learn>>;
    for (let step = 0; step < 50; step++) report = await agent.learn(clicks(slates(), step));
    expect(Object.values(report).every(Number.isFinite)).toBe(true);
    const { observations } = clicks(slates(), 999);
    const scores = await agent.policy().evaluate(observations, 32);
    for (let row = 0; row < 32; row++) expect([...agent.policy().greedy(scores, row)]).toContain(7);

    const restored = (await dqn.restore(slates(), settings, await agent.save())) as TransitionAgent;
    for (let step = 100; step < 104; step++)
      expect(await restored.learn(clicks(slates(), step))).toEqual(await agent.learn(clicks(slates(), step)));
    expect(await restored.save()).toEqual(await agent.save());
  });
});

test('values what is to come: in a corridor the way to the far end is found, and truncation is no end', async () => {
  // Cells 1 .. 5; going right from 5 pays 1 and ends. A small reward at the left end tempts.
  const context: AgentContext = {
    observation: observationSpec([{ name: 'state', kind: 'index', size: 1, n: 5 }]),
    action: { kind: 'choice', n: 2 },
    engine,
    rng: rng(1),
  };
  const agent = (await dqn.create(
    context,
    settingsOf({ learningStarts: 64, updatesPerStep: 0.5, targetEvery: 25, learningRate: 0.005 }),
  )) as TransitionAgent;
  const chance = rng(3);
  for (let round = 0; round < 40; round++) {
    const n = 32;
    const from = Float32Array.from({ length: n }, () => 1 + chance.int(5));
    const actions = Int32Array.from({ length: n }, () => chance.int(2));
    const over = Uint8Array.from(actions, (right, i) => (right && from[i] === 5 ? 1 : 0));
    await agent.learn({
      n,
      observations: from,
      actions,
      rewards: Float32Array.from(actions, (right, i) => (over[i] ? 1 : !right && from[i] === 1 ? 0.05 : 0)),
      nextObservations: Float32Array.from(actions, (right, i) =>
        Math.min(5, Math.max(1, from[i]! + (right ? 1 : -1))),
      ),
      discounts: Float32Array.from(over, (end) => (end ? 0 : 0.9)),
      terminated: over,
      truncated: Uint8Array.from(over, (end) => (end ? 0 : chance.int(4) === 0 ? 1 : 0)),
    });
  }
  const { values } = await agent.policy().evaluate(Float32Array.of(1, 2, 3, 4, 5), 5);
  for (let cell = 0; cell < 5; cell++) {
    expect(values[2 * cell + 1]).toBeGreaterThan(values[2 * cell]!);
    expect(values[2 * cell + 1]).toBeCloseTo(0.9 ** (4 - cell), 0);
  }
});

test('a model of before transitions waited for their updates learns on', async () => {
  const settings = settingsOf({ learningStarts: 32, updatesPerStep: 0.1, hidden: 16, embedding: 8 });
  const agent = (await dqn.create(slates(), settings)) as TransitionAgent;
  await agent.learn(clicks(slates(), 1, 64));
  const { values, arrays } = readModel('dqn', await agent.save());
  const { waiting: _, ...older } = values;
  const restored = (await dqn.restore(
    slates(),
    settings,
    writeModel('dqn', { values: older, arrays }),
  )) as TransitionAgent;
  const { updates } = await agent.learn(clicks(slates(), 2, 64));
  expect(updates).toBeGreaterThan(6);
  expect((await restored.learn(clicks(slates(), 2, 64))).updates).toBe(updates);
});
