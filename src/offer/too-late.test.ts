import { describe, expect, test } from 'vitest';
import type { Campaign } from '../core/index.ts';
import { memoryCampaigns } from './campaign-store.ts';
import { offerShop, spring } from './offer-shop.suite.ts';

describe('an offer of which the rest comes back after the end of the budget', () => {
  const hour = 3_600_000;
  const mixed: Campaign = {
    ...spring,
    offers: [{ kind: 'message' }, { kind: 'discount', percents: [10], largestBasket: 100 }],
    channels: [{ channel: 'email', cost: 1, consent: 'not needed' }],
    // 48 hours after the shop opens; windows are open for 24.
    until: '2026-06-05T12:00:00Z',
    policy: { agent: 'lin-ucb', settings: { epsilon: 1 } },
  };
  /** Codes of the last of so many decisions, one every quarter of an hour. */
  async function codesAfter(asked: number, campaign: Campaign): Promise<readonly string[]> {
    const shop = await offerShop({ campaigns: memoryCampaigns([campaign]) });
    let codes: readonly string[] = [];
    for (let i = 0; i < asked; i++) {
      const { masked } = await shop.loop.offers.decide({ userId: `u${i}` });
      codes = masked.map(({ code }) => code);
      shop.now += hour / 4;
    }
    return codes;
  }

  test('is left out where messages are going to use the money', async () => {
    const short = { ...mixed, budget: 300 };
    expect(await codesAfter(49, short), 'it comes back half a window before the end').toEqual([]);
    expect(await codesAfter(50, short)).toEqual(['too-late']);
  });
  test('is no matter of when where the budget is 0', async () => {
    expect(await codesAfter(50, { ...mixed, budget: 0 })).toEqual(['no-budget']);
  });
  test('is made where there is money for everything, where nothing else can use it, and without an end', async () => {
    const { until: _, ...endless } = mixed;
    const couponsOnly = { ...mixed, offers: mixed.offers.slice(1) };
    for (const campaign of [
      { ...mixed, budget: 5_000 },
      { ...couponsOnly, budget: 850 },
      { ...endless, budget: 300 },
    ])
      expect(await codesAfter(50, campaign)).toEqual([]);
  });
});
