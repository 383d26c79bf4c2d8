import { expect, test } from 'vitest';
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
