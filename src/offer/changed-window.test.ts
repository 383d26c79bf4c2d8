import { expect, test } from 'vitest';
import type { Campaign, Json } from '../core/index.ts';
import { memoryLog } from '../log/index.ts';
import { memoryCampaigns } from './campaign-store.ts';
import { type OfferShop, offerShop, spring } from './offer-shop.suite.ts';

const hour = 3_600_000;
/** Two coupons of 10 at most. */
const coupons = (windowHours: number): Campaign => ({
  ...spring,
  offers: [{ kind: 'discount', percents: [50], largestBasket: 20 }],
  channels: [{ channel: 'email', cost: 0, consent: 'not needed' }],
  budget: 20,
  windowHours,
  policy: { agent: 'lin-ucb', settings: { epsilon: 1 } },
});

test.each([
  [72, 24, 'redeemed within the first window and after the second'],
  [1, 480, 'bought after the first window and within the second'],
])('a window of %d hours that becomes %d leaves what was %s as it was', async (first, then) => {
  const shop = await offerShop({ campaigns: memoryCampaigns([coupons(first)]) });
  let asked = 0;
  let redeemed = 0;
  const ask = async () => {
    const sent: { readonly userId: string; readonly recommendationId: string; readonly until: number }[] = [];
    for (let i = 0; i < 30; i++) {
      const userId = `u${asked++}`;
      const { offer, recommendationId } = await shop.loop.offers.decide({ userId });
      if (offer.kind === 'discount') sent.push({ userId, recommendationId, until: Date.parse(offer.until!) });
      else expect(offer.until).toBeUndefined();
    }
    return sent;
  };
  /** All buy; a coupon is taken until it ends. */
  const buy = async (sent: Awaited<ReturnType<typeof ask>>) => {
    for (const { userId, recommendationId, until } of sent) {
      const counts = shop.now < until;
      if (counts) redeemed += 10;
      await shop.tell(userId, 'purchase', {
        value: counts ? 10 : 20,
        recommendationId,
        ...(counts && { properties: { discount: 10 } }),
      });
    }
    await shop.loop.offers.tick();
  };
  const left = ({ loop }: OfferShop): number => loop.offers.report('spring').budget.left;

  const sent = await ask();
  expect(sent.map(({ until }) => until - shop.now)).toEqual([first * hour, first * hour]);
  shop.now += 40 * hour;
  await buy(sent);
  shop.now += 40 * hour;
  await shop.loop.offers.tick();
  const before = left(shop);
  expect(before).toBe(20 - redeemed);
  await shop.loop.offers.declare(coupons(then));
  await shop.loop.offers.tick();
  expect(left(shop)).toBe(before);
  const more = await ask();
  expect(more.map(({ until }) => until - shop.now)).toEqual(
    Array.from({ length: before / 10 }, () => then * hour),
  );
  await buy([...sent, ...more]);
  expect([redeemed, left(shop), left(await shop.restarted())]).toEqual([20, 0, 0]);
});

test('decisions that were logged without their deadline have the window of the campaign', async () => {
  const shop = await offerShop({ campaigns: memoryCampaigns([coupons(1)]) });
  await shop.loop.offers.decide({ userId: 'ann' });
  const log = memoryLog();
  for await (const { event } of shop.log.read()) {
    const { deadline: _, ...offer } = (event.properties?.offer ?? {}) as Record<string, Json>;
    await log.append([event.eventType === 'decision' ? { ...event, properties: { offer } } : event]);
  }
  const now = shop.now + 2 * hour;
  for (const [windowHours, open] of [
    [3, 1],
    [1, 0],
  ] as const) {
    const again = await offerShop({ campaigns: memoryCampaigns([coupons(windowHours)]) }, { log, now });
    await again.loop.offers.tick();
    expect(again.loop.offers.report('spring').open).toBe(open);
  }
});
