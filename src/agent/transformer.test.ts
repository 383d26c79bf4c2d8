import { expect, test } from 'vitest';
import { ortEngine, ortWebEngine } from '../adapters/index.ts';
import {
  eventTypes,
  type ItemFeatures,
  readSettings,
  rng,
  type Sequences,
  sequencesOf,
  shopObservation,
} from '../core/index.ts';
import { agentSuite } from './agent.suite.ts';
import type { AgentDefinition, SequenceAgent } from './agent.ts';
import { readModel, writeModel } from './saved-model.ts';
import { transformer } from './transformer.ts';

const small = { width: 16, inner: 32, blocks: 1, dropout: 0, learningRate: 0.01, epochs: 30, threads: 1 };

agentSuite(transformer as AgentDefinition, {
  learns: 'next',
  settings: small,
  context: async () => ({ engine: await ortEngine() }),
});

async function make(
  given: Record<string, number>,
  n: number,
  places = 6,
  items?: ItemFeatures,
): Promise<SequenceAgent> {
  const settings = readSettings(transformer.settings, { ...small, ...given });
  if (!settings.ok) throw new Error(settings.error.message);
  const context = {
    observation: shopObservation(n, places),
    action: { kind: 'choice', n } as const,
    rng: rng(1),
    engine: await ortEngine(),
    ...(items && { items }),
  };
  return (await transformer.create(context, settings.value)) as SequenceAgent;
}

async function scores(agent: SequenceAgent, items: readonly number[]): Promise<Float32Array> {
  const policy = agent.policy();
  const row = new Float32Array(policy.observation.size);
  const size = policy.observation.parts.find(({ name }) => name === 'history.items')!.size;
  row.set(
    items.map((item) => item + 1),
    size - items.length,
  );
  return (await policy.evaluate(row, 1)).values;
}

const best = (values: Float32Array): number => values.indexOf(Math.max(...values));

/** The next item is the one before the last, so a chain of single steps cannot know it. */
function alternating(n: number, shoppers: number): Sequences {
  const chance = rng('alternating');
  return sequencesOf(
    Array.from({ length: shoppers }, () => {
      const [a, b] = [chance.int(n), chance.int(n)];
      return Array.from({ length: 3 + chance.int(4) }, (_, i) => (i % 2 === 0 ? a : b));
    }),
    n,
  );
}

test.each([
  ['whole softmax, one head', {}],
  ['whole softmax, two heads and blocks', { heads: 2, blocks: 2 }],
  ['sampled softmax', { fullSoftmax: 0, negatives: 16, epochs: 60 }],
])('learns an order that only attention to earlier places can know: %s', async (_, given) => {
  const agent = await make(given, 10);
  await agent.fit(alternating(10, 400), {});
  let right = 0;
  for (let a = 0; a < 10; a++)
    for (let b = 0; b < 10; b++) if (a !== b && best(await scores(agent, [a, b])) === a) right++;
  expect(right).toBeGreaterThan(80);
});

test('a shopper without a history gets what is popular; histories at the edges have scores that are numbers', async () => {
  const agent = await make({ epochs: 2 }, 6, 4);
  await agent.fit(
    sequencesOf(
      [
        [0, 1, 2],
        [5, 2],
        [2, 3, 4, 5, 0, 2, 2],
      ],
      6,
    ),
    {},
  );
  expect(best(await scores(agent, []))).toBe(2);
  for (const history of [[1], [1, 2, 3, 4], [3, 3, 3, 3]])
    expect((await scores(agent, history)).every(Number.isFinite)).toBe(true);
});

test('a catalogue of one item is a choice without choice', async () => {
  const agent = await make({ epochs: 2 }, 1, 4);
  await agent.fit(sequencesOf([[0, 0, 0]], 1), {});
  expect([...(await scores(agent, [0]))].every(Number.isFinite)).toBe(true);
});

