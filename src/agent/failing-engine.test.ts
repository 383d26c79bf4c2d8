import { expect, test } from 'vitest';
import { ortEngine } from '../adapters/index.ts';
import {
  readSettings,
  rng,
  type Sequences,
  sequencesOf,
  shopObservation,
  type TransitionBatch,
} from '../core/index.ts';
import type { Engine } from '../math/index.ts';
import type { Agent, SequenceAgent, TransitionAgent } from './agent.ts';
import { agentNamed } from './agents.ts';

const n = 12;
const observation = shopObservation(n, 4);

/** An engine whose next `after` runs go well and all later ones fail, or which cannot compile or give memory back. */
async function breakable() {
  const whole = await ortEngine();
  const ill = { compile: false, runs: Number.POSITIVE_INFINITY, release: false, during: () => {} };
  const engine: Engine = {
    id: 'breakable',
    async compile(model, options) {
      if (ill.compile) throw new Error('the engine cannot compile');
      const program = await whole.compile(model, options);
      return {
        bind(inputs, outputs) {
          const run = program.bind(inputs, outputs);
          return async () => {
            ill.during();
            if (ill.runs-- <= 0) throw new Error('the engine broke');
            await run();
          };
        },
        async release() {
          if (ill.release) throw new Error('the engine keeps its memory');
          await program.release();
        },
      };
    },
  };
  return { engine, ill };
}

async function make<T extends Agent>(name: string, given: Record<string, unknown> = {}) {
  const { engine, ill } = await breakable();
  const definition = agentNamed(name);
  const read = readSettings(definition.settings, given);
  if (!read.ok) throw new Error(read.error.message);
  const context = { observation, action: { kind: 'choice', n } as const, rng: rng(1), engine };
  return { agent: (await definition.create(context, read.value as never)) as T, ill };
}

const small = { width: 8, inner: 8, blocks: 1, learningRate: 0.05, epochs: 2, threads: 1, batchSize: 4 };
const lists = (from: number): Sequences =>
  sequencesOf(
    Array.from({ length: 20 }, (_, u) => [0, 1, 2, 3].map((i) => (from + u + i) % n)),
    n,
  );
const open = new Uint8Array(n).fill(1);
const after = (...items: number[]): Float32Array => {
  const row = new Float32Array(observation.size);
  row.set(
    items.map((item) => item + 1),
    4 - items.length,
  );
  return row;
};

/** What an agent answers, by every score and by its search. */
async function answers(agent: Agent) {
  const policy = agent.policy();
  const found = [];
  for (const row of [after(), after(3, 4)]) {
    found.push((await policy.evaluate(row, 1)).values.slice());
    if (policy.best) found.push(await policy.best(row, 5, open));
  }
  return found;
}

test.each([
  ['in its third step', 'the engine broke', { runs: 2 }],
  ['when it gives memory back', 'the engine keeps its memory', { release: true }],
])(
  'transformer: a lesson whose engine fails %s changes nothing, and the next is learned',
  async (_, why, failing) => {
    const [{ agent, ill }, { agent: twin }] = [
      await make<SequenceAgent>('transformer', small),
      await make<SequenceAgent>('transformer', small),
    ];
    for (const one of [agent, twin]) await one.fit(lists(0), {});
    const [before, saved] = [await answers(agent), await agent.save()];
    Object.assign(ill, failing);
    await expect(agent.learn(lists(5))).rejects.toThrow(why);
    Object.assign(ill, { runs: Number.POSITIVE_INFINITY, release: false });
    expect(await answers(agent)).toEqual(before);
    expect(await agent.save()).toEqual(saved);
    for (const one of [agent, twin]) await one.learn(lists(5));
    expect(await answers(agent)).toEqual(await answers(twin));
    expect(await answers(agent)).not.toEqual(before);
  },
);

