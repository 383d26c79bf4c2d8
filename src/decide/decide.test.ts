import { describe, expect, test } from 'vitest';
import type { Policy } from '../agent/index.ts';
import { agentNamed } from '../agent/index.ts';
import {
  type Item,
  isStocked,
  type RecommendRequest,
  rng,
  sequencesOf,
  shopObservation,
} from '../core/index.ts';
import { decide } from './decide.ts';
import type { DecisionInput } from './decision-input.ts';
import { defaultExploration } from './exploration.ts';

const items: readonly Item[] = Array.from({ length: 12 }, (_, i) => ({
  itemId: `i${i}`,
  price: i,
  brand: i % 2 === 0 ? 'Even' : 'Odd',
  categories: ['all', i < 6 ? 'low' : 'high'],
  ...(i === 0 ? { stock: 0 } : {}),
}));
const numbers = new Map(items.map((item, i) => [item.itemId, i]));

/** Item 0 is the most popular, item 9 the least; 10 and 11 came after the training. */
async function trained(): Promise<Policy> {
  const observation = shopObservation(10);
  const agent = await agentNamed('popularity').create(
    { observation, action: { kind: 'choice', n: 10 }, rng: rng(1) },
    { epsilon: 0 },
  );
  if (agent.consumes !== 'sequences') throw new Error('popularity learns from sequences');
  await agent.fit(
    sequencesOf([Array.from({ length: 10 }, (_, i) => Array.from({ length: 10 - i }, () => i)).flat()], 10),
    {},
  );
  return agent.policy();
}
const policy = await trained();

/** Nothing was chosen together, nothing trends. */
const noCounts: DecisionInput['counts'] = {
  interactions: (index) => (index < 10 ? 100 : 0),
  followers: () => new Map(),
  trending: () => [],
};

const ask = (
  request: RecommendRequest,
  seed = 1,
  bought: readonly string[] = [],
  floor = 0,
  by: Policy = policy,
) =>
  decide({
    request,
    recommendationId: `r${seed}`,
    shopper: 'u',
    now: 0,
    policy: by,
    policyId: 'popularity',
    policyVersion: '1',
    observation: new Float32Array(policy.observation.size),
    stateVersion: 0,
    actions: 1_000,
    bought: new Set(bought),
    items,
    indexOf: (itemId) => numbers.get(itemId),
    stocked: Uint8Array.from(items, isStocked),
    counts: noCounts,
    recent: [],
    reasons: () => ['because'],
    exploration: { ...defaultExploration, floor, newShopper: 0, cap: 1 },
    rng: rng(seed),
  });
const chosen = async (request: RecommendRequest, bought?: readonly string[]) =>
  (await ask(request, 1, bought)).items.map((item) => item.itemId);

