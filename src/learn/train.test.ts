import { describe, expect, test } from 'vitest';
import { openEngine } from '../adapters/index.ts';
import { agentNamed } from '../agent/index.ts';
import { type Event, rng } from '../core/index.ts';
import { type Log, memoryLog } from '../log/index.ts';
import { memoryRegistry } from '../registry/index.ts';
import { openModel } from './model-file.ts';
import { restoreModel } from './restore-model.ts';
import { readShop } from './shop-data.ts';
import { trainBest } from './train-best.ts';
import { trainOnShop } from './train-on-shop.ts';

const day = 86_400_000;
const items = 40;

/** A made-up shop: after item i comes item i + 1, four times of five; rows arrive in any order. */
async function ringShop(shoppers = 120): Promise<Log> {
  const random = rng(3);
  const events: Event[] = [];
  for (let u = 0; u < shoppers; u++) {
    let item = random.int(items);
    for (let t = 0; t < 12; t++) {
      events.push({
        eventId: `${u}.${t}`,
        eventType: t % 3 === 2 ? 'purchase' : 'click',
        timestamp: t * day + u,
        userId: `u${u}`,
        itemId: `i${item}`,
        value: 1 + item,
      });
      item = random.float() < 0.8 ? (item + 1) % items : random.int(items);
    }
  }
  const log = memoryLog();
  for (let i = events.length - 1; i > 0; i--) {
    const j = random.int(i + 1);
    [events[i], events[j]] = [events[j]!, events[i]!];
  }
  await log.append(events);
  return log;
}

describe('readShop', () => {
  test('holds each last interaction back, and all of its order', async () => {
    const log = memoryLog();
    const event = (eventId: string, timestamp: number, more: Partial<Event>): Event => ({
      eventId,
      eventType: 'purchase',
      timestamp,
      userId: 'u',
      ...more,
    });
    await log.append([
      event('1', 1, { itemId: 'a', value: 2 }),
      event('2', 2, { itemId: 'b', value: 4 }),
      event('3', 9, { items: [{ itemId: 'c', price: 100 }, { itemId: 'd' }] }),
      event('4', 5, { userId: 'once', itemId: 'a', value: 1 }),
    ]);
    const data = await readShop(log);
    expect(data.shoppers).toEqual(['u', 'once']);
    const names = (numbers: Int32Array) => [...numbers].map((i) => data.catalogue.items[i]!.itemId);
    expect(names(data.train.items)).toEqual(['a', 'b', 'a']);
    expect(names(data.validation.inputs.items)).toEqual(['a', 'b']);
    expect(names(data.validation.targets)).toEqual(['d']);
    expect(data.encoder.encoding.price).toEqual({ min: 1, max: 4 });
    expect(data.encoder.encoding.time).toEqual({ min: 1, max: 5 });
    expect([data.encoder.labelOf('u'), data.encoder.labelOf('once'), data.encoder.labelOf('other')]).toEqual([
      1, 2, 0,
    ]);
  });
  test('a log without interactions is told', async () => {
    await expect(readShop(memoryLog())).rejects.toMatchObject({ code: 'no-data' });
  });
  test('the same log has the same fingerprint, in any order of arrival', async () => {
    const log = await ringShop(5);
    const other = memoryLog();
    const events: Event[] = [];
    for await (const { event } of log.read()) events.push(event);
    await other.append(events);
    const fingerprint = async (l: Log) => (await readShop(l)).fingerprint;
    expect(await fingerprint(other)).toBe(await fingerprint(log));
    await other.append([{ ...events[0]!, eventId: 'more' }]);
    expect(await fingerprint(other)).not.toBe(await fingerprint(log));
  });
});

