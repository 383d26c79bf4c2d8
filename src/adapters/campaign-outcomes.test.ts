import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { agentNamed } from '../agent/index.ts';
import { trainOnLog } from '../learn/index.ts';
import { memoryCampaigns, offerSpec } from '../offer/index.ts';
import { offerShop, spring } from '../offer/offer-shop.suite.ts';
import { parseOutcomeReward } from '../reward/index.ts';
import { readBanditLog } from './bandit-files.ts';
import { storedPolicies } from './campaign-files.ts';
import { writeOutcomes } from './campaign-outcomes.ts';
import { ortEngine } from './ort-engine.ts';
import { writePolicyFile } from './policy-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'tendril-outcomes-'));
afterAll(() => rmSync(folder, { recursive: true }));
const hour = 3_600_000;

test("a campaign's own log teaches a policy that can serve it", async () => {
  const campaign = {
    ...spring,
    budget: 1e6,
    offers: [{ kind: 'discount' as const, percents: [5, 10], largestBasket: 100 }],
    policy: { agent: 'lin-ucb' as const, settings: { epsilon: 0.6 } },
  };
  const shop = await offerShop({
    campaigns: memoryCampaigns([campaign]),
    openStored: storedPolicies(folder),
  });
  for (let i = 0; i < 150; i++) {
    const userId = `shopper "${i}", of many`;
    await shop.agree(userId, 'email');
    if (i % 2) await shop.tell(userId, 'view', { itemId: 'a' });
    const { recommendationId, offer } = await shop.loop.offers.decide({ userId });
    if (offer.percent === 10) await shop.tell(userId, 'purchase', { value: 90, recommendationId });
    shop.now += hour;
  }
  shop.now += 25 * hour;
  const rows = await shop.loop.offers.outcomes('spring');
  expect(rows).toHaveLength(150);
  const path = join(folder, 'spring.csv');
  expect(writeOutcomes(path, rows)).toBe(150);
  const reward = parseOutcomeReward('margin - cost');
  if (!reward.ok) throw new Error(reward.error.message);
  const columns = { action: 'action', propensity: 'propensity', reward: reward.value } as const;
  const log = await readBanditLog(path, { ...columns, features: 'others' });
  expect(log.n).toBe(150);
  expect(log.observational).toBeUndefined();
  expect(log.actions.toSorted()).toEqual(['10 % off by e-mail', '5 % off by e-mail', 'no contact']);
  expect(log.allowed!.actions).toEqual(log.actions);
  expect(log.allowed!.mask.every((open) => open === 1)).toBe(true);
  expect(log.atVisits).toBe(75);
  expect(shop.loop.offers.list()[0]!.caution).toMatch(
    /^75 of 150 choices were made while the shopper was in the shop/,
  );
  expect(log.columns.map(({ name }) => name)).toEqual(offerSpec.parts.map(({ name }) => name));
  const bought = log.outcomes.conversion!.reduce((sum, x) => sum + x, 0);
  expect(bought).toBe(rows.filter(({ decision }) => decision.offer.percent === 10).length);
  const trained = await trainOnLog({
    definition: agentNamed('dr'),
    log,
    reading: { action: 'action', propensity: 'propensity', reward: { formula: 'margin - cost' } },
    seed: 1,
    clock: () => 0,
    engine: await ortEngine(),
  });
  writePolicyFile(join(folder, 'spring.policy'), trained);
  await shop.loop.offers.declare({ ...campaign, policy: { file: 'spring.policy' } });
  const userId = 'somebody new';
  await shop.agree(userId, 'email', 'sms');
  const { propensities, masked } = (await shop.loop.offers.decision(
    (
      await shop.loop.offers.decide({ userId })
    ).recommendationId,
  ))!;
  expect(propensities[2]).toBeGreaterThan(0.5);
  expect(masked.map(({ code }) => code)).toEqual(['not-known', 'not-known']);
});

test('where there is nothing to write nothing is written', () => {
  const path = join(folder, 'none.csv');
  expect(() => writeOutcomes(path, [])).toThrow('none of 0 decisions');
  expect(existsSync(path)).toBe(false);
});
