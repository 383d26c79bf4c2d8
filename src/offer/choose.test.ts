import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Campaign, offerActions, rng } from '../core/index.ts';
import { newShopper } from '../state/index.ts';
import { localTime } from './calendar.ts';
import { chooseOffer, costsOf } from './choose.ts';
import { banditPolicy, storedPolicy } from './offer-policy.ts';
import { spring } from './offer-shop.suite.ts';
import { blockedActions, maskOf } from './rules.ts';
import { offerSpec } from './shopper-features.ts';
import { sayAction } from './words.ts';

const now = Date.UTC(2026, 5, 3, 12);
const actions = offerActions(spring);

const campaigns: fc.Arbitrary<Campaign> = fc.record({
  campaignId: fc.constant('c'),
  offers: fc.constant(spring.offers),
  channels: fc.constantFrom(
    spring.channels,
    spring.channels.map((one) => ({ ...one, consent: 'not needed' as const })),
  ),
  budget: fc.constantFrom(0, 5, 1_000),
  caps: fc.constantFrom([], [{ contacts: 0, days: 7 }], [{ contacts: 2, days: 7 }]),
  daysBetweenContacts: fc.constantFrom(0, 3),
  until: fc.constantFrom('2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z'),
  reward: fc.constant('visit'),
});

test.each(['thompson', 'lin-ucb', 'stored'] as const)(
  '%s: no masked action is ever chosen, and the propensities sum to one, whatever the rules say',
  async (agent) => {
    const policy =
      agent === 'stored'
        ? storedPolicy(
            {
              id: 'even',
              version: '1',
              policy: (await banditPolicy({ ...spring, policy: { agent: 'lin-ucb' } }, actions)).policy,
              actions: actions.map(sayAction),
            },
            actions,
          )
        : await banditPolicy({ ...spring, policy: { agent } }, actions);
    await fc.assert(
      fc.asyncProperty(
        campaigns,
        fc.array(fc.nat(20), { maxLength: 4 }),
        fc.dictionary(fc.constantFrom('email', 'sms', '*'), fc.boolean()),
        fc.float({ min: -10, max: 1_000, noNaN: true }),
        fc.nat(1_000),
        async (campaign, daysAgo, consent, left, seed) => {
          const contacts = daysAgo
            .sort((a, b) => b - a)
            .map((days, i) => ({
              id: String(i),
              campaign: 'c',
              time: now - days * 86_400_000,
              channel: 'email',
              kind: 'message',
              answered: false,
            }));
          const blocked = blockedActions(actions, {
            campaign,
            now,
            local: localTime(now, 'UTC'),
            state: { ...newShopper('s'), contacts, consent },
            segment: 'new',
            left,
            tooLate: () => false,
            given: () => 0,
            inStock: () => true,
            bundle: undefined,
            knows: () => true,
          });
          const stream = rng(seed);
          const row = Float32Array.from(offerSpec.parts, ({ n, high }) =>
            Math.round(stream.float() * (n ?? high!)),
          );
          const choice = chooseOffer({
            policy,
            scores: await policy.policy.evaluate(row, 1),
            actions,
            open: maskOf(blocked),
            costs: costsOf(policy, actions, stream.float(), ({ mostCost }) => mostCost),
            rng: stream,
          });
          expect(blocked[0]).toBeUndefined();
          expect(blocked[choice.action]).toBeUndefined();
          blocked.forEach((why, i) => {
            if (why) expect(choice.propensities[i]).toBe(0);
          });
          expect(choice.propensities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5);
          expect(choice.propensity).toBeGreaterThan(0);
        },
      ),
      { numRuns: 200 },
    );
  },
);

test('a price above what an offer can bring leaves only what costs nothing', async () => {
  const policy = await banditPolicy(
    { ...spring, policy: { agent: 'lin-ucb', settings: { epsilon: 0, alpha: 0 } } },
    actions,
  );
  const row = new Float32Array(offerSpec.size);
  await policy.learn!({ observation: [...row], action: 2, reward: 10 });
  const chosenAt = async (price: number): Promise<number> =>
    chooseOffer({
      policy,
      scores: await policy.policy.evaluate(row, 1),
      actions,
      open: new Uint8Array(actions.length).fill(1),
      costs: costsOf(policy, actions, price, ({ mostCost }) => mostCost),
      rng: rng(1),
    }).action;
  expect(await chosenAt(0)).toBe(2);
  expect(await chosenAt(1e6)).toBe(0);
});

test.each(['thompson', 'lin-ucb'] as const)(
  '%s of a new campaign tries everything that is allowed',
  async (agent) => {
    const policy = await banditPolicy({ ...spring, policy: { agent } }, actions);
    const row = new Float32Array(offerSpec.size);
    const open = Uint8Array.from(actions, (_, i) => (i % 4 === 3 ? 0 : 1));
    const choose = async (seed: number) =>
      chooseOffer({
        policy,
        scores: await policy.policy.evaluate(row, 1),
        actions,
        open,
        costs: new Float64Array(actions.length),
        rng: rng(seed),
      });
    const even = open.reduce((sum, is) => sum + is, 0);
    const drawn = new Set<number>();
    for (let seed = 0; seed < 200; seed++) {
      const { action, propensities } = await choose(seed);
      drawn.add(action);
      for (const [i, p] of propensities.entries()) expect(p).toBeCloseTo(open[i]! / even, 2);
    }
    expect(drawn.size).toBe(even);
    // Once something is known chance is the share that is asked for, and no more.
    await policy.learn!({ observation: [...row], action: 1, reward: 5 });
    if (agent === 'lin-ucb') expect((await choose(1)).propensities[1]).toBeGreaterThan(0.95);
  },
);