describe('training', () => {
  test('finds the ring: markov beats popularity, wins, and serves', async () => {
    const log = await ringShop();
    const registry = memoryRegistry();
    const seen: string[] = [];
    const { winner, manifests } = await trainBest(log, registry, {
      agents: ['popularity', 'markov'],
      seed: 1,
      now: 77,
      trained: ({ agent }) => seen.push(agent),
    });
    expect(seen).toEqual(['popularity', 'markov']);
    expect(winner).toMatchObject({ agent: 'markov', version: 1, createdAt: 77, seed: 1 });
    expect(winner.metrics['ndcg@10']).toBeGreaterThan(0.6);
    expect(manifests[0]!.metrics['ndcg@10']).toBeLessThan(0.3);
    expect(winner.data).toMatchObject({ interactions: 1440, shoppers: 120, items });
    expect(await registry.serving()).toEqual(winner);
  });
  test('a stored model acts as the trained one did, and learned the held-back part', async () => {
    const log = await ringShop();
    const registry = memoryRegistry();
    const { winner, best, data } = await trainBest(log, registry, { agents: ['markov'], seed: 1, now: 0 });
    const stored = (await registry.get(winner.agent, winner.version))!;
    const restored = await restoreModel(stored, data.catalogue.item);
    const rows = data.validation.observations;
    const scores = async (agent: typeof best.agent) => (await agent.policy().evaluate(rows, 120)).values;
    expect(await scores(restored.agent)).toEqual(await scores(best.agent));
    expect(restored.encoder.encoding).toMatchObject(data.encoder.encoding);
    expect(restored.items.items).toEqual(data.catalogue.items);
    expect(restored.encoder.labelOf(data.shoppers[4]!)).toBe(5);
    const manifest = { ...stored.manifest, agent: 'popularity' };
    await expect(restoreModel({ ...stored, manifest }, () => undefined)).rejects.toThrow(
      'is of agent "markov"',
    );
  });
  test('who the shopper is, by embeddings of the histories before what is held back, is kept with the model', async () => {
    const log = await ringShop();
    const data = await readShop(log, { embeddings: 4 });
    expect(data.encoder.embeddings!.vectors).toHaveLength(4 * items);
    const trained = await trainOnShop(log, data, {
      definition: agentNamed('lin-ucb'),
      settings: { features: 'features,embedding' },
      seed: 1,
      now: 0,
      steps: 500,
    });
    const stored = { manifest: { ...trained.manifest, version: 1 }, model: trained.model };
    const restored = await restoreModel(stored, data.catalogue.item);
    const rows = data.validation.observations;
    const scores = async (agent: typeof trained.agent) => (await agent.policy().evaluate(rows, 120)).values;
    expect(await scores(restored.agent)).toEqual(await scores(trained.agent));
    expect(restored.encoder.embeddings).toEqual(data.encoder.embeddings);
    const encoding = { ...(trained.manifest.encoding as object), embedding: 5 } as never;
    await expect(
      restoreModel({ ...stored, manifest: { ...stored.manifest, encoding } }, data.catalogue.item),
    ).rejects.toThrow('has not the embeddings of its items');
  });
  test('a table learns what shoppers like by their profile; other agents learn what they learned without it', async () => {
    const event = (u: number, t: number, more: Partial<Event>): Event => ({
      eventId: `${u}.${t}`,
      eventType: 'purchase',
      timestamp: 10 + t,
      userId: `u${u}`,
      ...more,
    });
    const random = rng(2);
    // The young take items 0 to 4, the others 5 to 9, in any order.
    const taken = Array.from({ length: 200 }, (_, u) =>
      Array.from({ length: 4 }, (_, t) => event(u, t, { itemId: `i${5 * (u % 2) + random.int(5)}` })),
    ).flat();
    const profiles = Array.from({ length: 200 }, (_, u) =>
      event(u, -9, {
        eventType: 'shopper_changed',
        properties: { shopper: { age: u % 2 ? 60 + (u % 7) : 20 + (u % 9), zip: '12345' } },
      }),
    );
    const [plain, known] = [memoryLog(), memoryLog()];
    await plain.append(taken);
    await known.append([...taken, ...profiles]);
    const engine = await openEngine();
    const train = async (log: Log, name: string, settings: Record<string, unknown> = {}) =>
      trainOnShop(log, await readShop(log, { historyLength: 4 }), {
        definition: agentNamed(name),
        settings,
        seed: 1,
        now: 0,
        slate: 3,
        steps: 3000,
        engine,
      });
    const figure = 'ndcg@10';
    const byAge = await train(known, 'q-learning', { key: 'shopper.age:2' });
    const byRegion = await train(known, 'q-learning', { key: 'shopper.region' });
    expect(byAge.manifest.metrics[figure]).toBeGreaterThan(byRegion.manifest.metrics[figure]! + 0.1);
    const stored = { model: byAge.model, manifest: { ...byAge.manifest, version: 1 } };
    const { encoder } = await restoreModel(stored, (itemId) => ({ itemId }));
    expect(encoder.encoding.profile).toMatchObject({ genders: [], regions: ['1'] });
    await expect(train(plain, 'q-learning', { key: 'shopper.age:2' })).rejects.toThrow(
      'needs profiles of shoppers',
    );
    const small = { hidden: 8, embedding: 8, learningStarts: 32 };
    for (const [name, settings] of [
      ['markov', {}],
      ['dqn', small],
      ['dqn', { ...small, asPrinted: true }],
    ] as const) {
      const [a, b] = [await train(plain, name, settings), await train(known, name, settings)];
      const scores = async ({ agent }: typeof a, log: Log): Promise<number[]> => {
        const { validation } = await readShop(log, { historyLength: 4 });
        const { values } = await agent.policy().evaluate(validation.observations, validation.targets.length);
        return [...values];
      };
      expect(await scores(b, known), name).toEqual(await scores(a, plain));
      expect(b.manifest.metrics, name).toEqual(a.manifest.metrics);
    }
  });
  test('is a function of data, settings and seed, also for networks, which learn the ring and go on where they stopped', async () => {
    const log = await ringShop();
    const data = await readShop(log, { historyLength: 5 });
    const engine = await openEngine();
    const settings = {
      hidden: 16,
      embedding: 16,
      learningStarts: 64,
      learningRate: 0.01,
      updatesPerStep: 0.1,
    };
    const train = (steps: number, resume?: Uint8Array) =>
      trainOnShop(log, data, {
        definition: agentNamed('dqn'),
        settings,
        reward: 'click + purchase',
        seed: 5,
        now: 0,
        slate: 3,
        steps,
        engine,
        ...(resume && { resume }),
      });
    const [one, two] = [await train(6000), await train(6000)];
    expect(two.model).toEqual(one.model);
    expect(one.manifest.metrics['ndcg@10']).toBeGreaterThan(0.35);
    const further = await train(3000, openModel(one.model).bytes);
    expect(further.manifest.metrics['ndcg@10']).toBeGreaterThanOrEqual(one.manifest.metrics['ndcg@10']!);
    await expect(
      trainOnShop(log, data, {
        definition: agentNamed('dqn'),
        settings: { nStep: 3 },
        seed: 1,
        now: 0,
        engine,
      }),
    ).rejects.toThrow('setting "nStep" is 3');
  });
});
