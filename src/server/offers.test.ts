import { beforeAll, expect, test } from 'vitest';
import type { Loop } from '../loop.ts';
import { createApp } from './app.ts';
import { tinyShop } from './tiny-shop.suite.ts';

const now = Date.UTC(2026, 5, 1, 12);
let loop: Loop;
let app: ReturnType<typeof createApp>;
beforeAll(async () => {
  ({ loop } = await tinyShop(now));
  app = createApp({
    shop: { loop, progress: [], versions: async () => [], reportsPath: '/nowhere', notes: [] },
    version: '0',
  });
});
const ask = async (method: 'GET' | 'PUT' | 'POST' | 'DELETE', url: string, payload?: unknown) => {
  const answer = await app.inject({
    method,
    url,
    headers: { host: 'localhost', ...(payload === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(payload === undefined ? {} : { payload: JSON.stringify(payload) }),
  });
  return { status: answer.statusCode, body: answer.json() };
};

const spring = {
  offers: [
    { kind: 'discount', percents: [5, 10], largestBasket: 80 },
    { kind: 'bundle', percent: 10, largestBasket: 60 },
  ],
  channels: [{ channel: 'email', cost: 0.01, quietHours: { from: '21:00', to: '08:00' } }],
  budget: 500,
  reward: 'margin - cost',
  marginShare: 0.4,
};

test('a campaign is declared, an offer asked for, logged, and its outcome told', async () => {
  expect((await ask('POST', '/v1/offers', { userId: 's1' })).body).toMatchObject({
    status: 404,
    detail: 'there is no campaign yet; declare one: PUT /v1/campaigns/:id',
  });
  const declared = await ask('PUT', '/v1/campaigns/spring', spring);
  expect(declared).toMatchObject({
    status: 200,
    body: {
      campaign: { campaignId: 'spring' },
      budget: { amount: 500, left: 500, price: 0 },
      open: 0,
      closed: 0,
    },
  });
  expect(declared.body.caution).toBeUndefined();
  const { marginShare: _, ...unsaid } = spring;
  const cautioned = await ask('PUT', '/v1/campaigns/spring', unsaid);
  expect(cautioned.body.caution).toMatch(
    /^reward reads margin and marginShare is missing: .*properties\.margin/,
  );
  expect((await ask('GET', '/v1/campaigns/spring')).body.caution).toBe(cautioned.body.caution);
  const visits = await ask('PUT', '/v1/campaigns/spring', { ...unsaid, reward: 'visit - cost' });
  expect(visits.body.caution).toBeUndefined();
  await ask('PUT', '/v1/campaigns/spring', spring);
  await ask('POST', '/v1/events', { eventType: 'subscribe', userId: 's1', properties: { channel: 'email' } });
  await ask('POST', '/v1/events', { eventType: 'view', userId: 's1', itemId: 'p0' });
  const { status, body } = await ask('POST', '/v1/offers', { user_id: 's1', explain: true });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    recommendationId: expect.any(String),
    campaignId: 'spring',
    policy: { id: 'thompson', version: '0' },
    reasons: [expect.any(String)],
    masked: [],
    budget: { amount: 500 },
    tookMs: expect.any(Number),
  });
  expect(body.actions.map(({ words }: { words: string }) => words)).toEqual([
    'no contact',
    '5 % off by e-mail',
    '10 % off by e-mail',
    'a bundle at 10 % off by e-mail',
  ]);
  expect(body.reasons[0]).toMatch(/: nothing was learned yet; what is allowed is tried by chance\.$/);
  if (body.offer.kind === 'bundle') expect(body.offer.itemIds).toEqual(['p0', 'p1']);
  const logged = await ask('GET', `/v1/offers/${body.recommendationId}`);
  expect(logged.body).toMatchObject({
    shopper: 's1',
    propensity: body.propensity,
    action: body.offer.action,
  });
  expect(Date.parse(body.offer.until ?? '')).toEqual(
    body.offer.kind === 'no contact' ? Number.NaN : logged.body.deadline,
  );
  expect((await ask('GET', `/v1/recommendations/${body.recommendationId}`)).status).toBe(404);
  expect((await ask('GET', '/v1/campaigns/spring')).body).toMatchObject({
    open: 1,
    spent: body.offer.mostCost,
  });
  expect((await ask('GET', '/v1/campaigns')).body.campaigns).toHaveLength(1);
});

