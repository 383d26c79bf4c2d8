import type { FastifyInstance } from 'fastify';
import { beforeAll, expect, test } from 'vitest';
import { rng } from '../core/index.ts';
import { decideForGroup } from '../decide/index.ts';
import type { Log } from '../log/index.ts';
import type { Loop } from '../loop.ts';
import { newShopper } from '../state/index.ts';
import { createApp } from './app.ts';
import { tinyShop, trainMarkov } from './tiny-shop.suite.ts';

let loop: Loop;
let log: Log;
let app: FastifyInstance;
beforeAll(async () => {
  ({ loop, log } = await tinyShop());
  await loop.learn(trainMarkov);
  const shop = { loop, progress: [], versions: async () => [], reportsPath: '/nowhere', notes: [] };
  app = createApp({ shop, version: '0' });
  // After p0 come p1 and p2, after p6 come p7 and p8; of these p2 and p8 are the more popular, so better for the other.
  await loop.ingest([
    { eventType: 'view', userId: 'ann', itemId: 'p0' },
    { eventType: 'view', userId: 'bob', itemId: 'p6' },
  ]);
});
const ask = async (payload: object) => {
  const answer = await app.inject({
    method: 'POST',
    url: '/v1/recommend',
    headers: { host: 'localhost:4400', 'content-type': 'application/json' },
    payload: JSON.stringify(payload),
  });
  return { status: answer.statusCode, body: answer.json() };
};

test('one slate for two: both wishes on top, with what each item is to each of them and why', async () => {
  const { status, body } = await ask({ userIds: ['ann', 'bob'], limit: 2, combine: 'fair' });
  expect(status).toBe(200);
  expect(body.items.map((item: { itemId: string }) => item.itemId).sort()).toEqual(['p2', 'p8']);
  const forAnn = body.items.find((item: { itemId: string }) => item.itemId === 'p2');
  expect(forAnn).toMatchObject({ propensity: 1, members: [{ userId: 'ann', place: 2 }, { userId: 'bob' }] });
  expect(forAnn.members[0].reasons[0]).toBe(
    'because you looked at "Product 0": chosen with or soon after it 10 times',
  );
  expect(forAnn.reasons).toEqual([
    expect.stringMatching(/^number 2 of ann, number \d+ of bob, who likes it least$/),
  ]);
  expect(body.group.combine).toBe('fair');
  for (const { satisfaction } of body.group.members) expect(satisfaction).toBeGreaterThan(0.5);
});

test('stands in the history of each without the names of the others, and is remembered: who had less comes first', async () => {
  const { body } = await ask({ userIds: ['cid', 'dan'], limit: 1 });
  const events = [];
  for await (const event of log.readShopper('dan')) events.push(event);
  expect(events).toHaveLength(1);
  expect(JSON.stringify(events[0])).not.toContain('cid');
  expect(events[0]).toMatchObject({
    recommendationId: body.recommendationId,
    userId: 'dan',
    eventType: 'decision',
  });
  expect((await loop.decision(body.recommendationId))?.shopper).toBe('cid');
  await loop.ingest([
    { eventType: 'view', userId: 'eva', itemId: 'p0' },
    { eventType: 'view', userId: 'fay', itemId: 'p6' },
  ]);
  const firsts: string[] = [];
  for (let t = 0; t < 4; t++)
    firsts.push((await ask({ userIds: ['eva', 'fay'], limit: 1 })).body.items[0].itemId);
  expect(new Set(firsts.slice(0, 2))).toEqual(new Set(['p2', 'p8']));
  expect(firsts[2]).not.toBe(firsts[1]);
  expect((await loop.state('eva')).shared).toBeGreaterThan(0);
});

test.each<[object, string]>([
  [{ userIds: ['ann'] }, 'userIds is ["ann"]; accepted: a list of at least 2 entries'],
  [{ userIds: ['ann', 'ann'] }, 'userIds names "ann" twice'],
  [{ userIds: ['ann', 'bob'], userId: 'cid' }, 'userIds stands beside another id'],
  [
    { userIds: ['ann', 'bob'], combine: 'most' },
    'combine is "most"; accepted: average | least-misery | fair',
  ],
  [{ userId: 'ann', combine: 'fair' }, 'combine is for several shoppers; accepted: with userIds'],
])('%j is refused', async (payload, detail) => {
  const { status, body } = await ask(payload);
  expect([status, body.code]).toEqual([400, 'bad-request']);
  expect(body.detail).toContain(detail);
});

test('propensities are those the slates are drawn with', async () => {
  const items = ['a', 'b', 'c'].map((itemId) => ({ itemId }));
  const numbers = new Map(items.map(({ itemId }, i) => [itemId, i]));
  const onlyScores = (): never => {
    throw new Error('not asked');
  };
  const answered = new Map<string, { times: number; propensity: number }>();
  const draws = 3000;
  for (let seed = 0; seed < draws; seed++) {
    const { decisions } = await decideForGroup({
      request: { limit: 1, userIds: ['x', 'y'], combine: 'average' },
      recommendationId: 'r',
      members: ['x', 'y'].map((shopper) => ({ shopper, state: newShopper(shopper), reasons: () => [] })),
      now: 0,
      served: {
        manifest: { agent: 'made-up', version: 1 } as never,
        encode: (state, _, out) => {
          out[0] = state.shopper === 'x' ? 1 : 2;
        },
        policy: {
          observation: { parts: [{ name: 'who', kind: 'real', size: 1 }], size: 1 },
          action: { kind: 'choice', n: 3 },
          // x likes a, then b; y likes c, then b.
          evaluate: async (rows, n) => ({
            n,
            choices: 3,
            values: Float32Array.from([...rows].flatMap((who) => (who === 1 ? [3, 2, 1] : [1, 2, 3]))),
          }),
          sample: onlyScores,
          logProb: onlyScores,
          greedy: onlyScores,
        },
      },
      catalogue: {
        ...{ items, size: 3, stocked: new Uint8Array(3).fill(1) },
        indexOf: (itemId: string) => numbers.get(itemId),
      } as never,
      counts: { interactions: () => 100, trending: () => [] } as never,
      exploration: { floor: 0.4, newShopper: 0, cap: 1, newItemWeight: 1 },
      rng: rng(seed),
    });
    const { itemId, propensity } = decisions[0]!.items[0]!;
    expect(decisions[1]!.items[0]).toMatchObject({ itemId, propensity });
    answered.set(itemId, { times: (answered.get(itemId)?.times ?? 0) + 1, propensity });
  }
  expect([...answered.values()].reduce((sum, { propensity }) => sum + propensity, 0)).toBeCloseTo(1, 9);
  for (const { times, propensity } of answered.values())
    expect(Math.abs(times / draws - propensity)).toBeLessThan(4 * Math.sqrt(propensity / draws));
});
