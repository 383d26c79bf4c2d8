import { expect, test } from 'vitest';
import { readSettings, rng, shopObservation } from '../core/index.ts';
import { agentSuite } from './agent.suite.ts';
import type { AgentDefinition } from './agent.ts';
import { apTrl } from './ap-trl.ts';
import { untrainedTransformer } from './untrained-transformer.ts';

agentSuite(apTrl as AgentDefinition, { learns: 'next', batches: 20 });

test('the encoder tells order and tokens apart, and none from any', () => {
  const encoder = untrainedTransformer({ tokens: 10, width: 8, heads: 2, blocks: 1 }, rng(1));
  expect(encoder.read([1, 2, 3])).not.toEqual(encoder.read([3, 2, 1]));
  expect(encoder.read([1, 2, 3])).toEqual(encoder.read([1, 2, 3]));
  expect([...encoder.read([])]).toEqual(new Array(8).fill(0));
});

test('stops after the printed number of tuples, and no head is shared', async () => {
  const values = (given: Record<string, unknown>) => {
    const read = readSettings(apTrl.settings, given);
    if (!read.ok) throw new Error(read.error.message);
    return read.value;
  };
  const context = {
    observation: shopObservation(4, 2),
    action: { kind: 'choice', n: 4 } as const,
    rng: rng(1),
  };
  const agent = await apTrl.create(context, values({ tuples: 3 }));
  if (agent.consumes !== 'transitions') throw new Error('unreachable');
  const size = context.observation.size;
  const batch = {
    n: 5,
    observations: new Float32Array(5 * size),
    actions: Int32Array.of(0, 1, 2, 3, 0),
    rewards: new Float32Array(5).fill(1),
    nextObservations: new Float32Array(5 * size),
    discounts: new Float32Array(5),
    terminated: new Uint8Array(5).fill(1),
    truncated: new Uint8Array(5),
  };
  expect(await agent.learn(batch)).toMatchObject({ updates: 3, steps: 3, states: 1 });
  expect(await agent.learn(batch)).toMatchObject({ updates: 0, steps: 3 });
  await expect(apTrl.create(context, values({ width: 6, heads: 4 }))).rejects.toMatchObject({
    code: 'bad-setting',
  });
});

test('says so where its table would grow past what a machine holds', async () => {
  const items = 2_000_001;
  const read = readSettings(apTrl.settings, { width: 2, heads: 1, tuples: 0 });
  if (!read.ok) throw new Error(read.error.message);
  const observation = shopObservation(items, 1);
  const agent = await apTrl.create(
    { observation, action: { kind: 'slate', k: items, n: items }, rng: rng(1) },
    read.value,
  );
  if (agent.consumes !== 'transitions') throw new Error('unreachable');
  const learned = agent.learn({
    n: 1,
    observations: new Float32Array(observation.size),
    actions: Int32Array.from({ length: items }, (_, item) => item),
    rewards: new Float32Array(1),
    nextObservations: new Float32Array(observation.size),
    discounts: new Float32Array(1),
    terminated: new Uint8Array(1),
    truncated: new Uint8Array(1),
  });
  await expect(learned).rejects.toMatchObject({
    code: 'bad-setting',
    message: expect.stringContaining(
      'would pass 2000000 values: 1 states; give fewer "decimals" or "tuples"',
    ),
  });
});
