import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type RunningServer, root, startServer } from './running-server.ts';

/** What the README's second command does, as package.json has it: the demo shop from nothing, and once more. */
const folder = mkdtempSync(join(tmpdir(), 'tendril-npm-'));
afterAll(() => rmSync(folder, { recursive: true }));
const npmStart = () => startServer(['--data', join(folder, 'demo')], ['npm', 'start', '--']);

/** What a shopper is shown, with the scores: what is left to chance changes the slate, but no score. */
async function scores(server: RunningServer, userId: string): Promise<Record<string, number>> {
  const { status, body } = await server.send('POST', '/v1/recommend', { userId, limit: 100 });
  expect(status).toBe(200);
  expect(body.items).toHaveLength(100);
  for (const item of body.items.slice(0, 10)) {
    expect(item.title).toMatch(/[a-z]{3}/);
    expect(item.reasons.length).toBeGreaterThan(0);
  }
  return Object.fromEntries(
    body.items.map((item: { itemId: string; score: number }) => [item.itemId, item.score]),
  );
}

async function ends(server: RunningServer): Promise<void> {
  const began = performance.now();
  await server.end();
  // npm hands its own end on as that of the shell between; what the server says last it says only where all went well.
  expect(server.said()).toMatch(/Ended; every event is on disk\.\s*$/);
  expect(performance.now() - began).toBeLessThan(5_000);
}

test('npm start: the demo shop from nothing, served, ended, and there again at once', async () => {
  const server = await npmStart();
  expect((await server.get('/health/live')).status).toBe(200);
  const page = await fetch(server.url);
  expect(page.headers.get('content-type')).toContain('text/html');
  expect(await page.text()).toBe(readFileSync(join(root, 'src/server/page.html'), 'utf8'));
  await server.ready();
  expect(server.said()).toMatch(/Serving \S+, version 1\./);
  const { body } = await server.get('/health/ready');
  expect(body.size.interactions).toBe(75_000);
  expect(body.notes.join(' ')).toContain('Complete Journey');
  const { shoppers } = (await server.get('/v1/shoppers/sample')).body;
  expect(shoppers).toHaveLength(20);
  await scores(server, shoppers[0].userId);
  const before = await scores(server, 'guest');
  const bought = { eventType: 'purchase', userId: 'guest', itemId: shoppers[0].recent[0].itemId };
  expect((await server.send('POST', '/v1/events', bought)).body).toMatchObject({ accepted: 1 });
  const after = await scores(server, 'guest');
  const both = Object.keys(after).filter((itemId) => itemId in before);
  expect(both.some((itemId) => after[itemId] !== before[itemId])).toBe(true);
  await ends(server);
  expect(server.said()).toContain('ndcg@10');

  const began = performance.now();
  const again = await npmStart();
  await again.ready();
  // Two seconds on a quiet machine, which this one need not be: the whole log is not read, the models not trained again.
  expect(performance.now() - began).toBeLessThan(10_000);
  const { size } = (await again.get('/health/ready')).body;
  expect(size).toEqual({ ...body.size, shoppers: body.size.shoppers + 1, interactions: 75_001 });
  expect((await again.get('/v1/shoppers/guest')).body).toMatchObject({ actions: 1, orders: 1 });
  await scores(again, 'guest');
  await ends(again);
});
