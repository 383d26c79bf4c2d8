import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Campaign } from '../core/index.ts';
import { memoryLog } from '../log/index.ts';
import { openBooks, relearn, replay } from './books.ts';
import { memoryCampaigns } from './campaign-store.ts';
import { type OfferShop, offerShop, spring } from './offer-shop.suite.ts';

const hour = 3_600_000;
const coupons: Campaign = {
  ...spring,
  offers: [{ kind: 'message' }, { kind: 'discount', percents: [10, 20], largestBasket: 100 }],
  channels: [{ channel: 'email', cost: 1, consent: 'not needed' }],
  budget: 400,
  until: '2026-06-20T00:00:00Z',
  policy: { agent: 'lin-ucb', settings: { epsilon: 0.5 } },
};
const shared: Campaign = {
  ...coupons,
  campaignId: 'autumn',
  budget: { sharedWith: 'spring' },
  windowHours: 5,
};

describe('a restart finds what was there before', () => {
  /** One thing that happens; `who` of three users and three browsers. */
  const step = fc.oneof(
    fc.record({ kind: fc.constant('decide' as const), who: fc.nat(5), campaign: fc.nat(1) }),
    fc.record({ kind: fc.constant('together' as const), who: fc.nat(5), campaign: fc.nat(1) }),
    fc.record({
      kind: fc.constant('event' as const),
      who: fc.nat(5),
      type: fc.constantFrom('purchase', 'purchase', 'view', 'refund', 'unsubscribe'),
      value: fc.integer({ min: 1, max: 120 }),
      named: fc.boolean(),
      hours: fc.integer({ min: -30, max: 3 }),
    }),
    fc.record({ kind: fc.constant('login' as const), who: fc.nat(2), browser: fc.nat(2) }),
    fc.record({
      kind: fc.constant('wait' as const),
      ms: fc.constantFrom(400, 2_000, 2 * hour, 9 * hour, 26 * hour),
    }),
    fc.constant({ kind: 'tick' as const }),
    fc.record({ kind: fc.constant('declare' as const), windowHours: fc.constantFrom(1, 5, 24, 480) }),
  );
  type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
  const shopper = (who: number) => (who < 3 ? { userId: `u${who}` } : { anonymousId: `b${who - 3}` });
  const names = ['spring', 'autumn'];
  let events = 0;

  async function happen(shop: OfferShop, one: Step, ids: string[]): Promise<void> {
    const { offers } = shop.loop;
    const decide = async (who: number, campaign: number): Promise<void> => {
      const { recommendationId } = await offers.decide({ ...shopper(who), campaignId: names[campaign]! });
      ids.push(recommendationId);
    };
    if (one.kind === 'decide') await decide(one.who, one.campaign);
    else if (one.kind === 'together')
      await Promise.all([0, 1, 2].map((i) => decide((one.who + i) % 6, (one.campaign + i) % 2)));
    else if (one.kind === 'wait') shop.now += one.ms;
    else if (one.kind === 'tick') await offers.tick();
    else if (one.kind === 'declare') await offers.declare({ ...coupons, windowHours: one.windowHours });
    else {
      const event =
        one.kind === 'login'
          ? {
              eventType: 'view',
              itemId: 'a',
              userId: `u${one.who}`,
              anonymousId: `b${one.browser}`,
              timestamp: shop.now,
            }
          : {
              eventType: one.type,
              ...shopper(one.who),
              timestamp: shop.now + one.hours * hour,
              ...(one.type === 'view' && { itemId: 'a' }),
              ...((one.type === 'purchase' || one.type === 'refund') && { value: one.value }),
              ...(one.named && ids.length > 0 && { recommendationId: ids[one.value % ids.length]! }),
            };
      await shop.loop.ingest([{ ...event, eventId: `e${events++}` }]);
    }
  }

  test('whatever happened, in whatever order it arrived', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
        const shop = await offerShop({ campaigns: memoryCampaigns([coupons, shared]) });
        const ids: string[] = [];
        for (const one of steps) {
          await happen(shop, one, ids);
          for (const { budget } of shop.loop.offers.list())
            expect(budget.left).toBeGreaterThanOrEqual(-1e-9 * budget.amount);
        }
        // What was closed since the last tick is learned at the next one, or at a start.
        const known = ({ loop }: OfferShop) =>
          loop.offers.list().map(({ policy, ...report }) => ({ ...report, policy: policy.id }));
        expect(known(await shop.restarted())).toEqual(known(shop));
        await shop.loop.offers.tick();
        const again = await shop.restarted();
        expect(again.loop.offers.list()).toEqual(shop.loop.offers.list());
        const campaignId = names[steps.length % 2]!;
        const asked = async ({ loop }: OfferShop, userId: string) =>
          (await loop.offers.decide({ userId, campaignId, explain: true })).actions;
        expect(await asked(again, 'somebody new')).toEqual(await asked(shop, 'another one'));
      }),
      { numRuns: 25, seed: 4 },
    );
  });

  test('an outcome that came after its window was closed counts for nothing, then and after a restart', async () => {
    const shop = await offerShop({ campaigns: memoryCampaigns([coupons]) });
    const { recommendationId, offer } = await shop.loop.offers.decide({ userId: 'ann' });
    const sent = shop.now;
    shop.now += 25 * hour;
    await shop.loop.offers.tick();
    await shop.tell('ann', 'purchase', { value: 50, recommendationId, timestamp: sent + hour });
    const again = await shop.restarted();
    await again.loop.offers.tick();
    for (const { loop } of [shop, again])
      expect(loop.offers.list()[0]).toMatchObject({
        open: 0,
        closed: 1,
        meanReward: offer.kind === 'no contact' ? 0 : -1,
      });
    expect((await again.loop.offers.outcomes('spring'))[0]!.outcome).toMatchObject({ conversion: 0 });
  });
});

