import type { InjectOptions } from 'fastify';
import { expect, test } from 'vitest';
import { createApp } from './app.ts';
import type { Shop } from './shop.ts';
import { tinyShop } from './tiny-shop.suite.ts';

const host = 'localhost:4400';

test('a shopper is erased, browsers that are the same too, once, and not without the key', async () => {
  const { loop } = await tinyShop();
  const shop: Shop = { loop, progress: [], versions: async () => [], reportsPath: '/nowhere', notes: [] };
  const app = createApp({ shop, version: '0' });
  const ask = async (options: InjectOptions) => {
    const answer = await app.inject({ ...options, headers: { host } });
    return { status: answer.statusCode, body: answer.json() };
  };
  const seen = async (id: string) => (await ask({ method: 'GET', url: `/v1/shoppers/${id}` })).body.actions;
  const events = [
    { eventType: 'view', anonymousId: 'browser 7', itemId: 'p0' },
    { eventType: 'view', userId: 'ann', anonymousId: 'browser 7', itemId: 'p1' },
    { eventType: 'view', userId: 'bob', itemId: 'p1' },
  ];
  await ask({ method: 'POST', url: '/v1/events', payload: { events } });
  expect([await seen('ann'), await seen('bob')]).toEqual([2, 1]);
  const erase = () => ask({ method: 'DELETE', url: '/v1/shoppers/ann' });
  expect(await erase()).toMatchObject({ status: 200, body: { userId: 'ann', erased: 2 } });
  expect([await seen('ann'), await seen('browser%207'), await seen('bob')]).toEqual([0, 0, 1]);
  expect(await erase()).toMatchObject({ status: 200, body: { userId: 'ann', erased: 0 } });
  const keyed = createApp({ shop, version: '0', key: 'secret' });
  const without = await keyed.inject({ method: 'DELETE', url: '/v1/shoppers/bob', headers: { host } });
  expect([without.statusCode, await seen('bob')]).toEqual([401, 1]);
});
