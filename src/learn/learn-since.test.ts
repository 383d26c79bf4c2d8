import { expect, test } from 'vitest';
import { openEngine } from '../adapters/index.ts';
import { agentNamed, readModel } from '../agent/index.ts';
import type { Event, Item } from '../core/index.ts';
import { type Log, memoryLog } from '../log/index.ts';
import { type ModelFile, openModel, packModel } from './model-file.ts';
import { restoreModel } from './restore-model.ts';
import { readShop, type ShopData } from './shop-data.ts';
import { type TrainedModel, trainOnShop } from './train-on-shop.ts';

const items = 12;
const kinds = ['Tea', 'Coffee', 'Cocoa'];
const changed = (timestamp: number, item: Item): Event => ({
  eventId: `${item.itemId} at ${timestamp}`,
  eventType: 'item_changed',
  timestamp,
  properties: { item: item as never },
});
const bought = (timestamp: number, userId: string, itemId: string): Event => ({
  eventId: `${userId} ${itemId} ${timestamp}`,
  eventType: 'purchase',
  timestamp,
  userId,
  itemId,
});

/** Shoppers who stay with one of three kinds, and go through its four products in order. */
async function shopOfKinds(): Promise<Log> {
  const log = memoryLog();
  await log.append(
    Array.from({ length: items }, (_, i) =>
      changed(0, { itemId: `i${i}`, title: `${kinds[i % 3]} number ${i}`, categories: [kinds[i % 3]!] }),
    ),
  );
  await log.append(
    Array.from({ length: 240 }, (_, e) =>
      bought(10 + e, `u${e % 60}`, `i${(e % 3) + 3 * (Math.floor(e / 60) % 4)}`),
    ),
  );
  return log;
}

/** A product like those of the first kind, a mistyped id, and who bought them. */
const later: readonly Event[] = [
  changed(1000, { itemId: 'new', title: 'Tea number 3', categories: ['Tea'] }),
  bought(1001, 'u0', 'typo'),
  ...Array.from({ length: 9 }, (_, k) => bought(1002 + k, `u${3 * k}`, 'new')),
];

const network = { width: 8, places: 8, epochs: 4, threads: 1 };
const tuned = { width: 8, places: 8, inner: 16, hidden: 16, embedding: 8, learningStarts: 32, batchSize: 32 };
const cases: [string, Record<string, unknown>][] = [
  ['transformer', { ...network, inner: 16 }],
  ['gru', network],
  ['lstm', network],
  ['popularity', {}],
  ['recent-popularity', {}],
  ['markov', {}],
  ['item-knn', {}],
  ['ease', { regularisation: 5 }],
  ['content', {}],
  ['markov+item-knn', {}],
  ['als', { factors: 8 }],
  ['bpr', { factors: 8, passes: 20 }],
  ['als+bpr', {}],
  ['sqn', tuned],
  ['sa2c', tuned],
  ['off-policy-ac', tuned],
];

const stored = ({ model, manifest }: TrainedModel) => ({ model, manifest: { ...manifest, version: 1 } });
const goingOn = (log: Log, { items: known, labels }: ModelFile): Promise<ShopData> =>
  readShop(log, { historyLength: 8, known, labels: labels! });

