import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { agentNamed } from '../agent/index.ts';
import type { Campaign, OfferDecision } from '../core/index.ts';
import { trainInWorld, trainOnLog } from '../learn/index.ts';
import { memoryCampaigns, offerSpec } from '../offer/index.ts';
import { offerShop, spring } from '../offer/offer-shop.suite.ts';
import { parseOutcomeReward } from '../reward/index.ts';
import { worldNamed } from '../world/index.ts';
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

test('of a policy that sees less its own features are written, and of a bandit before it the same', async () => {
  const trained = await trainInWorld({
    definition: agentNamed('lin-ucb'),
    world: worldNamed('campaign-v1'),
    steps: 500,
    seed: 1,
    clock: () => 0,
  });
  writePolicyFile(join(folder, 'world.policy'), trained);
  const campaign: Campaign = {
    ...spring,
    offers: [{ kind: 'message' }, { kind: 'discount', percents: [5, 10], largestBasket: 100 }],
    channels: [{ channel: 'email', cost: 0, consent: 'not needed' }],
  };
  const shop = await offerShop({
    campaigns: memoryCampaigns([campaign]),
    openStored: storedPolicies(folder),
  });
  const path = join(folder, 'world.csv');
  const decided: OfferDecision[] = [];
  /** Three shoppers, two days apart: the columns of what was seen, and its rows. */
  const written = async (policy: Campaign['policy'], expected: number) => {
    await shop.loop.offers.declare({ ...campaign, ...(policy && { policy }) });
    for (let i = 0; i < 3; i++) {
      const { recommendationId } = await shop.loop.offers.decide({ userId: `u${decided.length}` });
      decided.push((await shop.loop.offers.decision(recommendationId))!);
      shop.now += 48 * hour;
    }
    await shop.loop.offers.tick();
    expect(writeOutcomes(path, await shop.loop.offers.outcomes('spring'))).toBe(expected);
    const [header, ...rows] = readFileSync(path, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(','));
    const end = header!.indexOf('action');
    return { names: header!.slice(2, end), seen: rows.map((cells) => cells.slice(2, end).map(Number)) };
  };
  const all = offerSpec.parts.map(({ name }) => name);
  expect((await written(undefined, 3)).names).toEqual(all);
  const { names, seen } = await written({ file: 'world.policy' }, 6);
  expect(names).toEqual(all.slice(0, 10));
  expect(seen).toEqual(decided.map(({ observation }) => observation.slice(0, 10)));
  expect(decided.map(({ features }) => features?.length)).toEqual([...Array(3), 10, 10, 10]);
  const reward = parseOutcomeReward('visit');
  if (!reward.ok) throw new Error(reward.error.message);
  const columns = { action: 'action', propensity: 'propensity', reward: reward.value } as const;
  expect((await readBanditLog(path, { ...columns, features: 'others' })).n).toBe(6);
  // The bandit again: what it sees and the stored policy did not is known of its own decisions only.
  const again = await written(undefined, 6);
  expect(again.names).toEqual(all);
  expect(again.seen).toEqual([...decided.slice(0, 3), ...decided.slice(6)].map((one) => one.observation));
});

test('decisions of an earlier version, which did not say what was seen, are refused with the reason', async () => {
  const shop = await offerShop({ campaigns: memoryCampaigns([spring]) });
  await shop.agree('ann', 'email');
  await shop.loop.offers.decide({ userId: 'ann' });
  shop.now += 48 * hour;
  const [row] = await shop.loop.offers.outcomes('spring');
  const older = { ...row!, decision: { ...row!.decision, observation: Array<number>(10).fill(0) } };
  expect(() => writeOutcomes(join(folder, 'none.csv'), [older])).toThrow(
    'none of 1 decisions whose window is over can be written: an earlier version made them',
  );
});

test('where there is nothing to write nothing is written', () => {
  const path = join(folder, 'none.csv');
  expect(() => writeOutcomes(path, [])).toThrow('there is no decision whose window is over');
  expect(existsSync(path)).toBe(false);
});
