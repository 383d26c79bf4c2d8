import { describe, expect, test } from 'vitest';
import { type Campaign, offerActions } from '../core/index.ts';
import type { Explanation } from '../explain/index.ts';
import { openBooks, replay } from './books.ts';
import { memoryCampaigns } from './campaign-store.ts';
import { banditPolicy } from './offer-policy.ts';
import { offerShop, spring } from './offer-shop.suite.ts';
import { offerSpec } from './shopper-features.ts';

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
        actions: [6, 12],
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
    await shop.agree('ann', 'email');
    const { reasons, explanation, offer } = await shop.loop.offers.decide({ userId: 'ann', explain: true });
    expect(reasons[0]).toMatch(/^[A-Z0-9].* by e-mail: this shopper .+\.$|would get the same\.$/);
    const { action, shapley } = explanation as unknown as Explanation;
    expect(action).toBe(offer.action);
    expect(shapley.features.map(({ feature }) => feature)).toEqual(offerSpec.parts.map(({ name }) => name));
    expect(shapley.base + shapley.sum).toBeCloseTo(shapley.value, 6);
  });
});

describe('what may not be broken', () => {
  const everyone = spring.channels.map((one) => ({ ...one, consent: 'not needed' as const }));
  const dear = {
    ...spring,
    offers: [{ kind: 'discount' as const, percents: [10, 20], largestBasket: 100 }],
    channels: [{ channel: 'email', cost: 1, consent: 'not needed' as const }],
    budget: 100,
    policy: { agent: 'lin-ucb' as const, settings: { epsilon: 0.9 } },
  };

  test('a budget is not overspent by requests at the same time', async () => {
    const shop = await offerShop({ campaigns: memoryCampaigns([dear]) });
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, i) => shop.loop.offers.decide({ userId: `u${i}` })),
    );
    const taken = answers.reduce((sum, { offer }) => sum + offer.mostCost, 0);
    expect(taken).toBeLessThanOrEqual(100);
    expect(taken).toBeGreaterThan(100 - 11);
    expect(shop.loop.offers.list()[0]).toMatchObject({ spent: taken, budget: { left: 100 - taken } });
    expect(answers.at(-1)).toMatchObject({
      offer: { kind: 'no contact' },
      masked: [{ code: 'no-budget' }, {}],
    });
  });

  test('what is not used of an offer is given back, what is used is not, and campaigns share one budget', async () => {
    const other = { ...dear, campaignId: 'autumn', budget: { sharedWith: 'spring' } };
    const shop = await offerShop({ campaigns: memoryCampaigns([dear, other]) });
    const sent: { campaignId: string; recommendationId: string; mostCost: number; kind: string }[] = [];
    for (let i = 0; i < 8; i++) {
      const { campaignId, recommendationId, offer } = await shop.loop.offers.decide({
        userId: `u${i}`,
        campaignId: i % 2 ? 'autumn' : 'spring',
      });
      sent.push({ campaignId, recommendationId, mostCost: offer.mostCost, kind: offer.kind });
    }
    const left = (): number[] => shop.loop.offers.list().map(({ budget }) => budget.left);
    const all = sent.reduce((sum, { mostCost }) => sum + mostCost, 0);
    expect(left()).toEqual([100 - all, 100 - all]);
    const used = sent.findIndex(({ kind }) => kind === 'discount');
    await shop.tell(`u${used}`, 'purchase', {
      value: 30,
      recommendationId: sent[used]!.recommendationId,
      properties: { discount: 3 },
    });
    await shop.loop.offers.tick();
    expect(left()[0]).toBeCloseTo(100 - all + sent[used]!.mostCost - 4, 9);
    shop.now += 25 * hour;
    await shop.loop.offers.tick();
    const contacts = sent.filter(({ kind }) => kind !== 'no contact').length;
    expect(left()[0]).toBeCloseTo(100 - contacts - 3, 9);
    const again = await shop.restarted();
    expect(again.loop.offers.list().map(({ budget }) => budget.left)[0]).toBeCloseTo(100 - contacts - 3, 9);
  });

  test('an offer is used once: what was given back is not spent a second time', async () => {
    const budgetAfter = async (discounts: readonly (number | undefined)[], hours = 0): Promise<number> => {
      const only = { ...dear, offers: [{ kind: 'discount' as const, percents: [10], largestBasket: 100 }] };
      const shop = await offerShop({ campaigns: memoryCampaigns([only]) });
      let sent = await shop.loop.offers.decide({ userId: 'u' });
      for (let i = 0; sent.offer.kind === 'no contact'; i++)
        sent = await shop.loop.offers.decide({ userId: `u${i}` });
      const { shopper } = (await shop.loop.offers.decision(sent.recommendationId))!;
      for (const discount of discounts) {
        await shop.tell(shopper, 'purchase', {
          value: 45,
          recommendationId: sent.recommendationId,
          ...(discount !== undefined && { properties: { discount } }),
        });
        await shop.loop.offers.tick();
        shop.now += 1_000;
      }
      shop.now += hours * hour;
      await shop.loop.offers.tick();
      return 100 - shop.loop.offers.list()[0]!.budget.left;
    };
    expect(await budgetAfter([undefined])).toBeCloseTo(1 + 5, 9);
    expect(await budgetAfter([undefined, undefined])).toBeCloseTo(1 + 5, 9);
    expect(await budgetAfter([0]), 'not used yet: all of it stays set aside').toBeCloseTo(1 + 10, 9);
    expect(await budgetAfter([0, 4])).toBeCloseTo(1 + 4, 9);
    expect(await budgetAfter([-500], 25), 'no discount puts money into a budget').toBeCloseTo(1, 9);
    expect(await budgetAfter([4, -500], 25)).toBeCloseTo(1 + 4, 9);
    expect(await budgetAfter([500]), 'never more than was set aside').toBeCloseTo(1 + 10, 9);
  });

  test('caps, pauses, budget and what was learned hold after a restart', async () => {
    const shop = await offerShop({
      campaigns: memoryCampaigns([
        { ...dear, caps: [{ contacts: 1, days: 7 }], until: '2027-01-01T00:00:00Z' },
      ]),
    });
    for (let i = 0; i < 40; i++) {
      await shop.loop.offers.decide({ userId: `u${i}` });
      if (i % 3 === 0) await shop.tell(`u${i}`, 'purchase', { value: 50 });
      shop.now += 2 * hour;
    }
    await shop.loop.offers.tick();
    const before = shop.loop.offers.list();
    expect(before[0]!.policy.learned).toBeGreaterThan(20);
    expect(before[0]!.contacts).toBeGreaterThan(1);
    const again = await shop.restarted();
    await again.loop.offers.tick();
    const after = again.loop.offers.list();
    expect(after[0]!.budget.price).toBeCloseTo(before[0]!.budget.price, 9);
    expect({ ...after[0], budget: 0, meanReward: 0 }).toEqual({ ...before[0], budget: 0, meanReward: 0 });
    expect(after[0]!.meanReward).toBeCloseTo(before[0]!.meanReward!, 9);
    const asked = (of: typeof shop) => of.loop.offers.decide({ userId: 'somebody new', explain: true });
    const [one, two] = [await asked(shop), await asked(again)];
    for (const [i, { propensity }] of one.actions!.entries())
      expect(two.actions![i]!.propensity).toBeCloseTo(propensity, 6);
    for (let i = 0; i < 40; i++) {
      const { contacts } = await again.loop.state(`u${i}`);
      if (contacts.length === 0) continue;
      const answer = await again.loop.offers.decide({ userId: `u${i}` });
      expect(answer.masked[0]!.code).toBe('frequency-cap');
    }
  });

  test('a start keeps nothing of what the log has settled', async () => {
    const campaigns = memoryCampaigns([{ ...dear, budget: 1_000 }]);
    const shop = await offerShop({ campaigns });
    for (let i = 0; i < 40; i++) {
      const { recommendationId } = await shop.loop.offers.decide({ userId: `u${i}` });
      if (i % 3 === 0) await shop.tell(`u${i}`, 'purchase', { value: 50, recommendationId });
      shop.now += 2 * hour;
    }
    shop.now += 25 * hour;
    await shop.loop.offers.tick();
    const books = await openBooks(await campaigns.list(() => {}), {
      reserved: new Map(),
      warn: (message) => {
        throw new Error(message);
      },
      openStored: () => Promise.reject(new Error('no models here')),
      refused: (_, error) => {
        throw error;
      },
    });
    for await (const _ of replay(shop.log, books));
    books.close(shop.now);
    expect(books.contacts('spring')).toBeGreaterThan(20);
    expect(books.waiting).toBe(0);
    expect(books.settlements(shop.now)).toEqual([]);
  });

  test('beliefs of shares of successes are refused where the reward may be anything else', async () => {
    const policy = { agent: 'thompson' as const, settings: { beliefs: 'beta' } };
    const shop = await offerShop({ campaigns: memoryCampaigns([dear]) });
    for (const reward of ['spend', 'visit - unsubscribed', 'visit + conversion', '2*visit'])
      await expect(shop.loop.offers.declare({ ...dear, reward, policy }), reward).rejects.toMatchObject({
        code: 'bad-setting',
        message: expect.stringContaining(`reward "${reward}"`),
      });
    await shop.loop.offers.declare({ ...dear, reward: '0.5*visit + 0.5*conversion', policy });
    const { recommendationId } = await shop.loop.offers.decide({ userId: 'ann' });
    await shop.tell('ann', 'purchase', { value: 30, recommendationId });
    shop.now += 25 * hour;
    await shop.loop.offers.tick();
    expect(shop.loop.offers.list()[0]).toMatchObject({ closed: 1, meanReward: 1, policy: { learned: 1 } });
  });

  test('an erased shopper is written to no more and unknown, but the money stays spent', async () => {
    const shop = await offerShop({ campaigns: memoryCampaigns([spring]) });
    await shop.agree('ann', 'email', 'sms');
    for (let i = 0; i < 5; i++) await shop.loop.offers.decide({ userId: 'ann' });
    const [before] = shop.loop.offers.list();
    expect(before!.spent).toBeGreaterThan(0);
    await shop.log.erase('ann', shop.now);
    const again = await shop.restarted();
    const [after] = again.loop.offers.list();
    expect(after).toMatchObject({ spent: before!.spent, contacts: before!.contacts, open: 0 });
    const answer = await again.loop.offers.decide({ userId: 'ann' });
    expect(answer.offer.kind).toBe('no contact');
    expect(answer.masked.map(({ code }) => code)).toEqual(['no-consent', 'no-bundle', 'no-consent']);
    expect((await again.loop.state('ann')).contacts).toEqual([]);
  });

  test('requests for one shopper at the same time see each other: a cap of one is one', async () => {
    const capped = { ...spring, channels: everyone, caps: [{ contacts: 1, days: 7 }] };
    const shop = await offerShop({ campaigns: memoryCampaigns([capped]) });
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => shop.loop.offers.decide({ userId: 'ann' })),
    );
    expect(answers.filter(({ offer }) => offer.kind !== 'no contact')).toHaveLength(1);
  });

  test('where nothing is left the answer is no contact, and says why', async () => {
    const cases: readonly (readonly [Campaign, string, string])[] = [
      [{ ...spring, budget: 0 }, 'no-budget', 'the budget of the campaign is 0'],
      [spring, 'no-consent', 'this shopper never agreed to messages by e-mail'],
      [
        { ...spring, channels: everyone, caps: [{ contacts: 0, days: 7 }] },
        'frequency-cap',
        'the campaign allows no messages at all: its cap is 0 within 7 days',
      ],
      [
        { ...spring, channels: everyone, caps: [{ contacts: 0, days: 1 }] },
        'frequency-cap',
        'the campaign allows no messages at all: its cap is 0 within one day',
      ],
      [
        { ...spring, channels: everyone, until: '2026-06-01T00:00:00Z' },
        'not-running',
        'the campaign ended at 2026-06-01T00:00:00Z',
      ],
      [
        { ...spring, channels: everyone, segments: ['loyal'] },
        'other-segment',
        'the campaign is for shoppers who are loyal; this one is new',
      ],
    ];
    for (const [campaign, code, reason] of cases) {
      const shop = await offerShop({ campaigns: memoryCampaigns([campaign]) });
      const answer = await shop.loop.offers.decide({ userId: 'ann' });
      expect(answer).toMatchObject({
        offer: { action: 0, kind: 'no contact' },
        propensity: 1,
        explored: false,
      });
      expect(answer.masked[0]).toMatchObject({ code, reason });
      expect(answer.reasons[0]).toBe(`No contact: ${reason}.`);
    }
  });
});

