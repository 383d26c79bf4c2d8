import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Loop } from '../loop.ts';
import { createApp } from './app.ts';
import type { Shop } from './shop.ts';
import { tinyShop, trainMarkov } from './tiny-shop.suite.ts';

const shopOf = (loop: Loop | undefined): Shop => ({
  loop,
  progress: [{ name: 'Training', state: 'running', note: 'markov', share: 0.5 }],
  versions: async () => (loop?.serving ? [loop.serving] : []),
  reportsPath: '/nowhere',
  notes: ['made up'],
});
const host = 'localhost:4400';

let loop: Loop;
let app: FastifyInstance;
beforeAll(async () => {
  const shop = await tinyShop();
  loop = shop.loop;
  await loop.learn(trainMarkov);
  app = createApp({ shop: shopOf(loop), version: '0' });
});
const ask = async (options: InjectOptions, on = app) => {
  const answer = await on.inject({ ...options, headers: { host, ...options.headers } });
  return { status: answer.statusCode, type: answer.headers['content-type'], body: answer.json(), answer };
};
/** What a port answers to these very bytes. */
const spokenTo = (port: number, text: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let heard = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.on('data', (piece) => {
      heard += piece;
    });
    socket.on('close', () => resolve(heard));
    socket.on('error', reject);
  });
const post = (url: string, payload: unknown) =>
  ask({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json' },
    payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
  });
const send = (method: 'PUT' | 'PATCH') => (url: string, payload: unknown) =>
  ask({
    method,
    url,
    headers: { 'content-type': 'application/json' },
    payload: JSON.stringify(payload),
  });
const put = send('PUT');
const patch = send('PATCH');
const first = async (userId: string) =>
  (await post('/v1/recommend', { userId, limit: 1 })).body.items[0].itemId;

