import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { agentNamed } from '../agent/index.ts';
import type { Campaign } from '../core/index.ts';
import { trainInWorld } from '../learn/index.ts';
import { memoryCampaigns } from '../offer/index.ts';
import { offerShop, spring } from '../offer/offer-shop.suite.ts';
import { worldNamed } from '../world/index.ts';
import { campaignFiles, storedPolicies } from './campaign-files.ts';
import { writePolicyFile } from './policy-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'tendril-campaigns-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('campaigns are files that a restart finds; what cannot be read is told and leaves the others alone', async () => {
  const store = campaignFiles(join(folder, 'files'));
  const told: string[] = [];
  const list = () => store.list((message) => told.push(message));
  expect(await list()).toEqual([]);
  await store.put(spring);
  await store.put({ ...spring, budget: 7 });
  expect(await list()).toEqual([{ ...spring, budget: 7 }]);
  writeFileSync(join(folder, 'files', 'broken.json'), '{"budget": ');
  writeFileSync(join(folder, 'files', 'wrong.json'), JSON.stringify({ ...spring, reward: '' }));
  expect(await list()).toHaveLength(1);
  expect(told.join('\n')).toMatch(/broken\.json is not JSON[\s\S]*wrong\.json: reward is ""; accepted: /);
});

test('a policy of campaign-v1 serves a campaign whose actions it knows, and only those', async () => {
  const world = worldNamed('campaign-v1');
  const trained = await trainInWorld({
    definition: agentNamed('lin-ucb'),
    world,
    steps: 2_000,
    seed: 1,
    clock: () => 0,
  });
  writePolicyFile(join(folder, 'offers.policy'), trained);
  const stored: Campaign = {
    ...spring,
    offers: [{ kind: 'message' }, { kind: 'discount', percents: [5, 10, 15, 20], largestBasket: 50 }],
    channels: ['email', 'sms', 'push'].map((channel) => ({ channel, cost: 0.01 })),
    policy: { file: 'offers.policy' },
  };
  const shop = await offerShop({ openStored: storedPolicies(folder) });
  await shop.loop.offers.declare(stored);
  await shop.agree('ann', 'push');
  const answer = await shop.loop.offers.decide({ userId: 'ann', explain: true });
  expect(answer).toMatchObject({ policy: { id: 'lin-ucb of offers.policy' }, offer: { channel: 'push' } });
  expect(answer.actions!.reduce((sum, { propensity }) => sum + propensity, 0)).toBeCloseTo(1, 6);
  expect((await shop.loop.offers.decide({ userId: 'nobody' })).offer.kind).toBe('no contact');
  const second = await shop.loop.offers.decide({ userId: 'ann', explain: true });
  expect(second.explanation).toMatchObject({ action: second.offer.action });
  await expect(
    shop.loop.offers.declare({ ...stored, offers: [{ kind: 'bundle', percent: 5, largestBasket: 10 }] }),
  ).rejects.toThrow('knows nothing this campaign offers; it knows: 5 % off by e-mail, 10 % off by e-mail');
  expect(shop.loop.offers.list()[0]!.campaign).toEqual(stored);
  await expect(
    shop.loop.offers.declare({ ...stored, policy: { file: 'none.policy' } }),
  ).rejects.toMatchObject({
    code: 'bad-request',
    message: expect.stringMatching(/^policy\.file is "none\.policy", which does not lie beside/),
  });
  // Gone after it was declared: it is known, and says why it is silent.
  const gone = await offerShop({
    campaigns: memoryCampaigns([stored]),
    openStored: storedPolicies(join(folder, 'elsewhere')),
    warn: () => {},
  });
  expect(() => gone.loop.offers.report('spring')).toThrow(
    'campaign "spring" makes no offers: policy.file is "offers.policy"',
  );
  await expect(gone.loop.offers.decide({ userId: 'ann' })).rejects.toMatchObject({
    code: 'campaign-at-rest',
  });
});
