import { expect, test } from 'vitest';
import { evidence } from '../state/index.ts';
import { shopperSpec } from '../world/index.ts';
import { bundleFor } from './bundle.ts';
import { localTime } from './calendar.ts';
import { memoryCampaigns } from './campaign-store.ts';
import { offerShop, spring } from './offer-shop.suite.ts';
import { offerSpec, writeFeatures } from './shopper-features.ts';

const day = 86_400_000;
const seen = async (shop: Awaited<ReturnType<typeof offerShop>>, userId: string, spec = offerSpec) => {
  const row = new Float32Array(spec.size);
  writeFeatures(spec, await shop.loop.state(userId), shop.now, localTime(shop.now, 'UTC'), row);
  return Object.fromEntries(spec.parts.map(({ name }, i) => [name, Math.round(row[i]! * 1e4) / 1e4]));
};

test('what a policy sees is told by what the shopper did and answered', async () => {
  const shop = await offerShop({
    campaigns: memoryCampaigns([
      {
        ...spring,
        offers: [{ kind: 'free shipping', cost: 1 }],
        policy: { agent: 'lin-ucb', settings: { epsilon: 0.99 } },
      },
    ]),
  });
  expect(await seen(shop, 'ann')).toEqual({
    recency: 90,
    frequency: 0,
    monetaryValue: 0,
    engagementScore: 0.5,
    discountSensitive: 0,
    freeShippingPreferred: 0,
    emailOpens: 0.2,
    smsResponse: 0.2,
    pushResponse: 0.2,
    lastPurchaseDays: 365,
    partOfDay: 3,
    weekday: 3,
    daysSinceContact: 60,
  });
  await shop.tell('ann', 'purchase', { value: 40, properties: { discount: 4 } });
  await shop.tell('ann', 'purchase', { value: 20 });
  await shop.agree('ann', 'email');
  let offer = await shop.loop.offers.decide({ userId: 'ann' });
  for (let i = 0; i < 50 && offer.offer.kind === 'no contact'; i++)
    offer = await shop.loop.offers.decide({ userId: 'ann' });
  expect(offer.offer).toMatchObject({ kind: 'free shipping', channel: 'email' });
  shop.now += 2 * day;
  await shop.tell('ann', 'click', { recommendationId: offer.recommendationId });
  shop.now += 3 * day;
  expect(await seen(shop, 'ann')).toMatchObject({
    recency: 3,
    frequency: 2,
    monetaryValue: 60,
    discountSensitive: 1,
    freeShippingPreferred: 0,
    emailOpens: 0.4667,
    lastPurchaseDays: 5,
    weekday: 1,
    daysSinceContact: 5,
  });
  expect(Object.keys(await seen(shop, 'ann', shopperSpec))).toEqual(
    shopperSpec.parts.map(({ name }) => name),
  );
});

test('a bundle is what the shopper looked at and what goes with it best, in stock and not bought', async () => {
  const shop = await offerShop({
    items: ['tea', 'pot', 'cup', 'tray'].map((itemId) => ({ itemId, price: 10 })),
  });
  const counts = evidence();
  for (let i = 0; i < 6; i++)
    for (const itemId of ['tea', i < 4 ? 'pot' : 'cup'])
      counts.add(`s${i}`, shop.loop.catalogue.indexOf(itemId)!, shop.now + i);
  await shop.tell('ann', 'view', { itemId: 'tea' });
  const bundle = async () => bundleFor(await shop.loop.state('ann'), shop.now, shop.loop.catalogue, counts);
  expect(await bundle()).toEqual(['tea', 'pot']);
  await shop.loop.patchItems([{ itemId: 'pot', stock: 0 }]);
  expect(await bundle()).toEqual(['tea', 'cup']);
  await shop.tell('ann', 'purchase', { itemId: 'tea' });
  expect(await bundle()).toBeUndefined();
  shop.now += 31 * day;
  expect(await bundle()).toEqual(['tea', 'cup']);
});
