import { expect, test } from 'vitest';
import { type Campaign, catalogue, offerActions, rng } from '../core/index.ts';
import { evidence, newShopper } from '../state/index.ts';
import { openBooks } from './books.ts';
import { decideOffer } from './decide-offer.ts';
import { banditPolicy, type LearnedRow } from './offer-policy.ts';
import { spring } from './offer-shop.suite.ts';
import { offerSpec } from './shopper-features.ts';

const row: LearnedRow = { observation: Array<number>(offerSpec.size).fill(0), action: 1, reward: 1 };

test('a decision names the version its scores are of, whatever is learned before it is drawn', async () => {
  const campaign: Campaign = { ...spring, policy: { agent: 'lin-ucb' } };
  const books = await openBooks([campaign], {
    reserved: new Map(),
    warn: () => {},
    openStored: () => Promise.reject(new Error('no models here')),
    refused: (_, error) => {
      throw error;
    },
  });
  const running = books.running.get('spring')!;
  const { policy } = running;
  const learning = Object.create(policy, {
    policy: {
      value: {
        ...policy.policy,
        evaluate: async (observations: Float32Array, n: number) => {
          const scores = await policy.policy.evaluate(observations, n);
          await policy.learn!(row);
          return scores;
        },
      },
    },
  });
  const { decision } = await decideOffer({
    request: { userId: 'ann' },
    recommendationId: 'one',
    shopper: 'ann',
    state: newShopper('ann'),
    clock: Date.UTC(2026, 5, 3, 12),
    running: { ...running, policy: learning },
    books: () => books,
    catalogue: catalogue([]),
    counts: evidence(),
    rng: rng(1),
    taken: () => {},
  });
  expect([decision.policy.version, policy.version]).toEqual(['0', '1']);
});

test('the version changes with the beliefs, not some steps later, and not where nothing could be learned', async () => {
  const campaign: Campaign = { ...spring, policy: { agent: 'thompson', settings: { beliefs: 'beta' } } };
  const bandit = await banditPolicy(campaign, offerActions(campaign));
  const asked = Float32Array.from(row.observation);
  const before = await bandit.policy.evaluate(asked, 1);
  const lesson = bandit.learn!(row);
  const scores = bandit.policy.evaluate(asked, 1);
  expect(bandit.version).toBe('1');
  await lesson;
  expect((await scores).values).not.toEqual(before.values);
  await expect(bandit.learn!({ ...row, reward: 5 })).rejects.toThrow();
  expect([bandit.version, bandit.learned]).toEqual(['1', 1]);
});
