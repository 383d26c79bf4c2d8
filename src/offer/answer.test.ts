import { expect, test } from 'vitest';
import { offerActions } from '../core/index.ts';
import { memoryCampaigns } from './campaign-store.ts';
import { banditPolicy, type StoredPolicy } from './offer-policy.ts';
import { offerShop, spring } from './offer-shop.suite.ts';
import { sayAction } from './words.ts';

test('where the reasons cannot be worked out the offer is answered without them, and the operator hears why', async () => {
  const channels = [{ channel: 'email', cost: 1, consent: 'not needed' as const }];
  const campaign = { ...spring, channels, policy: { file: 'offers.policy' } };
  const actions = offerActions(campaign);
  const { policy } = await banditPolicy({ ...campaign, policy: { agent: 'lin-ucb' } }, actions);
  const stored: StoredPolicy = {
    id: 'lin-ucb of offers.policy',
    version: '1',
    actions: actions.map(sayAction),
    policy: {
      ...policy,
      // A decision asks about one shopper, reasons about many.
      evaluate: async (observations, n) => {
        if (n > 1) throw new Error('the model takes one row');
        return policy.evaluate(observations, n);
      },
    },
  };
  const told: string[] = [];
  const shop = await offerShop({
    campaigns: memoryCampaigns([campaign]),
    openStored: async () => stored,
    warn: (message) => told.push(message),
  });
  await shop.loop.offers.decide({ userId: 'first' });
  expect(told).toEqual([]);
  for (const explain of [false, true]) {
    const answer = await shop.loop.offers.decide({ userId: `u${explain}`, explain });
    expect(answer.reasons).toEqual([
      `${answer.offer.words[0]!.toUpperCase()}${answer.offer.words.slice(1)}: the reasons could not be worked out.`,
    ]);
    expect(answer.degraded).toBe('the offer stands, but its reasons could not be worked out');
    expect(answer.actions?.length).toBe(explain ? actions.length : undefined);
    expect(await shop.loop.offers.decision(answer.recommendationId)).toMatchObject({
      action: answer.offer.action,
    });
  }
  expect(told).toHaveLength(2);
  expect(told[0]).toMatch(
    /^the reasons of offer id-\d+ of campaign spring could not be worked out: the model takes one row$/,
  );
});