test.each(cases)(
  '%s takes in new products: known ones stay as they were, then it learns',
  async (name, settings) => {
    const log = await shopOfKinds();
    const engine = await openEngine();
    const options = {
      ...{ definition: agentNamed(name), settings, seed: 1, now: 0, slate: 3, steps: 256, engine },
      discount: 0,
    };
    const data = await readShop(log, { historyLength: 8 });
    const first = await trainOnShop(log, data, options);
    const earlier = openModel(first.model);
    await log.append(later);
    const more = await goingOn(log, earlier);
    expect(more.catalogue.items.map(({ itemId }) => itemId)).toEqual([...earlier.items, 'new', 'typo']);

    const rows = 8;
    const scores = async (trained: TrainedModel, all: readonly Item[], of = data): Promise<number[][]> => {
      const { agent } = await restoreModel(stored(trained), more.catalogue.item, engine, all);
      const policy = agent.policy();
      const observations = of.validation.observations.subarray(0, rows * policy.observation.size);
      const { values, choices } = await policy.evaluate(observations, rows);
      // Compared with the first item: dueling values are centred over all of them.
      return Array.from({ length: rows }, (_, row) =>
        [...values.subarray(row * choices, (row + 1) * choices)].map(
          (value) => value - values[row * choices]!,
        ),
      );
    };
    const before = await scores(first, []);
    const grown = await scores(first, more.catalogue.items);
    grown.forEach((row, u) => {
      expect(row).toHaveLength(items + 2);
      expect(row.every(Number.isFinite)).toBe(true);
      // A shopper's factors weigh the whole catalogue, so that more of it moves them a little: there the rows are compared.
      const close = name.includes('als') || name.includes('bpr') ? 0 : 4;
      row.slice(0, items).forEach((score, item) => {
        expect(score).toBeCloseTo(before[u]![item]!, close);
      });
    });

    const { agent } = await restoreModel(stored(first), more.catalogue.item, engine, more.catalogue.items);
    const [small, large] = [earlier.bytes, await agent.save()].map((bytes) => readModel(name, bytes).arrays);
    for (const array of ['table', 'items', 'counts', 'mean.rows.q'].filter((each) => each in small!)) {
      const end = array === 'mean.rows.q' ? items * 9 : small![array]!.length;
      expect(large![array]!.slice(0, end)).toEqual(small![array]!.slice(0, end));
      expect(large![array]!.length).toBeGreaterThan(small![array]!.length);
    }

    const second = await trainOnShop(log, more, { ...options, earlier });
    expect(openModel(second.model).items).toEqual([...earlier.items, 'new', 'typo']);
    expect(second.manifest.encoding).toMatchObject({ itemCount: items + 2 });
    const [ready, after] = [await scores(first, more.catalogue.items, more), await scores(second, [], more)];
    expect(after.flat().every(Number.isFinite)).toBe(true);
    if (second.agent.consumes !== 'sequences') return;
    // The fourth shopper has had all old tea: nine like that have taken the new one next. bpr is sure of it before, and so is the
    // gate of the blend, to which all others are alike.
    const lead = (row: number[]): number =>
      row[items]! - row.reduce((sum, score) => sum + score) / row.length;
    if (name === 'content') expect(lead(ready[3]!)).toBeGreaterThan(0);
    else
      expect(lead(after[3]!)).toBeGreaterThan(
        ['bpr', 'markov+item-knn'].includes(name) ? 0 : lead(ready[3]!),
      );
    expect(second.manifest.metrics).toMatchObject({ validated: 9 });
    const again = openModel(second.model);
    await expect(
      trainOnShop(log, await goingOn(log, again), { ...options, earlier: again }),
    ).rejects.toMatchObject({ code: 'no-data' });
  },
);

test('a lesson is what shoppers did since; a model that does not say what it learned cannot go on', async () => {
  const log = await shopOfKinds();
  const options = { definition: agentNamed('markov'), seed: 1, now: 0 };
  const earlier = openModel((await trainOnShop(log, await readShop(log), options)).model);
  await log.append([
    bought(2000, 'u0', 'i1'),
    bought(2001, 'stranger', 'i1'),
    bought(2002, 'stranger', 'i4'),
  ]);
  const lesson = await trainOnShop(log, await goingOn(log, earlier), { ...options, earlier });
  const whole = await trainOnShop(log, await goingOn(log, earlier), options);
  const observations = (await goingOn(log, earlier)).validation.observations;
  const rows = observations.length / whole.agent.policy().observation.size;
  const both = await Promise.all(
    [lesson, whole].map(({ agent }) => agent.policy().evaluate(observations, rows)),
  );
  expect([...both[0]!.values]).toEqual([...both[1]!.values]);

  const { learned: _, ...silent } = earlier;
  const data = await goingOn(log, openModel(packModel(silent)));
  await expect(trainOnShop(log, data, { ...options, earlier: silent })).rejects.toThrow(
    'was stored without how much it has learned',
  );
});

test('an agent that cannot grow says so', async () => {
  const log = await shopOfKinds();
  const { grow: _, ...still } = agentNamed('markov');
  const options = { definition: still, seed: 1, now: 0 };
  const earlier = openModel((await trainOnShop(log, await readShop(log), options)).model);
  await log.append(later);
  await expect(trainOnShop(log, await goingOn(log, earlier), { ...options, earlier })).rejects.toThrow(
    'knows 12 items and the shop has 14 now, which this agent cannot take in: train without --resume',
  );
});
