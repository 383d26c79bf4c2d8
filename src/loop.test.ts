import { beforeEach, describe, expect, test } from 'vitest';
import { agentNamed } from './agent/index.ts';
import { rng, type Sequences } from './core/index.ts';
import type { ServedPolicy } from './decide/index.ts';
import { sequencesOfLog } from './learn/index.ts';
import { type Log, memoryLog } from './log/index.ts';
import { createLoop, type Loop, type LoopParts } from './loop.ts';
import { memoryRegistry } from './registry/index.ts';
import { encodeState, encodingFitter, observationOf } from './state/index.ts';

const start = Date.UTC(2026, 0, 1);
let time = start;
let ids = 0;

/** Markov over the log: what is chosen follows what the shopper did last. */
function markovParts(log: Log): LoopParts {
  const encodingOf = (itemCount: number) => encodingFitter().encoding({ itemCount, shopperCount: 0 });
  const contextOf = (itemCount: number) => ({
    observation: observationOf(encodingOf(itemCount)),
    action: { kind: 'choice', n: itemCount } as const,
    rng: rng(1),
  });
  return {
    log,
    registry: memoryRegistry(),
    clock: () => time,
    makeId: () => `id${ids++}`,
    rng: rng(7),
    sentiment: () => 0,
    exploration: { default: { floor: 0, newShopper: 0 } },
    warn: (message) => {
      throw new Error(message);
    },
    async restore(manifest, model, catalogue) {
      const itemCount = manifest.data.items;
      const agent = await agentNamed('markov').restore(
        contextOf(itemCount),
        manifest.settings as never,
        model,
      );
      const encoder = { encoding: encodingOf(itemCount), catalogue, labelOf: () => 0 };
      return {
        policy: agent.policy(),
        encode: (state, now, out) => encodeState(state, now, encoder, out),
      };
    },
  };
}

async function train(log: Log, catalogue: Parameters<Parameters<Loop['learn']>[0]>[1]) {
  const definition = agentNamed('markov');
  const settings = Object.fromEntries(
    Object.entries(definition.settings).map(([key, setting]) => [key, setting.default]),
  );
  const { sequences }: { sequences: Sequences } = await sequencesOfLog(log, catalogue);
  const agent = await definition.create(
    {
      observation: observationOf(encodingFitter().encoding({ itemCount: catalogue.size, shopperCount: 0 })),
      action: { kind: 'choice', n: catalogue.size },
      rng: rng(1),
    },
    settings as never,
  );
  if (agent.consumes !== 'sequences') throw new Error('markov learns from sequences');
  await agent.fit(sequences, {});
  return {
    model: await agent.save(),
    manifest: {
      agent: 'markov',
      format: 1 as const,
      createdAt: time,
      seed: 1,
      settings,
      data: {
        fingerprint: '',
        interactions: sequences.items.length,
        shoppers: sequences.n,
        items: catalogue.size,
      },
      metrics: {},
      encoding: {},
    },
  };
}

const view = (userId: string, itemId: string) => ({ eventType: 'view', userId, itemId, timestamp: time++ });
/** Twenty shoppers who went from a to b and from c to d. */
const habits = () =>
  Array.from({ length: 20 }, (_, u) => [
    view(`u${u}`, u % 2 ? 'a' : 'c'),
    view(`u${u}`, u % 2 ? 'b' : 'd'),
  ]).flat();

let log: Log;
let loop: Loop;
beforeEach(async () => {
  time = start;
  ids = 0;
  log = memoryLog();
  loop = await createLoop(markovParts(log));
});
const first = async (userId: string) => (await loop.recommend({ userId, limit: 1 }))?.items[0]?.itemId;