test('transformer: a search asked for first during a lesson that fails does not stay half-taught', async () => {
  const { agent, ill } = await make<SequenceAgent>('transformer', small);
  const twin = (await make<SequenceAgent>('transformer', small)).agent;
  for (const one of [agent, twin]) await one.fit(lists(0), {});
  const before = await answers(twin);
  const asked: Promise<unknown>[] = [];
  ill.during = () => {
    if (ill.runs === 0)
      asked.push(...[after(3, 4), after()].map((row) => agent.policy().best!(row, 5, open)));
  };
  ill.runs = 4;
  await expect(agent.learn(lists(5))).rejects.toThrow('the engine broke');
  Object.assign(ill, { runs: Number.POSITIVE_INFINITY, during: () => {} });
  expect((await Promise.allSettled(asked)).length).toBeGreaterThan(0);
  expect(await answers(agent)).toEqual(before);
});

test('transformer: answers come again once an engine compiles again', async () => {
  const { agent, ill } = await make<SequenceAgent>('transformer', small);
  ill.compile = true;
  await expect(agent.fit(lists(0), {})).rejects.toThrow('cannot compile');
  await expect(agent.policy().evaluate(after(3), 1)).rejects.toThrow('cannot compile');
  await expect(agent.policy().best!(after(3), 1, new Uint8Array(n).fill(1))).rejects.toThrow(
    'cannot compile',
  );
  ill.compile = false;
  await agent.fit(lists(0), {});
  await agent.learn(lists(5));
  expect((await answers(agent)).length).toBe(4);
});

test.each([2, 12])('a blend learns by all of its parts or by none: broken after %i runs', async (runs) => {
  const { inner: _, blocks: __, ...recurrent } = small;
  const settings = Object.fromEntries(
    Object.entries({ transformer: small, gru: recurrent }).flatMap(([part, given]) =>
      Object.entries(given).map(([key, value]) => [`${part}.${key}`, value]),
    ),
  );
  const { agent, ill } = await make<SequenceAgent>('markov+transformer+gru', settings);
  await agent.fit(lists(0), {});
  const before = await answers(agent);
  ill.runs = runs;
  await expect(agent.learn(lists(5))).rejects.toThrow('the engine broke');
  ill.runs = Number.POSITIVE_INFINITY;
  expect(await answers(agent)).toEqual(before);
});

function clicks(reward: number): TransitionBatch {
  const size = 8;
  const rows = Array.from({ length: size }, (_, i) => after(i, i + 1));
  return {
    n: size,
    observations: Float32Array.from(rows.flatMap((row) => [...row])),
    actions: Int32Array.from({ length: size }, (_, i) => i + 2),
    rewards: new Float32Array(size).fill(reward),
    nextObservations: Float32Array.from(rows.flatMap((row) => [...row])),
    discounts: new Float32Array(size),
    terminated: new Uint8Array(size).fill(1),
    truncated: new Uint8Array(size),
  };
}

test.each(['sqn', 'sa2c', 'off-policy-ac'])('%s: an update that fails changes no answer', async (name) => {
  const given = { learningStarts: 8, updatesPerStep: 0.25, batchSize: 8, itemContent: 'none' };
  const { agent, ill } = await make<TransitionAgent>(name, given);
  const lesson = (reward: number) => ({ ...clicks(reward), logProbs: new Float32Array(8).fill(-2) });
  await agent.learn(lesson(1));
  const before = await answers(agent);
  ill.runs = 0;
  await expect(agent.learn(lesson(1))).rejects.toThrow('the engine broke');
  ill.runs = Number.POSITIVE_INFINITY;
  expect(await answers(agent)).toEqual(before);
  // Two updates of each of three lessons: those of the one that failed were still owed.
  expect(await agent.learn(lesson(1))).toMatchObject({ steps: 24, updates: 6 });
  const learned = await answers(agent);
  expect(learned).not.toEqual(before);
  await expect(agent.learn(lesson(Number.NaN))).rejects.toThrow('the loss became NaN');
  expect(await answers(agent)).toEqual(learned);
});
