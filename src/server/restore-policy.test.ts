import { expect, test } from 'vitest';
import { openEngine } from '../adapters/index.ts';
import { agentNamed } from '../agent/index.ts';
import { catalogue } from '../core/index.ts';
import { readShop, trainOnShop } from '../learn/index.ts';
import { restorePolicy } from './restore-policy.ts';
import { tinyShop } from './tiny-shop.suite.ts';

const noEngine = () => Promise.reject(new Error('no engine here'));

test('a model whose items the catalogue numbers otherwise is asked for all scores, not for its best by its own numbers', async () => {
  const { log } = await tinyShop();
  const data = await readShop(log);
  const trained = await trainOnShop(log, data, { definition: agentNamed('als'), seed: 1, now: 0 });
  const manifest = { ...trained.manifest, version: 1 };
  const same = await restorePolicy(manifest, trained.model, data.catalogue, noEngine);
  const turned = catalogue(data.catalogue.items.toReversed());
  const other = await restorePolicy(manifest, trained.model, turned, noEngine);
  expect([same.policy.best !== undefined, other.policy.best !== undefined]).toEqual([true, false]);
  const stranger = catalogue([...data.catalogue.items.slice(0, 3), { itemId: 'new' }]);
  const { known } = await restorePolicy(manifest, trained.model, stranger, noEngine);
  expect([same.known, known]).toEqual([12, 3]);
  const row = new Float32Array(same.policy.observation.size);
  row[same.policy.observation.parts[0]!.size - 1] = 3;
  const [plain, back] = [await same.policy.evaluate(row, 1), await other.policy.evaluate(row, 1)];
  expect([...back.values]).toEqual([...plain.values].toReversed());
});

test.each([
  ['als', { factors: 8 }],
  ['transformer', { width: 16, inner: 32, places: 8, epochs: 20, threads: 1 }],
])(
  '%s takes in a product as soon as it is put: it stands near its like, and events on it count',
  async (name, settings) => {
    const { loop, log } = await tinyShop(undefined, openEngine);
    await loop.learn(async () =>
      trainOnShop(log, await readShop(log), {
        ...{ definition: agentNamed(name), settings, seed: 1, now: 0, engine: await openEngine() },
      }),
    );
    const serving = loop.serving;
    const slate = async (userId?: string) =>
      (await loop.recommend({ limit: 13, excludeBought: false, ...(userId && { userId }) }))!.items;
    const view = (userId: string, itemId: string) => loop.ingest([{ eventType: 'view', userId, itemId }]);
    await view('one', 'p7');
    const before = await slate('one');
    await loop.putItems([{ itemId: 'new', title: 'Product 7', price: 12, categories: ['Coffee'] }]);
    expect(loop.serving).toBe(serving);

    const after = await slate('one');
    expect(after).toHaveLength(13);
    expect(after.findIndex(({ itemId }) => itemId === 'new')).toBeLessThan(7);
    const known = after.filter(({ itemId }) => itemId !== 'new');
    // The factors of a shopper of als weigh the whole catalogue: the tail may change places.
    const same = name === 'als' ? 3 : 12;
    expect(known.slice(0, same).map(({ itemId }) => itemId)).toEqual(
      before.slice(0, same).map(({ itemId }) => itemId),
    );

    const stranger = await slate();
    await view('other', 'new');
    const other = await slate('other');
    expect(other.map(({ score }) => score)).not.toEqual(stranger.map(({ score }) => score));
    // Who looked at the new coffee is shown coffee.
    const coffee = new Set(['new', ...Array.from({ length: 6 }, (_, i) => `p${i + 6}`)]);
    expect(other.slice(0, 4).filter(({ itemId }) => coffee.has(itemId)).length).toBeGreaterThan(2);
  },
);

test('a network that is put to serve has its graphs: no answer waits for one to be compiled, however long the history', async () => {
  let compiled = 0;
  const { loop, log } = await tinyShop(undefined, async () => {
    const engine = await openEngine();
    return { ...engine, compile: (...given) => engine.compile(...given).finally(() => compiled++) };
  });
  const settings = { width: 8, inner: 8, blocks: 1, epochs: 1, threads: 1 };
  await loop.learn(async () =>
    trainOnShop(log, await readShop(log), {
      ...{ definition: agentNamed('transformer'), settings, seed: 1, now: 0, engine: await openEngine() },
    }),
  );
  // For 8, 16 and 20 places, since the observation shows 20: of the best, and of all scores.
  expect(compiled).toBe(6);
  for (let length = 1; length <= 21; length++) {
    await loop.ingest([{ eventType: 'view', userId: 'one', itemId: `p${length % 12}` }]);
    for (const request of [{}, { pin: ['p3'] }]) await loop.recommend({ userId: 'one', ...request });
  }
  await loop.recommend({});
  expect(compiled).toBe(6);
});

test('an id without a product, and then its product, are taken in too; a model that cannot grow serves on', async () => {
  const { loop, log } = await tinyShop();
  await loop.learn(async () =>
    trainOnShop(log, await readShop(log), { definition: agentNamed('als'), seed: 1, now: 0 }),
  );
  const scoreOf = async () =>
    (await loop.recommend({ limit: 20, userId: 's1' }))!.items.find(({ itemId }) => itemId === 'later')
      ?.score;
  await loop.ingest([{ eventType: 'view', userId: 'x', itemId: 'later' }]);
  await loop.adopt();
  const unknown = await scoreOf();
  await loop.putItems([{ itemId: 'later', title: 'Product 5', categories: ['Tea'] }]);
  expect(await scoreOf()).not.toBe(unknown);

  await loop.learn(async () =>
    trainOnShop(log, await readShop(log), { definition: agentNamed('random'), seed: 1, now: 0 }),
  );
  await loop.putItems([{ itemId: 'last', title: 'Product 5', categories: ['Tea'] }]);
  const { items } = (await loop.recommend({ limit: 20, userId: 's1' }))!;
  expect(items.map(({ itemId }) => itemId)).toContain('last');
});