describe('what the API is for', () => {
  test("a shopper's event changes the very next answer", async () => {
    expect(await post('/v1/events', { eventType: 'view', userId: 'guest', itemId: 'p4' })).toMatchObject({
      status: 202,
      body: { accepted: 1, duplicates: 0, rejected: [] },
    });
    expect(await first('guest')).toBe('p5');
    await post('/v1/events', [{ event_type: 'view_item', user_id: 'guest', item_id: 'p8' }]);
    expect(await first('guest')).toBe('p9');
  });
  test('an empty answer says why, and a range of prices that holds none is refused', async () => {
    const wanted = (filter: object) => post('/v1/recommend', { userId: 's1', filter });
    const { body } = await wanted({ categories: ['Teee'] });
    expect([body.items, body.notes]).toEqual([[], ['no product is in category Teee']]);
    expect(await wanted({ minPrice: 10, maxPrice: 5 })).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining('filter.minPrice is 10 and filter.maxPrice 5; accepted:') },
    });
    expect((await wanted({ minPrice: 6, maxPrice: 6 })).body.items).toHaveLength(1);
  });
  test('the answer has the shape that was promised', async () => {
    const { status, body } = await post('/v1/recommend', { user_id: 's1', limit: 3, placement: 'home' });
    expect(status).toBe(200);
    expect(body).toEqual({
      recommendationId: expect.any(String),
      placement: 'home',
      policy: { id: 'markov', version: '1' },
      items: [1, 2, 3].map((position) => ({
        itemId: expect.stringMatching(/^p\d+$/),
        title: expect.stringMatching(/^Product \d+$/),
        score: expect.any(Number),
        position,
        ...{ propensity: 1, explored: false },
        sources: expect.arrayContaining(['best']),
        reasons: expect.arrayContaining([expect.any(String)]),
      })),
      tookMs: expect.any(Number),
    });
    const why = await ask({ method: 'GET', url: `/v1/recommendations/${body.recommendationId}` });
    expect(why.body).toMatchObject({ shopper: 's1', placement: 'home', support: { version: 4, size: 9 } });
    expect(why.body.items).toEqual(body.items);
  });
  test('out of stock is gone at once, and back when it is back', async () => {
    await post('/v1/events', { eventType: 'view', userId: 'stock', itemId: 'p6' });
    expect(await first('stock')).toBe('p7');
    expect((await put('/v1/items', { items: [{ itemId: 'p7', stock: 0 }] })).body).toMatchObject({
      accepted: 1,
    });
    const { body } = await post('/v1/recommend', { userId: 'stock', limit: 100 });
    expect(body.items.map((item: { itemId: string }) => item.itemId)).not.toContain('p7');
    await put('/v1/items', { items: [{ itemId: 'p7', title: 'Product 7', stock: 3 }] });
    expect(await first('stock')).toBe('p7');
  });
  test('a stock feed changes the stock and nothing else, and all of it or none', async () => {
    const item = { itemId: 'p8', title: 'Product 8', price: 8, brand: 'B', stock: 8 };
    const known = () => loop.catalogue.items[loop.catalogue.indexOf('p8')!];
    await put('/v1/items', { items: [item] });
    const feed = { items: [{ item_id: 'p8', stock: 0 }] };
    expect(await patch('/v1/items', feed)).toMatchObject({
      status: 200,
      body: { accepted: 1, unchanged: 0 },
    });
    expect(known()).toEqual({ ...item, stock: 0 });
    expect((await patch('/v1/items', feed)).body).toMatchObject({ accepted: 0, unchanged: 1 });
    expect(
      await patch('/v1/items', {
        items: [
          { itemId: 'p8', stock: 9 },
          { itemId: 'never-seen', stock: 1 },
        ],
      }),
    ).toMatchObject({
      status: 404,
      body: { code: 'unknown-item', detail: 'there is no item "never-seen"; nothing was changed' },
    });
    expect(known()).toEqual({ ...item, stock: 0 });
    // At the same time, and one of them twice: no change is lost.
    const answers = await Promise.all([
      patch('/v1/items', {
        items: [
          { itemId: 'p8', stock: 5 },
          { itemId: 'p8', brand: 'C' },
        ],
      }),
      patch('/v1/items', { items: [{ itemId: 'p8', price: 7 }] }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(known()).toEqual({ ...item, stock: 5, brand: 'C', price: 7 });
    // A PUT replaces the whole.
    await put('/v1/items', { items: [{ itemId: 'p8', title: 'Product 8' }] });
    expect(known()).toEqual({ itemId: 'p8', title: 'Product 8' });
  });
  test('similar, trending, shoppers, policies, health', async () => {
    expect((await ask({ url: '/v1/items/p0/similar?limit=1' })).body.items).toMatchObject([{ itemId: 'p1' }]);
    expect((await ask({ url: '/v1/trending?limit=2' })).body.items).toHaveLength(2);
    const { shoppers } = (await ask({ url: '/v1/shoppers/sample' })).body;
    expect(shoppers).toHaveLength(20);
    expect(shoppers[0].recent[0].title).toMatch(/^Product/);
    expect((await ask({ url: '/v1/policies' })).body).toMatchObject({
      serving: { agent: 'markov', version: 1 },
    });
    expect((await ask({ url: '/health/live' })).body).toEqual({ live: true });
    expect(await ask({ url: '/health/ready' })).toMatchObject({ status: 200, body: { ready: true } });
  });
  test('a shopper of another year has lapsed by now; what they were when last seen is told beside it', async () => {
    const days = [1, 3, 5, 7, 9, 11].map((day) => Date.UTC(2017, 10, day));
    await post(
      '/v1/events',
      days.map((timestamp) => ({ eventType: 'purchase', userId: 'of-2017', itemId: 'p3', timestamp })),
    );
    await post('/v1/recommend', { userId: 'of-2017' });
    expect((await ask({ url: '/v1/shoppers/of-2017' })).body).toMatchObject({
      segment: 'lapsing',
      lastSeen: { timestamp: days.at(-1), segment: 'loyal' },
    });
    expect((await ask({ url: '/v1/shoppers/never-seen' })).body).not.toHaveProperty('lastSeen');
  });
  test('the description is true to the routes, both ways', async () => {
    const { body } = await ask({ url: '/openapi.json' });
    expect(body.openapi).toBe('3.1.0');
    const described = Object.entries(body.paths).flatMap(([path, methods]) =>
      Object.keys(methods as object).map((method) => `${method.toUpperCase()} ${path}`),
    );
    // What the router itself says, but for what is no API: the page, the report, the description, and HEAD.
    const above: string[] = [];
    const served = app
      .printRoutes({ commonPrefix: false })
      .split('\n')
      .flatMap((line) => {
        const [, indent = '', part = '', methods] = /^(.*?)[├└]── (\S+)(?: \(([^)]+)\))?/.exec(line) ?? [];
        above.splice(indent.length / 4, Infinity, part);
        const path = above.join('').replace(/:(\w+)/g, '{$1}');
        return methods?.split(', ').map((method) => `${method} ${path}`) ?? [];
      })
      .filter((route) => !/^HEAD |^GET \/(report|openapi.json)?$/.test(route));
    expect(described.sort()).toEqual(served.sort());
    expect(served).toContain('GET /v1/items/{id}/similar');
  });
  test('the page carries no foreign address and allows nothing but itself', async () => {
    const answer = await app.inject({ url: '/', headers: { host } });
    expect(answer.body).not.toMatch(/(src|href)="https?:/);
    expect(answer.headers['content-security-policy']).toMatch(
      /default-src 'none'; script-src 'sha256-[^']+'; style-src/,
    );
  });
});