describe('what fails loses nothing and pays nothing twice', () => {
  const paid: Campaign = { ...coupons, policy: { agent: 'lin-ucb', settings: { epsilon: 1 } } };
  const budgetLeft = ({ loop }: OfferShop): number => loop.offers.list()[0]!.budget.left;

  test('a log that cannot be written for a while', async () => {
    const inner = memoryLog();
    let fails = false;
    const log = {
      ...inner,
      append: async (events: Parameters<typeof inner.append>[0]) => {
        if (fails) throw new Error('the disk is full');
        return inner.append(events);
      },
    };
    const begun = Date.UTC(2026, 5, 3, 12);
    const shop = await offerShop({ campaigns: memoryCampaigns([paid]) }, { log, now: begun });
    let contacts = 0;
    for (let i = 0; i < 8; i++) {
      const { offer, recommendationId } = await shop.loop.offers.decide({ userId: `u${i}` });
      if (offer.kind !== 'no contact') contacts++;
      if (i === 0) await shop.tell('u0', 'purchase', { value: 30, recommendationId });
    }
    expect(contacts).toBeGreaterThan(3);
    const used = shop.loop.offers.list()[0]!.spent;
    fails = true;
    for (let i = 0; i < 3; i++) {
      shop.now += 25 * hour;
      await expect(shop.loop.offers.tick()).rejects.toThrow('the disk is full');
      expect(shop.loop.offers.list()[0]).toMatchObject({ open: 8, closed: 0, spent: used });
    }
    fails = false;
    await shop.loop.offers.tick();
    const left = budgetLeft(shop);
    expect(shop.loop.offers.list()[0]).toMatchObject({ open: 0, closed: 8, policy: { learned: 8 } });
    expect(left).toBeGreaterThanOrEqual(400 - contacts - 30);
    await shop.loop.offers.tick();
    expect(budgetLeft(shop)).toBe(left);
    expect(budgetLeft(await shop.restarted())).toBe(left);
  });

  test('an outcome that cannot be learned is settled all the same, told once, and learned later, once', async () => {
    const campaigns = memoryCampaigns([paid]);
    const shop = await offerShop({ campaigns });
    for (let i = 0; i < 8; i++) await shop.loop.offers.decide({ userId: `u${i}` });
    const told: string[] = [];
    const books = await openBooks([paid], {
      reserved: new Map(),
      warn: (message) => told.push(message),
      openStored: () => Promise.reject(new Error('no models here')),
      refused: (_, error) => {
        throw error;
      },
    });
    for await (const _ of replay(shop.log, books));
    const { policy } = books.running.get('spring')!;
    const learn = policy.learn!;
    const works = { learn: async (row: Parameters<typeof learn>[0]) => learn(row) };
    let calls = 0;
    Object.assign(policy, {
      learn: async (row: Parameters<typeof learn>[0]) => {
        if (++calls > 3) throw new Error('out of memory');
        return learn(row);
      },
    });
    const spent = books.spent('spring');
    books.close(shop.now + 25 * hour);
    await books.learn();
    await books.learn();
    expect(policy.learned).toBe(3);
    expect(books.unlearned).toBe(5);
    expect(told).toEqual([
      'campaign spring cannot learn from 5 outcomes; they are kept and tried again: out of memory',
    ]);
    for (const event of books.settlements(shop.now)) books.apply(event);
    expect(books.spent('spring')).toBeLessThan(spent);
    expect(books.spent('spring')).toBe(books.contacts('spring'));
    expect(books.settlements(shop.now)).toEqual([]);
    Object.assign(policy, works);
    await books.learn();
    expect([policy.learned, books.unlearned, told.length]).toEqual([8, 0, 1]);
  });
});

