import { describe, expect, test } from 'vitest';
import type { Campaign } from '../core/index.ts';
import type { Explanation } from '../explain/index.ts';
import { memoryCampaigns } from './campaign-store.ts';
import { offerShop, spring } from './offer-shop.suite.ts';

const noneAllowed = 'the campaign allows no messages at all: its cap is 0 within 7 days';

describe('what is told of a decision', () => {
  const day = 86_400_000;
  const everyone = spring.channels.map(({ channel }) => ({
    channel,
    cost: 1,
    consent: 'not needed' as const,
  }));
  const paced: Campaign = {
    ...spring,
    offers: [{ kind: 'message' }, { kind: 'discount', percents: [10], largestBasket: 100 }],
    channels: everyone,
    budget: 500,
    until: '2026-07-01T12:00:00Z',
    policy: { agent: 'lin-ucb', settings: { alpha: 0.1, features: 'frequency' } },
  };
  /** 600 asks one after another; every third who is written to buys. */
  const burst = async (shop: Awaited<ReturnType<typeof offerShop>>, name: string) => {
    const answers = [];
    for (let i = 0; i < 600; i++) {
      const userId = `${name}${i}`;
      const answer = await shop.loop.offers.decide({ userId, explain: i === 599 });
      const { recommendationId, offer } = answer;
      if (offer.kind !== 'no contact' && i % 3 === 0)
        await shop.tell(userId, 'purchase', { value: 40, recommendationId });
      answers.push(answer);
      shop.now += 20;
    }
    return answers;
  };

  test('a burst does not silence a campaign: it writes again on the next day, and saves with a reason', async () => {
    const shop = await offerShop({ campaigns: memoryCampaigns([paced]) });
    await burst(shop, 'first');
    shop.now += day;
    await shop.loop.offers.tick();
    const [report] = shop.loop.offers.list();
    expect(report!.budget.price).toBeLessThan(200);
    const next = await burst(shop, 'next');
    expect(
      next.filter(({ offer, explored }) => offer.kind !== 'no contact' && !explored).length,
    ).toBeGreaterThan(10);
    expect(report!.budget.left).toBeGreaterThan(0);
    const saved = next.filter(({ reasons }) => reasons[0]!.includes('the budget is being saved'));
    expect(saved.length).toBeGreaterThan(0);
    expect(saved[0]!.reasons[0]).toMatch(
      /^[A-Z0-9].*: the budget is being saved for offers that bring more; if money had no price it would be .* by (e-mail|SMS)\.$/,
    );
    for (const { reasons, explanation } of next.slice(-1))
      expect((explanation as Explanation).sentence).toBe(reasons[0]);
  });

  test('every rule that applied is named with what it forbade, in the answer and in the log', async () => {
    const strict = { ...spring, caps: [{ contacts: 0, days: 7 }] };
    const shop = await offerShop({ campaigns: memoryCampaigns([strict]) });
    shop.now += 10 * 3_600_000;
    const { recommendationId, masked, reasons } = await shop.loop.offers.decide({ userId: 'ann' });
    const all = Array.from({ length: 12 }, (_, i) => i + 1);
    expect(
      Object.fromEntries(masked.map(({ reason, code, actions }) => [`${code} ${reason}`, actions])),
    ).toEqual({
      [`frequency-cap ${noneAllowed}`]: all,
      'no-consent this shopper never agreed to messages by e-mail': all.slice(0, 6),
      'no-consent this shopper never agreed to messages by SMS': all.slice(6),
      'quiet-hours nothing is sent by SMS from 21:00 to 08:00 (UTC)': all.slice(6),
      'no-bundle no products are known to go together for this shopper': [6, 12],
    });
    expect(reasons).toEqual([`No contact: ${noneAllowed}.`]);
    const logged = await shop.loop.offers.decision(recommendationId);
    expect(logged!.masked).toHaveLength(12);
    expect(logged!.masked[11]).toEqual({
      action: 12,
      code: 'frequency-cap',
      codes: ['frequency-cap', 'no-consent', 'quiet-hours', 'no-bundle'],
    });
  });

  test('what is counted up to a bound is said to be at least that', async () => {
    const shop = await offerShop({ campaigns: memoryCampaigns([{ ...spring, channels: everyone }]) });
    await shop.tell('old', 'purchase', { value: 20 });
    for (let i = 0; i < 3; i++) await shop.loop.offers.decide({ userId: `u${i}` });
    shop.now += 400 * day;
    await shop.loop.offers.tick();
    const { explanation } = await shop.loop.offers.decide({ userId: 'old', explain: true });
    const { features } = (explanation as Explanation).shapley;
    const said = Object.fromEntries(features.map(({ feature, value }) => [feature, value]));
    expect(said).toMatchObject({ lastPurchaseDays: '365 days or more', recency: 'not known yet' });
  });

  test('nothing is said of a fresh shopper that is not known', async () => {
    const shop = await offerShop({
      campaigns: memoryCampaigns([{ ...spring, channels: everyone, budget: 1e6 }]),
    });
    for (let i = 0; i < 60; i++) {
      const userId = `u${i}`;
      await shop.tell(userId, 'purchase', { value: 30 + i, properties: { discount: i % 2 } });
      const { recommendationId } = await shop.loop.offers.decide({ userId });
      if (i % 2) await shop.tell(userId, 'purchase', { value: 90, recommendationId });
      shop.now += 3_600_000;
      await shop.loop.offers.decide({ userId });
    }
    shop.now += 2 * day;
    await shop.loop.offers.tick();
    const told = [];
    for (let i = 0; i < 20; i++)
      told.push(await shop.loop.offers.decide({ userId: `new${i}`, explain: i === 0 }));
    const said = told.map(({ reasons }) => reasons[0]).join(' ');
    expect(said).not.toMatch(/90 days ago|365 days ago|channels alike|for 60 days or more|engagement score/);
    expect(said).toMatch(/has (not been written to|bought nothing) yet/);
    const { features } = (told[0]!.explanation as Explanation).shapley;
    expect(features.find(({ feature }) => feature === 'emailOpens')!.value).toBe('not known yet');
  });

  test('after one outcome nothing is made up: what is drawn by chance is said to be', async () => {
    const policy = { agent: 'thompson' as const };
    const shop = await offerShop({ campaigns: memoryCampaigns([{ ...spring, channels: everyone, policy }]) });
    await shop.loop.offers.decide({ userId: 'first' });
    shop.now += 2 * day;
    await shop.loop.offers.tick();
    expect(shop.loop.offers.list()[0]!.policy.learned).toBe(1);
    for (let i = 0; i < 12; i++) {
      const { reasons, explanation } = await shop.loop.offers.decide({
        userId: `u${i}`,
        explain: i % 2 === 0,
      });
      expect(reasons[0]).toMatch(/: chosen by chance.* nothing about this shopper/);
      if (explanation) expect((explanation as Explanation).sentence).toBe(reasons[0]);
    }
  });

  test('a loop that may not write tells campaigns as of now and leaves the log alone', async () => {
    const campaigns = memoryCampaigns([{ ...spring, channels: everyone }]);
    const shop = await offerShop({ campaigns });
    for (let i = 0; i < 5; i++) await shop.loop.offers.decide({ userId: `u${i}` });
    shop.now += 25 * 3_600_000;
    const stored = async (): Promise<number> => {
      let n = 0;
      for await (const _ of shop.log.read()) n++;
      return n;
    };
    const before = await stored();
    const reading = await offerShop({ campaigns, record: false }, shop);
    await reading.loop.offers.tick();
    const [read] = reading.loop.offers.list();
    expect(read).toMatchObject({ open: 0, closed: 5 });
    expect(await stored()).toBe(before);
    await shop.loop.offers.tick();
    const [served] = shop.loop.offers.list();
    expect({ ...read, budget: 0, meanReward: 0 }).toEqual({ ...served, budget: 0, meanReward: 0 });
    expect(read!.budget.left).toBeCloseTo(served!.budget.left, 9);
  });
});
