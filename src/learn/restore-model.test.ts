import { describe, expect, test } from 'vitest';
import { openEngine } from '../adapters/index.ts';
import { agentNamed } from '../agent/index.ts';
import type { Event, Item } from '../core/index.ts';
import { memoryLog } from '../log/index.ts';
import { openModel, packModel } from './model-file.ts';
import { restoreModel } from './restore-model.ts';
import { readShop } from './shop-data.ts';
import { trainOnShop } from './train-on-shop.ts';

const items = 12;
const changed = (timestamp: number, item: Item): Event => ({
  eventId: `${item.itemId} at ${timestamp}`,
  eventType: 'item_changed',
  timestamp,
  properties: { item: item as never },
});

/** Shoppers who stay with one of three kinds. The first item of the catalogue has no category yet. */
async function shopOfKinds() {
  const log = memoryLog();
  await log.append(
    Array.from({ length: items }, (_, i) =>
      changed(
        0,
        i === 0
          ? { itemId: 'i0', price: 1 }
          : { itemId: `i${i}`, price: 1 + i, categories: [`kind${i % 3}`], brand: `maker${i % 2}` },
      ),
    ),
  );
  await log.append(
    Array.from({ length: 240 }, (_, e) => ({
      eventId: `e${e}`,
      eventType: 'purchase',
      timestamp: 10 + e,
      userId: `u${e % 40}`,
      itemId: `i${(e % 3) + 3 * (Math.floor(e / 40) % 4)}`,
    })),
  );
  return log;
}

describe('a model and a catalogue that has changed since', () => {
  const small = { hidden: 16, embedding: 8, learningStarts: 32, slate: 'top-k' };
  test.each([
    ['content', {}],
    ['item-knn+content', {}],
    ['dqn', { ...small, itemContent: 'category' }],
    ['dqn', small],
    ['q-learning', { key: 'item.category,item.brand' }],
  ])('%s %j reads the items it knows as before: same scores', async (name, settings) => {
    const log = await shopOfKinds();
    const engine = await openEngine();
    const data = await readShop(log, { historyLength: 4 });
    const definition = agentNamed(name);
    const options = { definition, settings, seed: 1, now: 0, slate: 3, steps: 600, engine };
    const { model, manifest } = await trainOnShop(log, data, options);
    const stored = { model, manifest: { ...manifest, version: 1 } };
    const { size } = (await restoreModel(stored, data.catalogue.item, engine)).agent.policy().observation;
    const rows = data.validation.observations;
    // The first item is nobody's history here, so it is looked at by nobody.
    const without = Array.from({ length: rows.length / size }, (_, row) => row).filter(
      (row) => !rows.subarray(row * size, row * size + 4).includes(1),
    );
    const observations = Float32Array.from(
      without.flatMap((row) => [...rows.subarray(row * size, (row + 1) * size)]),
    );
    const scores = async (): Promise<number[][]> => {
      const { catalogue } = await readShop(log, { historyLength: 4 });
      const { agent } = await restoreModel(stored, catalogue.item, engine);
      const { values } = await agent.policy().evaluate(observations, without.length);
      // Compared with the second item: dueling values are centred over all items, the changed one included.
      return without.map((_, row) =>
        [...values.subarray(row * items + 2, (row + 1) * items)].map(
          (value) => value - values[row * items + 1]!,
        ),
      );
    };
    const before = await scores();
    expect(before.length).toBeGreaterThan(10);
    expect(before.flat().some((value) => Math.abs(value) > 0.01)).toBe(true);
    await log.append([
      changed(1000, { itemId: 'i0', price: 1, categories: ['Aardvarks'], brand: 'Aaron' }),
      changed(1000, { itemId: 'brand new', price: 5, categories: ['Abacuses'], brand: 'Abel' }),
    ]);
    const after = await scores();
    after.forEach((row, r) => {
      row.forEach((value, i) => {
        expect(value).toBeCloseTo(before[r]![i]!, 5);
      });
    });
  });

  test('a model without labels still serves where its agent does not look at items, else is refused', async () => {
    const log = await shopOfKinds();
    const data = await readShop(log);
    const restored = async (name: string) => {
      const trained = await trainOnShop(log, data, { definition: agentNamed(name), seed: 1, now: 0 });
      const { labels: _, ...file } = openModel(trained.model);
      const stored = { model: packModel(file), manifest: { ...trained.manifest, version: 7 } };
      return restoreModel(stored, data.catalogue.item);
    };
    expect((await restored('markov')).items.size).toBe(items);
    await expect(restored('content')).rejects.toMatchObject({
      code: 'bad-model',
      message: expect.stringContaining('version 7 of "content" was stored without the labels of its items'),
    });
  });
});
