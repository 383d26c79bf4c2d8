import { expect, test } from 'vitest';
import { createApp } from './app.ts';
import { tinyShop, trainMarkov } from './tiny-shop.suite.ts';

test('versions that cannot be read are notes and the others are listed; a lesson stands beside what it began with', async () => {
  const { loop } = await tinyShop();
  const first = await loop.learn(trainMarkov);
  const lesson = await loop.learn(async (log) => {
    const { model, manifest } = await trainMarkov(log);
    return { model, manifest: { ...manifest, metrics: {}, taughtFrom: 1 } };
  });
  const app = createApp({
    shop: {
      loop,
      progress: [],
      versions: async (tell) => {
        tell('3.json has no format; accepted: 1');
        return [lesson, first];
      },
      reportsPath: '/nowhere',
      notes: ['made up'],
    },
    version: '0',
  });
  const answer = await app.inject({ url: '/v1/policies', headers: { host: 'localhost:4400' } });
  expect(answer.statusCode).toBe(200);
  expect(answer.json()).toMatchObject({
    serving: { version: 2, taughtFrom: 1, trainedAnew: { version: 1, metrics: first.metrics } },
    versions: [{ version: 2 }, { version: 1 }],
    notes: ['made up', '3.json has no format; accepted: 1'],
  });
});