describe('a policy that fails', () => {
  test('writes to nobody, says so, and logs no contact as all that was allowed and nothing to be learned', async () => {
    const warned: string[] = [];
    const { policy } = await banditPolicy(spring, offerActions(spring).slice(0, 2));
    const failing = { ...policy, evaluate: () => Promise.reject(new Error('the disk is gone')) };
    const shop = await offerShop({
      campaigns: memoryCampaigns([{ ...spring, policy: { file: 'stored' } }]),
      openStored: async () => ({
        id: 'stored',
        version: '1',
        policy: failing,
        actions: ['no contact', 'a message without an offer by e-mail'],
      }),
      warn: (message) => warned.push(message),
    });
    await shop.agree('ann', 'email');
    const answer = await shop.loop.offers.decide({ userId: 'ann' });
    expect(answer).toMatchObject({
      offer: { kind: 'no contact' },
      propensity: 1,
      reasons: ['No contact: the policy could not be asked.'],
      degraded: 'the policy failed; nobody is written to',
    });
    expect(warned).toEqual([expect.stringContaining('the disk is gone')]);
    const logged = (await shop.loop.offers.decision(answer.recommendationId))!;
    expect(logged.propensities[0]).toBe(1);
    expect(logged.allowed).toEqual(['no contact']);
    expect(logged.masked).toContainEqual({ action: 1, code: 'policy-failed' });
    expect(logged.masked).toHaveLength(logged.propensities.length - 1);
    expect(shop.loop.offers.list()[0]).toMatchObject({ open: 0 });
  });
});

