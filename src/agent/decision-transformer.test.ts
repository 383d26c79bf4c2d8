import { expect, test } from 'vitest';
import { ortEngine } from '../adapters/index.ts';
import { rng } from '../core/index.ts';
import { agentSuite } from './agent.suite.ts';
import type { AgentContext, AgentDefinition, TransitionAgent } from './agent.ts';
import { chain, contextIn, items, observation, settingsFor } from './chain-of-two.suite.ts';
import { decisionTransformer } from './decision-transformer.ts';
import { readModel, writeModel } from './saved-model.ts';

const engine = await ortEngine();
const quick = { learningStarts: 64, updatesPerStep: 0.25, width: 16, inner: 32, learningRate: 0.01 };

agentSuite(decisionTransformer as AgentDefinition, {
  learns: 'next',
  context: async () => ({ engine }),
  batches: 20,
  settings: quick,
});

const context = (more: Partial<AgentContext> = {}) => contextIn(engine, more);
const settingsOf = (given: Readonly<Record<string, unknown>>): never =>
  settingsFor(decisionTransformer as AgentDefinition, { ...quick, ...given });

/** What it does after items 0 and 2. */
async function chosen(given: Readonly<Record<string, unknown>>): Promise<number[]> {
  const agent = (await decisionTransformer.create(context(), settingsOf(given))) as TransitionAgent;
  for (let step = 0; step < 20; step++) await agent.learn(chain(step, true, 1));
  const policy = agent.policy();
  const { observations } = chain(0, true);
  const rowAfter = (item: number): Float32Array => {
    for (let i = 0; i < 64; i++) {
      const row = observations.subarray(i * observation.size, (i + 1) * observation.size);
      if (row[2] === item + 1) return row;
    }
    throw new Error('unreachable');
  };
  return Promise.all(
    [0, 2].map(async (item) => policy.greedy(await policy.evaluate(rowAfter(item), 1), 0)[0]!),
  );
}

test('asked for much it does what pays later', async () => {
  expect(await chosen({ target: 1 })).toEqual([2, 3]);
});
test('returns of one step are rewards: it does what pays at once', async () => {
  expect((await chosen({ target: 0.65, horizon: 1 }))[0]).toBe(1);
});
test('asked for nothing it does what pays nothing', async () => {
  const [first, then] = await chosen({ target: 0 });
  expect(first).not.toBe(1);
  expect(then).not.toBe(3);
});

test('of slates the item answered to is what was done; of others any', async () => {
  const agent = (await decisionTransformer.create(
    context({ action: { kind: 'slate', k: 2, n: items } }),
    settingsOf({ target: 1, horizon: 1 }),
  )) as TransitionAgent;
  for (let step = 0; step < 16; step++) {
    const { n, observations, ...rest } = chain(step, true);
    const stream = rng(`slates ${step}`);
    const actions = new Int32Array(2 * n);
    const chosen = new Int32Array(n).fill(-1);
    const rewards = new Float32Array(n);
    for (let i = 0; i < n; i++) {
      const first = stream.int(items);
      actions.set([first, (first + 1 + stream.int(items - 1)) % items], 2 * i);
      const slot = actions.subarray(2 * i, 2 * i + 2).indexOf(4);
      if (slot < 0) continue;
      chosen[i] = slot;
      rewards[i] = 1;
    }
    await agent.learn({ ...rest, n, observations, actions, chosen, rewards });
  }
  const policy = agent.policy();
  const scores = await policy.evaluate(chain(0, true).observations, 1);
  expect(policy.greedy(scores, 0)[0]).toBe(4);
  expect(Math.exp(policy.logProb(scores, 0, Int32Array.of(4, 0))[0]!)).toBeGreaterThan(0.8);
});

test('a saved number that is none is refused; nothing learned and no history are answered with numbers', async () => {
  const agent = await decisionTransformer.create(context(), settingsOf({}));
  const { values } = await agent.policy().evaluate(new Float32Array(observation.size), 1);
  expect(values.every(Number.isFinite)).toBe(true);
  const { values: kept, arrays } = readModel('decision-transformer', await agent.save());
  const broken = writeModel('decision-transformer', {
    values: kept,
    arrays: { ...arrays, table: (arrays.table as Float32Array).map(() => Number.NaN) },
  });
  await expect(decisionTransformer.restore(context(), settingsOf({}), broken)).rejects.toMatchObject({
    code: 'bad-model',
  });
  await expect(
    decisionTransformer.create(context(), settingsOf({ width: 6, heads: 4 })),
  ).rejects.toMatchObject({ code: 'bad-setting' });
});