describe('what is wrong is told as problem+json', () => {
  const problem = (status: number, code: string, detail: string) => ({
    status,
    type: expect.stringContaining('application/problem+json'),
    body: expect.objectContaining({
      status,
      code,
      detail: expect.stringContaining(detail),
      title: expect.any(String),
    }),
  });
  test.each<[string, unknown, number, string, string]>([
    ['/v1/recommend', '{"userId":', 400, 'bad-request', 'cannot be read'],
    ['/v1/recommend', '{"limit":NaN}', 400, 'bad-request', 'its body is not JSON; accepted: '],
    ['/v1/recommend', '', 400, 'bad-request', 'cannot be read'],
    ['/v1/recommend', '[]', 400, 'bad-request', 'accepted: an object'],
    [
      '/v1/recommend',
      '{"limit":1e999}',
      400,
      'bad-request',
      'limit is Infinity (a number beyond 1.8e308); accepted: ',
    ],
    ['/v1/recommend', { userId: 7 }, 400, 'bad-request', 'userId is 7; accepted: text'],
    ['/v1/recommend', { limit: 0 }, 400, 'bad-request', 'limit is 0'],
    ['/v1/recommend', { limit: 101 }, 400, 'bad-request', 'at most 100'],
    ['/v1/recommend', { limit: 2.5 }, 400, 'bad-request', 'a whole number'],
    ['/v1/recommend', { usrId: 'x' }, 400, 'bad-request', 'unknown field "usrId"'],
    ['/v1/recommend', { filter: { minPrice: 'x' } }, 400, 'bad-request', 'filter.minPrice is "x"'],
    ['/v1/recommend', '{"__proto__":{"a":1}}', 400, 'bad-request', 'cannot be read'],
    ['/v1/events', { eventType: 'viw', userId: 'u' }, 400, 'bad-event', 'eventType is "viw"; accepted:'],
    ['/v1/events', [], 400, 'bad-request', 'empty'],
    ['/v1/events', '7', 400, 'bad-event', 'an event is a JSON object'],
    ['/v1/events', Array.from({ length: 1001 }, () => ({})), 413, 'too-large', '1001 events'],
    ['/v1/events', JSON.stringify({ query: 'x'.repeat(1_000_001) }), 413, 'too-large', '1 MB'],
    ['/v1/nothing', {}, 404, 'not-found', 'no POST /v1/nothing'],
    ['/v1/trending', {}, 405, 'wrong-method', 'does not take POST; accepted: GET, HEAD'],
    ['/v1/items/p0/similar', {}, 405, 'wrong-method', 'accepted: GET, HEAD'],
    ['/v1/items', {}, 405, 'wrong-method', 'accepted: PUT, PATCH'],
  ])('POST %s %.60j', async (url, payload, status, code, detail) =>
    expect(await post(url, payload)).toMatchObject(problem(status, code, detail)),
  );
  test.each<[unknown, string]>([
    [{}, 'items is missing'],
    [{ items: [] }, 'at least 1'],
    [{ items: [{ title: 'x' }] }, 'items[0].itemId is missing'],
    [{ items: [{ itemId: 'x', stock: -1 }] }, 'items[0].stock is -1'],
    [{ items: [{ itemId: 'x', price: '9' }] }, 'items[0].price is "9"; accepted: a number'],
  ])('PUT and PATCH /v1/items %j', async (payload, detail) => {
    expect(await put('/v1/items', payload)).toMatchObject(problem(400, 'bad-request', detail));
    expect(await patch('/v1/items', payload)).toMatchObject(problem(400, 'bad-request', detail));
  });
  test.each([
    ['/v1/items/nothing/similar', 404, 'unknown-item', 'nothing'],
    ['/v1/items/p0/similar?limit=x', 400, 'bad-request', 'limit is "x"; accepted'],
    ['/v1/trending?limit=-1', 400, 'bad-request', 'limit is "-1"'],
    ['/v1/shoppers/sample?limit=101', 400, 'bad-request', '1 to 100'],
    ['/v1/recommendations/none', 404, 'not-found', 'none'],
    ['/report', 404, 'not-found', 'no report yet'],
    ['/v1/%E0%A4%A', 400, 'bad-request', 'cannot be read'],
  ])('GET %s', async (url, status, code, detail) =>
    expect(await ask({ url })).toMatchObject(problem(status, code, detail)),
  );
  test('some events good, some bad: 202 with the places of the bad', async () => {
    const { status, body } = await post('/v1/events', {
      events: [{ eventType: 'view', userId: 'mixed', itemId: 'p1' }, { eventType: 'view' }],
    });
    expect(status).toBe(202);
    expect(body).toMatchObject({ accepted: 1, rejected: [{ index: 1, code: 'bad-event' }] });
  });
  test('only JSON is taken', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', undefined]) {
      const headers = type === undefined ? {} : { 'content-type': type };
      expect(await ask({ method: 'POST', url: '/v1/events', payload: '{}', headers })).toMatchObject(
        problem(415, 'not-json', 'Content-Type'),
      );
    }
  });
  test('a shopper nobody knows, and no shopper at all, are answered', async () => {
    expect((await post('/v1/recommend', { userId: 'never-seen' })).status).toBe(200);
    expect((await post('/v1/recommend', {})).body.items).toHaveLength(10);
  });
});