test('what is wrong is named, and changes nothing', async () => {
  const [first] = spring.channels;
  for (const [more, detail] of [
    [{ budget: -1 }, 'budget is -1; accepted: a number of at least 0'],
    [{ offers: [] }, 'offers is []; accepted: a list of at least 1 entry'],
    [{ windowHours: 0 }, 'windowHours is 0; accepted: a number of more than 0'],
    [
      { offers: [{ kind: 'gift' }] },
      'offers[0].kind is "gift"; accepted: message | discount | free shipping | bundle',
    ],
    [
      { offers: [{ kind: 'discount', percents: [5] }] },
      'offers[0].largestBasket is missing; accepted: a discount with percents and largestBasket',
    ],
    [
      { offers: [{ kind: 'message', cost: 3 }] },
      'offers[0].cost means nothing for a message; accepted: itemIds, pieces',
    ],
    [
      { channels: [{ ...first, quietHours: { from: '25:00', to: '08:00' } }] },
      'channels[0].quietHours.from is "25:00"; accepted: a time such as 21:00',
    ],
    [{ channels: [first, first] }, 'channels[1].channel is a second "email"'],
    [{ timeZone: 'Mars' }, 'timeZone is "Mars"; accepted: an IANA name such as Europe/Vienna'],
    [{ until: 'soon' }, 'until is "soon"; accepted: ISO 8601, such as 2026-03-01T00:00:00Z'],
    [
      { reward: 'fame' },
      'reward "fame": there is no signal "fame"; accepted: terms like 0.2*spend joined by + or -, of visit, conversion, spend, margin, cost, unsubscribed',
    ],
    [{ budget: { sharedWith: 'winter' } }, /names "winter", which is no campaign; accepted: spring/],
    [{ policy: { agent: 'ppo' } }, /^policy is .*accepted: /],
    [{ policy: { agent: 'thompson', settings: { nois: 1 } } }, /^policy.settings: unknown setting "nois"/],
    [{ policy: { file: '../secret' } }, /^policy.* is .*accepted: a name of up to 64/],
    [
      { until: '2026-05-01T00:00:00Z' },
      'until is "2026-05-01T00:00:00Z", which is past; accepted: a time after 2026-06-01T12:00:00.000Z',
    ],
    [
      { offers: [{ kind: 'message', itemIds: ['p0', 'NOPE'] }] },
      'offers[0].itemIds[1] is "NOPE", which is not in the catalogue; accepted: the itemId of a product (PUT /v1/items adds one)',
    ],
    [{ budget: 'much' }, 'budget is "much"; accepted: money, or {"sharedWith": "another campaign"}'],
    [{ campaignId: 'other' }, /accepted: "autumn", as in the address/],
    [
      { colour: 1 },
      'unknown field "colour"; accepted: campaignId, title, from, until, timeZone, offers, channels, budget, caps, daysBetweenContacts, segments, reward, marginShare, windowHours, policy',
    ],
    [
      { channels: [{ ...first, price: 2 }] },
      'unknown field "price" in channels[0]; accepted: channel, cost, consent, quietHours',
    ],
    [
      { channels: [{ ...first, quietHours: { from: '21:00', to: '08:00', zone: 'UTC' } }] },
      'unknown field "zone" in channels[0].quietHours; accepted: from, to',
    ],
    [
      { policy: { agent: 'thompson', foo: 1 } },
      'unknown field "foo" in policy; accepted: agent, settings, file',
    ],
    [{ budget: { sharedWith: 'spring', foo: 1 } }, 'unknown field "foo" in budget; accepted: sharedWith'],
  ] as const) {
    const { status, body } = await ask('PUT', '/v1/campaigns/autumn', { ...spring, ...more });
    expect([status, body.detail]).toEqual([
      400,
      typeof detail === 'string' ? detail : expect.stringMatching(detail),
    ]);
  }
  expect(
    await ask('PUT', '/v1/campaigns/autumn', { ...spring, policy: { file: 'none.policy' } }),
  ).toMatchObject({
    status: 404,
  });
  expect(await ask('GET', '/v1/campaigns/autumn')).toMatchObject({
    status: 404,
    body: {
      code: 'unknown-campaign',
      detail: 'there is no campaign "autumn"; there are: spring',
      help: expect.stringContaining('GET /v1/campaigns'),
    },
  });
  for (const [payload, status, detail] of [
    [{}, 400, 'one of userId, anonymousId and sessionId must say who is to be written to'],
    [{ userId: 's1', campaignId: 'winter' }, 404, 'there is no campaign "winter"; there are: spring'],
    [{ userId: 's1', channels: ['pigeon'] }, 400, 'channels has "pigeon"; accepted: email'],
    [
      { userId: 's1', timeZone: 'Mars' },
      400,
      'timeZone is "Mars"; accepted: an IANA name such as Europe/Vienna',
    ],
    [
      { userId: 's1', limit: 3 },
      400,
      'unknown field "limit"; accepted: userId, anonymousId, sessionId, campaignId, channels, timeZone, explain',
    ],
  ] as const)
    expect(await ask('POST', '/v1/offers', payload)).toMatchObject({ status, body: { detail } });
  expect((await ask('POST', '/v1/events', { eventType: 'subscribe', userId: 's1' })).body).toMatchObject({
    detail: 'properties.channel of a subscribe is missing; accepted: the channel, such as "email"',
  });
});