test('an outcome that can never be learned is left out and told; while the log is read it is not tried at every event', async () => {
  const paid: Campaign = { ...coupons, until: '2027-01-01T00:00:00Z', budget: 1e6, windowHours: 1 };
  const shop = await offerShop({ campaigns: memoryCampaigns([paid]) });
  for (let i = 0; i < 60; i++) {
    await shop.loop.offers.decide({ userId: `u${i}` });
    shop.now += 2 * hour;
  }
  const told: string[] = [];
  const books = await openBooks([paid], {
    reserved: new Map(),
    warn: (message) => told.push(message),
    openStored: () => Promise.reject(new Error('no models here')),
    refused: (_, error) => {
      throw error;
    },
  });
  const { policy } = books.running.get('spring')!;
  const learn = policy.learn!;
  let tried = 0;
  let bad: Parameters<typeof learn>[0] | undefined;
  Object.assign(policy, {
    learn: async (row: Parameters<typeof learn>[0]) => {
      bad ??= row;
      if (row !== bad) return learn(row);
      tried++;
      throw new Error('no number');
    },
  });
  for await (const _ of relearn(shop.log, books, 20));
  // Of 59 outcomes whose windows are over: when 20 and 40 waited, and at the end.
  expect([tried, policy.learned, books.unlearned]).toEqual([3, 0, 59]);
  expect(told).toEqual([expect.stringContaining('campaign spring cannot learn from 20 outcomes')]);
  for (let i = 0; i < 3; i++) await books.learn();
  expect([tried, policy.learned, books.unlearned]).toEqual([5, 58, 0]);
  expect(told.slice(1)).toEqual([
    expect.stringMatching(
      /^campaign spring learns nothing from the outcome of offer id-\d+, which failed every time: no number$/,
    ),
  ]);
});

test('an erased shopper is in no window and no comparison; what was set aside for the offers stays spent', async () => {
  const shop = await offerShop({ campaigns: memoryCampaigns([coupons, shared]) });
  await shop.loop.offers.decide({ anonymousId: 'b', campaignId: 'spring' });
  await shop.tell('ann', 'view', { itemId: 'a', anonymousId: 'b' });
  const sent = [];
  for (let i = 0; i < 12; i++)
    for (const campaignId of ['spring', 'autumn']) {
      const answer = await shop.loop.offers.decide({ userId: 'ann', campaignId });
      if (answer.offer.mostCost > 5) sent.push(answer);
    }
  await shop.loop.offers.decide({ userId: 'bob', campaignId: 'spring' });
  // Used, and not settled yet when the erasure comes.
  await shop.tell('ann', 'purchase', { value: 40, recommendationId: sent[0]!.recommendationId });
  const before = shop.loop.offers.list();
  expect(sent.length).toBeGreaterThan(3);
  expect(await shop.loop.erase('ann')).toBe(27);
  const open = ({ loop }: OfferShop) =>
    loop.offers
      .list()
      .map(({ campaign: { campaignId }, open, spent, contacts }) => ({ campaignId, open, spent, contacts }));
  const expected = before.map(({ campaign: { campaignId }, spent, contacts }) => ({
    campaignId,
    open: campaignId === 'spring' ? 1 : 0,
    spent,
    contacts,
  }));
  expect(open(shop)).toEqual(expected);
  const again = await shop.restarted();
  expect(open(again)).toEqual(expected);
  shop.now += 30 * hour;
  again.now += 30 * hour;
  await again.loop.offers.tick();
  expect(again.loop.offers.list().map(({ closed }) => closed)).toEqual([0, 1]);
  for (const id of sent) expect(await shop.loop.offers.decision(id.recommendationId)).toBeUndefined();
});