describe('what an outcome is compared with', () => {
  const open = [{ channel: 'email', cost: 0, consent: 'not needed' as const }];
  const free = { ...spring, offers: [{ kind: 'message' as const }], channels: open, reward: 'spend' };
  const sent = async (shop: Awaited<ReturnType<typeof offerShop>>, kind: string) => {
    for (let i = 0; i < 200; i++) {
      const answer = await shop.loop.offers.decide({ userId: 'ann' });
      if (answer.offer.kind === kind) return answer;
    }
    throw new Error(`no ${kind} in 200 decisions`);
  };
  const windowsOf = (shop: Awaited<ReturnType<typeof offerShop>>) => shop.loop.offers.list()[0]!;

  test('no contact takes nothing from a message, nor is it opened where the rules chose it', async () => {
    const shop = await offerShop({
      campaigns: memoryCampaigns([{ ...free, caps: [{ contacts: 1, days: 7 }] }]),
    });
    await sent(shop, 'message');
    expect(windowsOf(shop).open).toBe(1);
    for (let i = 0; i < 3; i++) await shop.loop.offers.decide({ userId: 'ann' });
    await shop.tell('ann', 'purchase', { value: 30 });
    shop.now += 25 * hour;
    await shop.loop.offers.tick();
    expect(windowsOf(shop)).toMatchObject({ open: 0, closed: 1, meanReward: 30 });
  });

  test('what a shopper does after a login counts for the message before it', async () => {
    const shop = await offerShop({ campaigns: memoryCampaigns([free]) });
    let kind = 'no contact';
    while (kind === 'no contact')
      kind = (await shop.loop.offers.decide({ anonymousId: 'nobody' })).offer.kind;
    await shop.tell('ann', 'view', { itemId: 'a', anonymousId: 'nobody' });
    await shop.tell('ann', 'purchase', { value: 30 });
    shop.now += 25 * hour;
    await shop.loop.offers.tick();
    expect(windowsOf(shop)).toMatchObject({ open: 0, closed: 1, meanReward: 30 });
    const again = await shop.restarted();
    await again.loop.offers.tick();
    expect(windowsOf(again)).toMatchObject({ open: 0, closed: 1, meanReward: 30 });
  });

  test('that a message arrived is no visit', async () => {
    const shop = await offerShop({
      campaigns: memoryCampaigns([{ ...free, reward: 'visit' }]),
      customTypes: ['email_delivered'],
    });
    const rewardAfter = async (type: string): Promise<number | undefined> => {
      const { recommendationId } = await sent(shop, 'message');
      await shop.tell('ann', type, { recommendationId, itemId: 'a' });
      shop.now += 25 * hour;
      const before = windowsOf(shop);
      await shop.loop.offers.tick();
      const after = windowsOf(shop);
      return (after.meanReward ?? 0) * after.closed - (before.meanReward ?? 0) * before.closed;
    };
    expect(await rewardAfter('email_delivered')).toBe(0);
    expect(await rewardAfter('view')).toBe(1);
  });

  test('a message ends the window of no contact before it, and is answered from then on', async () => {
    const shop = await offerShop({ campaigns: memoryCampaigns([free]) });
    await sent(shop, 'no contact');
    expect(windowsOf(shop).open).toBe(1);
    await sent(shop, 'message');
    expect(windowsOf(shop).open).toBe(1);
    await shop.tell('ann', 'purchase', { value: 30 });
    shop.now += 25 * hour;
    await shop.loop.offers.tick();
    expect(windowsOf(shop)).toMatchObject({ closed: 1, meanReward: 30 });
  });
});