const say = (userId: string, eventType: string, channel?: unknown) =>
  ask('POST', '/v1/events', { eventType, userId, properties: { channel } });

test('consent to a channel that nobody writes through is a typo', async () => {
  expect((await say('s7', 'subscribe', 'emial')).body).toMatchObject({
    status: 400,
    detail:
      'properties.channel of a subscribe is "emial"; accepted: email, sms, push, or one that a campaign declares',
  });
  for (const channel of ['push', 'SMS']) expect((await say('s7', 'subscribe', channel)).status).toBe(202);
  const channels = [...spring.channels, { channel: 'fax', cost: 1 }];
  await ask('PUT', '/v1/campaigns/spring', { ...spring, channels });
  expect((await say('s7', 'subscribe', 'fax')).status).toBe(202);
  await ask('PUT', '/v1/campaigns/spring', spring);
});

test.each([
  ['Email', 'email'],
  ['E-Mail', 'email'],
  ['', 'email'],
  [undefined, 'email'],
  [7, 'email'],
  ['*', 'email'],
  ['fax', 'fax'],
])('who withdraws consent to %j gets no messages by %s, whoever declares it when', async (channel, lost) => {
  const userId = `withdraws-${channel}`;
  expect((await say(userId, 'subscribe', 'email')).status).toBe(202);
  expect((await say(userId, 'unsubscribe', channel)).status).toBe(202);
  const open = { channel: 'fax', cost: 1, consent: 'not needed' };
  await ask('PUT', '/v1/campaigns/spring', { ...spring, channels: [...spring.channels, open] });
  const { masked } = (await ask('POST', '/v1/offers', { userId, campaignId: 'spring', channels: [lost] }))
    .body;
  const reasons = masked.filter(({ code }: { code: string }) => code === 'no-consent');
  expect(reasons[0].reason).toBe(`this shopper wants no messages by ${lost === 'email' ? 'e-mail' : lost}`);
  await ask('PUT', '/v1/campaigns/spring', spring);
});

test('a campaign is ended: no more offers, its log stays, and it can go on', async () => {
  expect((await ask('DELETE', '/v1/campaigns/winter')).status).toBe(404);
  await ask('PUT', '/v1/campaigns/later', { ...spring, from: '2026-07-01T00:00:00Z' });
  const asked = { userId: 's1', campaignId: 'later' };
  const { body } = await ask('DELETE', '/v1/campaigns/later');
  expect(body.campaign).toMatchObject({ until: new Date(now).toISOString() });
  expect(body.campaign.from).toBeUndefined();
  expect((await ask('POST', '/v1/offers', asked)).body).toMatchObject({
    offer: { kind: 'no contact' },
    reasons: [expect.stringContaining('ended')],
  });
  expect((await ask('DELETE', '/v1/campaigns/later')).body.campaign.until).toBe(body.campaign.until);
  expect((await ask('GET', '/v1/campaigns/later')).status).toBe(200);
  await ask('PUT', '/v1/campaigns/later', { ...spring, budget: 200 / 3 });
  expect((await ask('GET', '/v1/campaigns/later')).body.budget.left).toBe(66.6667);
  await ask('PUT', '/v1/campaigns/later', spring);
  expect((await ask('POST', '/v1/offers', asked)).body.masked).toEqual([]);
  await loop.offers.end('later');
});

test('a shopper may have another clock than the campaign', async () => {
  const about = { userId: 's1', campaignId: 'spring' };
  const night = await ask('POST', '/v1/offers', { ...about, timeZone: 'Asia/Tokyo' });
  expect(night.body).toMatchObject({
    offer: { kind: 'no contact' },
    reasons: ['No contact: nothing is sent by e-mail from 21:00 to 08:00 (Asia/Tokyo).'],
  });
  expect((await ask('POST', '/v1/offers', about)).body.masked).toEqual([]);
});