test('nothing to learn from, and heads that do not divide the width, are refused in a sentence', async () => {
  await expect((await make({}, 5)).fit(sequencesOf([[1], []], 5), {})).rejects.toThrow('two interactions');
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

test('learning something new does not forget what was learned', async () => {
  const agent = await make({ epochs: 40 }, 12);
  const ring = (from: number): Sequences =>
    sequencesOf(
      Array.from({ length: 200 }, (_, u) => Array.from({ length: 5 }, (_, i) => from + ((u + i) % 6))),
      12,
    );
  await agent.fit(ring(0), {});
  const right = async (from: number): Promise<number> => {
    let count = 0;
    for (let i = 0; i < 6; i++) if (best(await scores(agent, [from + i])) === from + ((i + 1) % 6)) count++;
    return count;
  };
  for (let lesson = 0; lesson < 20; lesson++) await agent.learn(ring(6));
  expect([await right(0), await right(6)]).toEqual([6, 6]);
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

test('the exported network gives the same scores in another runtime', async () => {
  const agent = await make({ epochs: 3, heads: 2 }, 9);
  await agent.fit(alternating(9, 60), {});
  const { bytes, inputs } = agent.onnx!();
  const program = await (await ortWebEngine()).compile(bytes);
  for (const history of [[4], [1, 2, 2, 8], [0, 1, 2, 3, 4, 5]]) {
    const items = new Int32Array(6);
    const padding = new Float32Array(6).fill(-1e9);
    items.set(history, 6 - history.length);
    padding.fill(0, 6 - history.length);
    const kinds = { data: new Float32Array(6 * eventTypes.length), shape: [6, eventTypes.length] };
    const found = { data: new Float32Array(9), shape: [1, 9] };
    const given = {
      'history.items': { data: items, shape: [6] },
      'history.padding': { data: padding, shape: [1, 1, 1, 6] },
      'history.kinds': kinds,
    };
    expect(Object.keys(inputs).sort()).toEqual(Object.keys(given).sort());
    await program.bind(given, { scores: found })();
    const wanted = await scores(agent, history);
    found.data.forEach((value, i) => {
      expect(value).toBeCloseTo(wanted[i]!, 4);
    });
  }
});

test('a product nobody took yet stands where those like it do, at once', async () => {
  const n = 13;
  // Items 0-5 are of category 1 and follow each other, 6-11 of category 2; 12 is new and of category 2.
  const categories = Int32Array.from({ length: n }, (_, i) => (i < 6 ? 1 : 2));
  const features = {
    n,
    categories,
    categoryCount: 2,
    brands: new Int32Array(n),
    brandCount: 0,
    prices: new Float32Array(n).fill(0.5),
    text: new Float32Array(0),
    textSize: 0,
  };
  const agent = await make({ epochs: 20 }, n, 6, features);
  const chance = rng('categories');
  await agent.fit(
    sequencesOf(
      Array.from({ length: 200 }, (_, u) => Array.from({ length: 5 }, () => 6 * (u % 2) + chance.int(6))),
      n,
    ),
    {},
  );
  const [other, own] = [await scores(agent, [0, 1, 2]), await scores(agent, [6, 7, 8])];
  expect(own[12]).toBeGreaterThan(Math.max(...own.subarray(0, 6)));
  expect(other[12]).toBeLessThan(Math.min(...other.subarray(0, 6)));
});

test('finds the best items without scoring all, as scoring all does, before and after it learns on', async () => {
  const agent = await make({ epochs: 3 }, 40);
  const policy = agent.policy();
  const size = policy.observation.parts.find(({ name }) => name === 'history.items')!.size;
  const mask = Uint8Array.from({ length: 40 }, (_, i) => i % 3);
  for (const lesson of [1, 2]) {
    if (lesson === 1) await agent.fit(alternating(40, 100), {});
    else await agent.learn(alternating(40, 50));
    for (const history of [[], [3], [5, 6, 5, 7]]) {
      const row = new Float32Array(policy.observation.size);
      row.set(
        history.map((item) => item + 1),
        size - history.length,
      );
      const all = await policy.evaluate(row, 1);
      const { items, scores: found } = await policy.best!(row, 7, mask);
      const wanted = [...all.values.keys()]
        .filter((i) => mask[i])
        .sort((a, b) => all.values[b]! - all.values[a]! || a - b)
        .slice(0, 7);
      expect([...items]).toEqual(wanted);
      found.forEach((score, i) => {
        expect(score).toBeCloseTo(all.values[items[i]!]!, 4);
      });
    }
  }
});