describe('rules hold before anything is drawn', () => {
  test('out of stock is never chosen, whatever is left to chance', async () => {
    for (let seed = 0; seed < 300; seed++) {
      const decision = await ask({ limit: 5 }, seed, [], 1);
      expect(decision.items.map((item) => item.itemId)).not.toContain('i0');
    }
    expect(await chosen({ itemIds: ['i0'] })).toEqual([]);
  });
  test.each<[string, RecommendRequest, readonly string[]]>([
    ['limit', { limit: 2 }, ['i1', 'i2']],
    ['exclude', { limit: 2, exclude: ['i1', 'unknown'] }, ['i2', 'i3']],
    ['itemIds', { itemIds: ['i7', 'i5', 'unknown'] }, ['i5', 'i7']],
    ['category', { limit: 1, filter: { categories: ['HIGH'] } }, ['i6']],
    ['brand', { limit: 2, filter: { brands: ['even'] } }, ['i2', 'i4']],
    ['price', { filter: { minPrice: 3, maxPrice: 4 } }, ['i3', 'i4']],
    ['nothing left', { filter: { minPrice: 99 } }, []],
    ['items newer than the model can be asked for', { itemIds: ['i10', 'i2'] }, ['i2', 'i10']],
  ])('%s', async (_, request, expected) => expect(await chosen(request)).toEqual(expected));
  test.each<[string, RecommendRequest, readonly string[]]>([
    ['a pin comes first', { limit: 3, pin: ['i7', 'i7', 'i5'] }, ['i7', 'i5', 'i1']],
    [
      'a pin yields to other rules',
      { limit: 2, pin: ['i0', 'i4', 'nothing'], exclude: ['i4'] },
      ['i1', 'i2'],
    ],
    ['a new item can be pinned', { limit: 2, pin: ['i11'] }, ['i11', 'i1']],
    [
      'a boost of 1 lifts the worst to the best',
      { limit: 2, boost: [{ itemIds: ['i8'], by: 1 }] },
      ['i8', 'i1'],
    ],
    [
      'a burial by brand and category',
      { limit: 3, boost: [{ brands: ['odd'], categories: ['LOW'], by: -1 }] },
      ['i2', 'i4', 'i6'],
    ],
    [
      'two rules that fit both count',
      {
        limit: 1,
        boost: [
          { itemIds: ['i9'], by: 0.6 },
          { categories: ['high'], by: 0.5 },
        ],
      },
      ['i9'],
    ],
    [
      'a boost of 1 lifts what is newer than the model to the best',
      { limit: 2, boost: [{ itemIds: ['i11'], by: 1 }] },
      ['i1', 'i11'],
    ],
    [
      'a small one lifts it over the worst alone',
      {
        itemIds: ['i8', 'i9', 'i10', 'i11'],
        boost: [
          { itemIds: ['i10'], by: 0.5 },
          { itemIds: ['i8'], by: 0.1 },
        ],
      },
      ['i8', 'i10', 'i9', 'i11'],
    ],
    [
      'where nothing is known yet the request decides',
      {
        itemIds: ['i10', 'i11'],
        boost: [
          { itemIds: ['i10'], by: 0.1 },
          { itemIds: ['i11'], by: -1 },
        ],
      },
      ['i10', 'i11'],
    ],
    ['diversity takes turns', { limit: 4, diversity: 0.7 }, ['i1', 'i6', 'i2', 'i7']],
  ])('%s', async (_, request, expected) => expect(await chosen(request)).toEqual(expected));
  test('a pin has probability 1, what follows the rest, and the request decides nothing by chance', async () => {
    for (let seed = 0; seed < 50; seed++) {
      const { items: slate } = await ask({ limit: 3, pin: ['i9'] }, seed, [], 1);
      expect(slate[0]).toMatchObject({ itemId: 'i9', propensity: 1, explored: false });
      expect(slate[1]!.propensity).toBeLessThan(1);
    }
  });
  test('already bought', async () => {
    expect(await chosen({ limit: 1, excludeBought: true }, ['i1'])).toEqual(['i2']);
    expect(await chosen({ limit: 1 }, ['i1'])).toEqual(['i1']);
  });
});

test('everything chosen carries its probability; the same inputs give the same decision', async () => {
  const decision = await ask({ limit: 5 }, 3, [], 0.5);
  expect(await ask({ limit: 5 }, 3, [], 0.5)).toEqual(decision);
  expect(decision.items.map((item) => item.position)).toEqual([1, 2, 3, 4, 5]);
  for (const item of decision.items) {
    expect(item.propensity).toBeGreaterThan(0);
    expect(item.propensity).toBeLessThanOrEqual(1);
    expect(Number.isFinite(item.score)).toBe(true);
  }
});

test('items no model knows yet are shown where chance chooses', async () => {
  let shown = 0;
  for (let seed = 0; seed < 200; seed++) {
    const decision = await ask({ limit: 3 }, seed, [], 0.5);
    if (decision.items.some((item) => item.itemId === 'i11' && item.explored)) shown++;
  }
  expect(shown).toBeGreaterThan(20);
});

test('where a policy can tell its best alone, the decision is that of all scores', async () => {
  const all = await policy.evaluate(new Float32Array(policy.observation.size), 1);
  let asked = 0;
  const able: Policy = {
    ...policy,
    async best(_, k, mask, also = new Int32Array()) {
      asked++;
      const best = [...all.values.keys()]
        .filter((i) => mask[i])
        .sort((a, b) => all.values[b]! - all.values[a]! || a - b)
        .slice(0, k);
      const scoresOf = (those: ArrayLike<number>) => Float32Array.from(those, (i) => all.values[i]!);
      return { items: Int32Array.from(best), scores: scoresOf(best), also: scoresOf(also) };
    },
  };
  const requests: RecommendRequest[] = [
    {},
    { limit: 4, filter: { brands: ['odd'] }, exclude: ['i3'] },
    { limit: 12, diversity: 0.5 },
    { itemIds: ['i11', 'i2'] },
    { filter: { minPrice: 99 } },
    { pin: ['i4'] },
    { boost: [{ itemIds: ['i8'], by: 1 }] },
  ];
  for (const request of requests)
    for (let seed = 0; seed < 5; seed++)
      expect(await ask(request, seed, [], 0.5, able)).toEqual(await ask(request, seed, [], 0.5));
  expect(asked).toBe(5 * 5);
});
