import { describe, expect, test } from 'vitest';
import { memoryCampaigns } from './campaign-store.ts';
import { offerShop, spring } from './offer-shop.suite.ts';

const hour = 3_600_000;

describe('from a campaign to an offer, and from its outcome to a better one', () => {
  test('a shopper who agreed to e-mail is written to by e-mail only, and the decision is logged', async () => {
    const shop = await offerShop({ campaigns: memoryCampaigns([spring]) });
    await shop.agree('ann', 'email');
    const answer = await shop.loop.offers.decide({ userId: 'ann' });
    expect(answer.masked).toEqual([
      {
        code: 'no-bundle',
        reason: 'no products are known to go together for this shopper',
        actions: [6],
      },
      {
        code: 'no-consent',
        reason: 'this shopper never agreed to messages by SMS',
        actions: [7, 8, 9, 10, 11, 12],
      },
    ]);
    const logged = await shop.loop.offers.decision(answer.recommendationId);
    expect(logged).toMatchObject({ campaignId: 'spring', shopper: 'ann', propensity: answer.propensity });
    expect(logged!.propensities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 6);
    expect(answer.reasons).toHaveLength(1);
  });

  test('what pays is learned once its window is over', async () => {
    const shop = await offerShop({ campaigns: memoryCampaigns([{ ...spring, budget: 1e6 }]) });
    let late = 0;
    for (let i = 0; i < 200; i++) {
      const userId = `u${i}`;
      await shop.agree(userId, 'email');
      const { recommendationId, offer } = await shop.loop.offers.decide({ userId });
      if (offer.percent === 10) await shop.tell(userId, 'purchase', { value: 90, recommendationId });
      if (i >= 150 && offer.percent === 10) late++;
      shop.now += hour;
    }
    await shop.loop.offers.tick();
    const [report] = shop.loop.offers.list();
    expect(report!.closed).toBeGreaterThan(150);
    expect(report!.policy.learned).toBe(report!.closed);
    expect(late).toBeGreaterThan(40);
  });
});