describe('the loop over memory', () => {
  test('no policy, no answer', async () => expect(await loop.recommend({})).toBeUndefined());

  test("learns from the log; a shopper's event changes the very next answer", async () => {
    expect(await loop.ingest(habits())).toEqual({ accepted: 40, duplicates: 0, rejected: [] });
    await loop.learn(train);
    await loop.ingest([view('new', 'a')]);
    expect(await first('new')).toBe('b');
    await loop.ingest([view('new', 'c')]);
    expect(await first('new')).toBe('d');
  });

  test('an event that is read before its storing is heard of counts once', async () => {
    const heard = Promise.withResolvers<void>();
    const late: Log = {
      ...log,
      async append(events) {
        const stored = await log.append(events);
        if (events.some((event) => event.userId === 'early')) await heard.promise;
        return stored;
      },
    };
    loop = await createLoop(markovParts(late));
    const storing = loop.ingest([view('early', 'a')]);
    await expect.poll(() => log.size()).toBe(1);
    expect(await loop.state('early')).toMatchObject({ version: 1, actions: 1 });
    heard.resolve();
    expect(await storing).toMatchObject({ accepted: 1 });
    const state = await loop.state('early');
    expect(state).toMatchObject({ version: 1, actions: 1 });
    expect(state).toEqual(await (await createLoop(markovParts(log))).state('early'));
    // What is stored later counts as ever.
    await loop.ingest([view('early', 'c')]);
    expect(await loop.state('early')).toMatchObject({ version: 2, actions: 2 });
  });

  test('a decision is an event with its propensities, and can be asked for', async () => {
    await loop.ingest(habits());
    await loop.learn(train);
    const answer = await loop.recommend({ userId: 'u1', limit: 2, placement: 'home' });
    const logged = [];
    for await (const { event } of log.read()) if (event.eventType === 'decision') logged.push(event);
    expect(logged).toHaveLength(1);
    expect(logged[0]).toMatchObject({
      userId: 'u1',
      placement: 'home',
      recommendationId: answer!.recommendationId,
    });
    expect(logged[0]!.properties!.decision).toEqual(await loop.decision(answer!.recommendationId));
    expect(answer!.items.map((item) => item.propensity)).toEqual([1, 1]);
  });

  test('out of stock from the next answer on', async () => {
    await loop.ingest(habits());
    await loop.learn(train);
    await loop.ingest([view('new', 'a')]);
    expect(await loop.putItems([{ itemId: 'b', title: 'B', stock: 0 }])).toEqual({
      accepted: 1,
      unchanged: 0,
    });
    expect(await loop.putItems([{ itemId: 'b', title: 'B', stock: 0 }])).toEqual({
      accepted: 0,
      unchanged: 1,
    });
    expect((await loop.recommend({ userId: 'new' }))!.items.map((item) => item.itemId)).not.toContain('b');
    expect(loop.similar('a', 5)!.map((item) => item.itemId)).not.toContain('b');
  });

  test('what was wrong is told by place, the rest is taken, what came before is known', async () => {
    const good = view('u', 'a');
    const answer = await loop.ingest([good, { eventType: 'viw', userId: 'u' }, 7, good]);
    expect(answer).toMatchObject({ accepted: 1, duplicates: 1 });
    expect(answer.rejected.map(({ index, code }) => [index, code])).toEqual([
      [1, 'bad-event'],
      [2, 'bad-event'],
    ]);
    expect(await loop.ingest([good])).toMatchObject({ accepted: 0, duplicates: 1 });
  });

  test('a loop made anew from the same log and registry goes on the same', async () => {
    const parts = markovParts(log);
    loop = await createLoop(parts);
    await loop.ingest(habits());
    await loop.learn(train);
    await loop.ingest([view('new', 'a')]);
    const again = await createLoop(parts);
    await again.adopt();
    expect(again.serving).toEqual(loop.serving);
    expect(again.size).toEqual(loop.size);
    expect(again.trending(3)).toEqual(loop.trending(3));
    expect(again.sampleShoppers(5)).toEqual(loop.sampleShoppers(5));
    expect(await again.state('new')).toEqual(await loop.state('new'));
  });

  test('a loop that goes on from what was kept is the same, and reads only what came since', async () => {
    const parts = markovParts(log);
    loop = await createLoop(parts);
    await loop.putItems([{ itemId: 'a', title: 'A', price: 3 }]);
    await loop.ingest([...habits(), { ...view('u1', 'a'), anonymousId: 'browser' }]);
    await loop.learn(train);
    await loop.recommend({ userId: 'u1' });
    await loop.keep();
    await loop.ingest([view('new', 'c'), view('new', 'a'), view('new', 'fresh')]);
    let read = 0;
    const counting: Log = {
      ...log,
      async *read(from) {
        for await (const stored of log.read(from)) {
          read++;
          yield stored;
        }
      },
    };
    const again = await createLoop({ ...parts, log: counting });
    expect(read).toBe(3);
    expect(again.size).toEqual(loop.size);
    expect(again.catalogue.items).toEqual(loop.catalogue.items);
    for (const ask of [
      (one: Loop) => one.trending(9),
      (one: Loop) => one.sampleShoppers(9),
      (one: Loop) => ['a', 'b', 'c', 'd', 'fresh'].map((item) => one.similar(item, 9)),
      (one: Loop) => one.state('browser'),
    ])
      expect(await ask(again)).toEqual(await ask(loop));
  });

  test('kept bytes of another version are left aside, and the log is read anew', async () => {
    await loop.ingest(habits());
    await log.keep({ position: (await log.head())!, bytes: new TextEncoder().encode('TDF0 of old') });
    const again = await createLoop(markovParts(log));
    expect(again.size).toEqual(loop.size);
  });

  test('an erasure takes away what was kept', async () => {
    await loop.ingest([...habits(), view('gone', 'a')]);
    await loop.keep();
    await log.erase('gone', time++);
    expect(await log.kept()).toBeUndefined();
    expect((await createLoop(markovParts(log))).size.shoppers).toBe(20);
  });

  test.each([
    [
      'a model that fails',
      (served: ServedPolicy): ServedPolicy => ({
        ...served,
        policy: { ...served.policy, evaluate: () => Promise.reject(new Error('out of memory')) },
      }),
    ],
    [
      'a row that cannot be written',
      (served: ServedPolicy): ServedPolicy => ({
        ...served,
        encode: () => {
          throw new Error('out of memory');
        },
      }),
    ],
  ])(
    '%s is replaced by counts; the answer says so, the operator is told why, once a version',
    async (_, broken) => {
      const parts = markovParts(log);
      const told: string[] = [];
      loop = await createLoop({
        ...parts,
        warn: (message) => told.push(message),
        restore: async (...given) => broken(await parts.restore(...given)),
      });
      await loop.ingest([...habits(), view('x', 'd')]);
      await loop.learn(train);
      const answer = await loop.recommend({ userId: 'u1', limit: 1 });
      expect(answer).toMatchObject({ policy: { id: 'popularity' }, items: [{ itemId: 'd' }] });
      expect(answer!.degraded).toBe('the model failed; popularity answered');
      await loop.recommend({ userId: 'u2' });
      const words = (version: number) =>
        `markov, version ${version}, fails; popularity answers in its place: out of memory`;
      expect(told).toEqual([words(1)]);
      await loop.learn(train);
      await loop.recommend({ userId: 'u2' });
      expect(told).toEqual([words(1), words(2)]);
    },
  );

  test('an unsound version is told of: what serves goes on, and a new loop begins with the last sound one', async () => {
    const parts = markovParts(log);
    const told: string[] = [];
    const broken = new Set<number>();
    const restore: LoopParts['restore'] = (manifest, ...given) =>
      broken.has(manifest.version) ? Promise.reject(new Error('cut off')) : parts.restore(manifest, ...given);
    const make = () => createLoop({ ...parts, warn: (message) => told.push(message), restore });
    loop = await make();
    await loop.ingest(habits());
    for (let i = 0; i < 2; i++) await loop.learn(train);
    broken.add(3);
    await loop.learn(train);
    const words = 'markov, version 3, should serve and cannot: cut off; markov, version 2, serves meanwhile';
    expect([loop.serving?.version, loop.notes, told]).toEqual([2, [words], [words]]);
    await loop.adopt();
    expect(told).toEqual([words]);
    const again = await make();
    expect((await again.adopt())?.version).toBe(2);
    expect(again.notes).toEqual([words]);
    broken.add(2).add(1);
    await expect((await make()).adopt()).rejects.toThrow(
      'markov, version 3, should serve and cannot: cut off',
    );
    broken.clear();
    await again.adopt();
    expect([again.serving?.version, again.notes]).toEqual([3, []]);
  });

  test('a model that knows none of the products does not serve in silence', async () => {
    const parts = markovParts(log);
    const told: string[] = [];
    let known = 0;
    loop = await createLoop({
      ...parts,
      warn: (message) => told.push(message),
      restore: async (...given) => ({ ...(await parts.restore(...given)), known }),
    });
    await loop.ingest([...habits(), view('x', 'd')]);
    await loop.learn(train);
    expect(loop.notes).toEqual(['markov, version 1, knows 0 of 4 products; train again']);
    for (const answer of [
      await loop.recommend({ userId: 'u1', limit: 1 }),
      await loop.recommendGroup({ userIds: ['u1', 'u2'], limit: 1 }),
    ])
      expect(answer).toMatchObject({
        policy: { id: 'popularity' },
        items: [{ itemId: 'd' }],
        degraded: 'the model knows none of the products; popularity answered',
      });
    expect(told).toEqual([
      ...loop.notes,
      'markov, version 1, fails; popularity answers in its place: it knows none of the products; train again',
    ]);
    known = 1;
    await loop.learn(train);
    expect(loop.notes).toEqual(['markov, version 2, knows 1 of 4 products; train again']);
    known = 2;
    await loop.learn(train);
    expect(loop.notes).toEqual([]);
  });

  test('a model that fails to say what a shopper will do leaves the shopper to be seen', async () => {
    const parts = markovParts(log);
    const told: string[] = [];
    loop = await createLoop({
      ...parts,
      warn: (message) => told.push(message),
      restore: async (...given) => {
        const served = await parts.restore(...given);
        return {
          ...served,
          policy: { ...served.policy, foresee: () => Promise.reject(new Error('out of memory')) },
        };
      },
    });
    await loop.ingest(habits());
    await loop.learn(train);
    expect(await loop.expectations('u1')).toBeUndefined();
    expect(told).toEqual(['markov, version 1, fails; what shoppers will do is not said: out of memory']);
  });

  test('similar and trending are counts', async () => {
    await loop.ingest(habits());
    expect(loop.similar('a', 1)).toMatchObject([{ itemId: 'b', reasons: ['chosen together 10 times'] }]);
    expect(loop.similar('nothing', 1)).toBeUndefined();
    expect(loop.trending(2).items).toMatchObject([{ count: 10 }, { count: 10 }]);
  });
});
