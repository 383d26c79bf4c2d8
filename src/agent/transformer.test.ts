import { expect, test } from 'vitest';
import { ortEngine } from '../adapters/index.ts';
import { readSettings, rng, type Sequences, sequencesOf, shopObservation } from '../core/index.ts';
import { agentSuite } from './agent.suite.ts';
import type { AgentDefinition, SequenceAgent } from './agent.ts';
import { alternating, best, makeAgent, nextItemSuite, scoresAfter } from './next-item.suite.ts';
import { readModel, writeModel } from './saved-model.ts';
import { transformer } from './transformer.ts';

const small = { width: 16, inner: 32, blocks: 1, dropout: 0, learningRate: 0.01, epochs: 30, threads: 1 };

agentSuite(transformer as AgentDefinition, {
  learns: 'next',
  settings: small,
  context: async () => ({ engine: await ortEngine() }),
});

nextItemSuite(transformer as AgentDefinition, { ...small, heads: 2 });

const make = (given: Record<string, number>, n: number): Promise<SequenceAgent> =>
  makeAgent(transformer as AgentDefinition, { ...small, ...given }, n);

test.each([
  ['whole softmax, one head', {}],
  ['whole softmax, two heads and blocks', { heads: 2, blocks: 2 }],
  ['sampled softmax', { fullSoftmax: 0, negatives: 16, epochs: 60 }],
])('learns an order that only attention to earlier places can know: %s', async (_, given) => {
  const agent = await make(given, 10);
  await agent.fit(alternating(10, 400), {});
  let right = 0;
  for (let a = 0; a < 10; a++)
    for (let b = 0; b < 10; b++) if (a !== b && best(await scoresAfter(agent, [a, b])) === a) right++;
  expect(right).toBeGreaterThan(80);
});

test('heads that do not divide the width are refused in a sentence', async () => {
  await expect(make({ heads: 3 }, 5)).rejects.toThrow('multiple of heads');
});

test('keeps the passes that validation liked best', async () => {
  const agent = await make({ epochs: 200, patience: 3 }, 10);
  const validation = {
    inputs: sequencesOf(
      [
        [0, 1],
        [2, 3],
      ],
      10,
    ),
    targets: Int32Array.of(0, 2),
    repeats: true,
  };
  const report = await agent.fit(alternating(10, 300), { validation });
  expect(report['validation.hr@10']).toBe(1);
  expect(report.passes).toBeLessThan(200);
});

test('learning something new does not forget what was learned, thanks to remembered histories', async () => {
  const each = 20;
  const ring = (from: number): Sequences =>
    sequencesOf(
      Array.from({ length: 200 }, (_, u) => Array.from({ length: 5 }, (_, i) => from + ((u + i) % each))),
      2 * each,
    );
  /** Of the old ring and of the new one, how many next items are foretold after forty lessons of the new one alone. */
  const foretold = async (given: Record<string, number>): Promise<number[]> => {
    const agent = await make(given, 2 * each);
    await agent.fit(ring(0), {});
    for (let lesson = 0; lesson < 40; lesson++) await agent.learn(ring(each));
    const right = [0, 0];
    for (let item = 0; item < 2 * each; item++) {
      const from = item < each ? 0 : each;
      const next = from + ((item + 1 - from) % each);
      if (best(await scoresAfter(agent, [item])) === next) right[from / each]!++;
    }
    return right;
  };
  expect(await foretold({})).toEqual([each, each]);
  const [old, recent] = await foretold({ memory: 0 });
  expect(old).toBeLessThan(each / 2);
  expect(recent).toBe(each);
});

test('a fit that was killed goes on from its checkpoint to the same model, whichever step it was', async () => {
  const train = alternating(10, 300);
  const validation = {
    inputs: sequencesOf(
      [
        [0, 1],
        [2, 3],
      ],
      10,
    ),
    targets: Int32Array.of(0, 2),
    repeats: true,
  };
  const given = { epochs: 6, batchSize: 32, dropout: 0.2 };
  const kept: Uint8Array[] = [];
  const whole = await make(given, 10);
  await whole.fit(train, {
    validation,
    checkpoint: {
      due: () => true,
      keep: async (bytes) => {
        kept.push(bytes);
      },
    },
  });
  for (const found of [kept[0]!, kept[Math.floor(kept.length / 2)]!, kept.at(-1)!]) {
    const again = await make(given, 10);
    await again.fit(train, { validation, checkpoint: { due: () => false, keep: async () => {}, found } });
    expect(Buffer.from(await again.save()).equals(Buffer.from(await whole.save()))).toBe(true);
  }
});

test('a saved model that cannot be used is refused with the reason', async () => {
  const agent = await make({ epochs: 1 }, 5);
  await agent.fit(sequencesOf([[0, 1, 2, 3]], 5), {});
  const saved = await agent.save();
  const restore = async (
    n: number,
    bytes: Uint8Array,
    given: Record<string, number> = {},
  ): Promise<unknown> => {
    const settings = readSettings(transformer.settings, { ...small, ...given });
    if (!settings.ok) throw new Error(settings.error.message);
    return transformer.restore(
      {
        observation: shopObservation(n, 6),
        action: { kind: 'choice', n },
        rng: rng(1),
        engine: await ortEngine(),
      },
      settings.value,
      bytes,
    );
  };
  await expect(restore(5, saved)).resolves.toBeDefined();
  await expect(restore(6, saved)).rejects.toThrow('another catalogue or other settings');
  await expect(restore(5, saved, { width: 32 })).rejects.toThrow('another catalogue or other settings');
  await expect(restore(5, saved.subarray(0, 200))).rejects.toThrow('damaged');
  const { values, arrays } = readModel('transformer', saved);
  const table = (arrays.table as Float32Array).slice();
  table[7] = Number.NaN;
  await expect(
    restore(5, writeModel('transformer', { values, arrays: { ...arrays, table } })),
  ).rejects.toThrow('"table" of the saved model holds NaN at entry 7');
  await expect(restore(5, writeModel('gru', { values, arrays }))).rejects.toThrow('is of "gru"');
});