describe('what is not even a request is told as problem+json too', () => {
  let address: { readonly port: number };
  const listening = createApp({ shop: { progress: [], reportsPath: '', notes: [] } as never, version: '0' });
  beforeAll(async () => {
    await listening.listen({ host: '127.0.0.1', port: 0 });
    address = listening.server.address() as typeof address;
    return () => listening.close();
  });
  const raw = (text: string): Promise<string> => spokenTo(address.port, text);
  test.each([
    ['garbage', 'GARBAGE\r\n\r\n', 400, 'the request is no HTTP'],
    ['a head that never ends', `GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 400, 'too large'],
    ['no Host', 'GET /health/live HTTP/1.1\r\nConnection: close\r\n\r\n', 403, 'Host is'],
  ])('%s', async (_, text, status, detail) => {
    const [head, body] = (await raw(text)).split('\r\n\r\n');
    expect(head).toContain(`HTTP/1.1 ${status} `);
    expect(head!.toLowerCase()).toContain('content-type: application/problem+json');
    expect(JSON.parse(body!)).toMatchObject({ status, detail: expect.stringContaining(detail) });
  });
});

describe('who may ask', () => {
  test('without a key only this machine by its own names', async () => {
    for (const good of ['localhost', 'localhost:4400', '127.0.0.1:4400', '[::1]:4400', 'LOCALHOST:1']) {
      expect((await ask({ url: '/health/live', headers: { host: good } })).status).toBe(200);
    }
    for (const bad of ['shop.example', 'localhost.evil.example', '127.0.0.1.evil.example', '10.0.0.1']) {
      expect(await ask({ url: '/v1/trending', headers: { host: bad } })).toMatchObject({
        status: 403,
        body: { code: 'forbidden-origin' },
      });
    }
  });
  test('no page of another origin', async () => {
    const headers = { host, 'content-type': 'application/json' };
    for (const origin of ['https://evil.example', 'http://localhost:9999', 'null', 'garbage']) {
      const answer = await ask({
        method: 'POST',
        url: '/v1/events',
        payload: '{}',
        headers: { ...headers, origin },
      });
      expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden-origin' } });
    }
    expect((await ask({ url: '/v1/trending', headers: { origin: `http://${host}` } })).status).toBe(200);
  });
  test('with a key, every request to /v1 carries it', async () => {
    const keyed = createApp({ shop: shopOf(loop), version: '0', key: 'secret-key' });
    const at = (headers: Record<string, string>) =>
      ask({ url: '/v1/trending', headers: { host: 'shop.example', ...headers } }, keyed);
    expect(await at({})).toMatchObject({ status: 401, body: { code: 'unauthorized' } });
    expect((await at({ authorization: 'Bearer wrong' })).status).toBe(401);
    for (const spelled of ['/%76%31/trending', '/v%31/trending?limit=1']) {
      expect((await ask({ url: spelled, headers: { host: 'shop.example' } }, keyed)).status).toBe(401);
    }
    expect((await at({ authorization: 'Bearer secret-key' })).status).toBe(200);
    expect((await at({ 'x-api-key': 'secret-key' })).status).toBe(200);
    expect((await ask({ url: '/health/live', headers: { host: 'shop.example' } }, keyed)).status).toBe(200);
    await keyed.listen({ host: '127.0.0.1', port: 0 });
    const { port } = keyed.server.address() as { readonly port: number };
    const whole =
      'GET http://shop.example/v1/trending HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n';
    expect(await spokenTo(port, whole)).toMatch(/^HTTP\/1.1 401 /);
    await keyed.close();
  });
  test('with a key, the report is for who has it; what tells of no shopper is open', async () => {
    const reportsPath = mkdtempSync(join(tmpdir(), 'tendril-report-'));
    writeFileSync(join(reportsPath, 'report.html'), '<title>histories</title>');
    const keyed = createApp({ shop: { ...shopOf(loop), reportsPath }, version: '0', key: 'secret-key' });
    const at = async (url: string, headers: Record<string, string> = {}) =>
      keyed.inject({ url, headers: { host: 'shop.example', ...headers } });
    for (const url of ['/report', '/rep%6Frt', '/report?x=1'])
      expect(await at(url)).toMatchObject({
        statusCode: 401,
        body: expect.not.stringContaining('histories') as string,
      });
    expect((await keyed.inject({ method: 'HEAD', url: '/report', headers: { host } })).statusCode).toBe(401);
    expect(await at('/report', { 'x-api-key': 'secret-key' })).toMatchObject({
      statusCode: 200,
      body: '<title>histories</title>',
    });
    const opened = [];
    for (const route of [
      '/',
      '/openapi.json',
      '/health/live',
      '/health/ready',
      '/v1/policies',
      '/v1/trending',
    ])
      if ((await at(route)).statusCode === 200) opened.push(route);
    expect(opened).toEqual(['/', '/openapi.json', '/health/live', '/health/ready']);
    rmSync(reportsPath, { recursive: true });
  });
});

test('while it is starting it says how far it is', async () => {
  const starting = createApp({ shop: shopOf(undefined), version: '0' });
  expect(await ask({ url: '/health/ready' }, starting)).toMatchObject({
    status: 503,
    body: { code: 'not-ready', detail: 'Training: markov', steps: [{ name: 'Training', share: 0.5 }] },
  });
  expect((await ask({ url: '/v1/trending' }, starting)).status).toBe(503);
  expect((await ask({ url: '/health/live' }, starting)).status).toBe(200);
});
