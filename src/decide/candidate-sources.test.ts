import { describe, expect, test } from 'vitest';
import type { Policy } from '../agent/index.ts';
import { catalogue, eventTypeCode, type Item, type RecommendRequest, rng } from '../core/index.ts';
import { evidence, newShopper } from '../state/index.ts';
import { chosenLast, namedBySources } from './candidate-sources.ts';
import { decide } from './decide.ts';
import { decideForGroup } from './decide-for-group.ts';
import type { DecisionInput } from './decision-input.ts';
import { slatePropensities } from './draw-slate.ts';
import { allowedItems } from './rules.ts';
import { supportOf, supportVersion } from './support.ts';

/** The policy knows 2,000 products and likes them in the order of their numbers; 40 came after it. */
const [known, size] = [2000, 2040];
const day = 86_400_000;
const [start, now] = [20_000 * day, 20_002 * day];
/** `viewed` was chosen last. After it came 1500 and 1900, once 1600; the catalogue links it to 1700. Much chosen this week: 1800. */
const viewed = 900;
const items: readonly Item[] = Array.from({ length: size }, (_, i) => ({
  itemId: `i${i}`,
  categories: ['all', i === 300 ? 'rare' : i % 4 < 2 ? 'even' : 'odd'],
  ...(i === viewed && { related: { alsoViewed: ['i1700', 'gone'] } }),
}));
const shop = catalogue(items);
const counts = evidence();
for (let i = 0; i < known; i++)
  for (let time = 0; time < 10; time++) counts.add(`m${i}-${time}`, i, start - 30 * day);
for (let u = 0; u < 3; u++)
  for (const item of [viewed, ...(u === 0 ? [1600] : [1500, 1900])])
    counts.add(`u${u}`, item, start - 20 * day + u * day);
for (let u = 0; u < 30; u++) for (const item of [1800, 3]) counts.add(`w${u} ${item}`, item, start);

const onlyScores = (): never => {
  throw new Error('not asked');
};
const scoreOf = (item: number): number => known - item;
const all: Policy = {
  observation: { parts: [], size: 0 },
  action: { kind: 'choice', n: known },
  evaluate: async (_, n) => ({
    n,
    choices: known,
    values: Float32Array.from({ length: known }, (_x, i) => scoreOf(i)),
  }),
  sample: onlyScores,
  logProb: onlyScores,
  greedy: onlyScores,
};
const able: Policy = {
  ...all,
  async best(_, k, mask, also = new Int32Array()) {
    const best = [...mask.keys()].filter((i) => mask[i]).slice(0, k);
    return {
      items: Int32Array.from(best),
      scores: Float32Array.from(best, scoreOf),
      also: Float32Array.from(also, scoreOf),
    };
  },
};
const given = (request: RecommendRequest, policy: Policy = able, epsilon = 0.1, seed = 1): DecisionInput => ({
  ...shop,
  request,
  recommendationId: 'r',
  shopper: 'u',
  now,
  policy,
  policyId: 'made-up',
  policyVersion: '1',
  observation: new Float32Array(),
  stateVersion: 0,
  actions: 1e6,
  bought: new Set(['i1900']),
  counts,
  recent: [viewed],
  reasons: () => [],
  exploration: { floor: epsilon, newShopper: 0, cap: 1, newItemWeight: 3 },
  rng: rng(seed),
});
const drawnFrom = async (request: RecommendRequest = {}, policy?: Policy) => {
  const input = given(request, policy);
  const support = await supportOf(input, allowedItems(input, request, input.bought));
  return { ...support, placeOf: (item: number) => support.items.indexOf(item) };
};

test('what came last is tried though the policy has taken it in, and many that came before are hardly known', async () => {
  const values = Float32Array.from({ length: size }, (_x, i) => (i < known ? scoreOf(i) : 0));
  const grown: Policy = {
    ...all,
    action: { kind: 'choice', n: size },
    evaluate: async (_, n) => ({ n, choices: size, values: values.slice() }),
  };
  const hardly = {
    ...counts,
    interactions: (i: number) => (i >= 1000 && i < 1400 ? 2 : counts.interactions(i)),
  };
  const input = { ...given({}, grown), recent: [], counts: hardly };
  const { items: drawn } = await supportOf(input, allowedItems(input, {}, new Set()));
  for (let item = known; item < size; item++) expect(drawn).toContain(item);
});

describe.each([
  ['a policy that tells its best', able],
  ['a policy that scores everything', all],
])('%s', (_, policy) => {
  test('what is related, trends or is new of the kind can be drawn, however low the policy ranks it', async () => {
    const support = await drawnFrom({}, policy);
    const sourcesOf = (item: number) => support.sourcesOf(support.placeOf(item));
    expect(sourcesOf(1500)).toEqual(['related']);
    expect(sourcesOf(1700)).toEqual(['related']);
    expect(sourcesOf(1800)).toEqual(['trending']);
    expect(sourcesOf(2037)).toEqual(['content']);
    expect(sourcesOf(2039)).toEqual(['new']);
    expect(sourcesOf(0)).toEqual(['best']);
    expect(sourcesOf(3)).toEqual(['best', 'trending']);
    // Once is chance.
    expect(support.placeOf(1600)).toBe(-1);
    expect(new Set(support.items).size).toBe(support.items.length);
    expect([1500, 1700, 1800].map((item) => support.scores[support.placeOf(item)])).toEqual([500, 300, 200]);
    // What the policy does not know has the lowest score of its best.
    expect(support.scores[support.placeOf(2037)]).toBe(scoreOf(499));
    const probabilities = Array.from(
      support.items,
      (_item, place) => slatePropensities(support, [place], 0.1)[0]!,
    );
    expect(Math.min(...probabilities)).toBeGreaterThan(0);
    expect(probabilities.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    const weights = support.weights.reduce((a, b) => a + b);
    expect(probabilities[support.placeOf(1500)]).toBeCloseTo((0.1 * 5) / weights, 12);
    expect(probabilities[support.placeOf(2039)]).toBeCloseTo((0.1 * 3) / weights, 12);
  });
  test('the order of the best is the policy’s, with diversity too, and nothing else is shown where nothing is left to chance', async () => {
    const shown = async (request: RecommendRequest, recent: readonly number[]) =>
      (
        await decide({
          ...given(request, policy, 0),
          recent,
          ...(recent.length === 0 && { counts: { ...counts, trending: () => [] } }),
        })
      ).items.map(({ itemId }) => itemId);
    expect(await shown({ limit: 100 }, [viewed])).toEqual(Array.from({ length: 100 }, (_x, i) => `i${i}`));
    const diverse = await shown({ limit: 100, diversity: 0.3 }, []);
    expect(diverse).not.toEqual(await shown({ limit: 100 }, []));
    expect(await shown({ limit: 100, diversity: 0.3 }, [viewed])).toEqual(diverse);
  });
  test('a slate by chance alone logs the probabilities it was drawn with, its sources and the size it was drawn from', async () => {
    const [decision, again] = [await decide(given({}, policy, 1, 4)), await decide(given({}, policy, 1, 4))];
    expect(again).toEqual(decision);
    const support = await drawnFrom({}, policy);
    expect(decision.support).toEqual({ version: supportVersion, size: support.items.length });
    const places = decision.items.map(({ itemId }) => support.placeOf(shop.indexOf(itemId)!));
    expect(decision.items.map((item) => item.propensity)).toEqual([...slatePropensities(support, places, 1)]);
    expect(decision.items.map((item) => item.sources)).toEqual(places.map(support.sourcesOf));
  });
});

test.each<[string, RecommendRequest, readonly number[], readonly number[]]>([
  ['exclude', { exclude: ['i1500', 'i2037'] }, [1500, 2037], [1700, 1800]],
  ['excludeBought', { excludeBought: true }, [1900], [1500]],
  ['a filter', { filter: { categories: ['odd'] } }, [1500, 1700, 1800, 2037], [2039]],
  ['itemIds', { itemIds: ['i1700', 'i3'] }, [1500, 1800, 2037], [1700, 3]],
])('%s holds for what every source names', async (_, request, gone, left) => {
  const { placeOf } = await drawnFrom(request);
  for (const item of gone) expect(placeOf(item)).toBe(-1);
  for (const item of left) expect(placeOf(item)).toBeGreaterThanOrEqual(0);
});

test('a pinned product that a source names is there once, and pinned', async () => {
  const { items: drawn, sourcesOf } = await drawnFrom({ pin: ['i1500'] });
  expect(drawn.filter((item) => item === 1500)).toHaveLength(1);
  expect(sourcesOf(0)).toEqual(['pin', 'related']);
});

test('what was chosen last: three things, each once, that showed interest and are in the catalogue', () => {
  const token = (item: string, type: string) => ({ item, type: eventTypeCode(type) }) as never;
  const tokens = [
    token('i9', 'view'),
    token('i1', 'view'),
    token('i2', 'add_to_cart'),
    token('i1', 'click'),
    token('i3', 'view'),
  ];
  const state = {
    ...newShopper('u'),
    tokens: [...tokens, token('i4', 'dislike'), token('', 'search'), token('x', 'view')],
  };
  expect(chosenLast(state, shop.indexOf)).toEqual([3, 1, 2]);
});

describe('what a source names', () => {
  /** Products 0 .. 99 of one kind, of which 90 .. 99 are new; counted as told. */
  const named = (
    recent: readonly number[],
    followers: (item: number) => ReadonlyMap<number, number> = () => new Map(),
    trending: readonly number[] = [],
    interactions: (item: number) => number = (item) => (item < 90 ? 10 : 9),
  ): Record<string, readonly number[]> => {
    const few = catalogue(Array.from({ length: 100 }, (_, i) => ({ itemId: `i${i}`, categories: ['one'] })));
    const told = { interactions, followers, trending: () => trending };
    return Object.fromEntries(
      namedBySources({ ...few, counts: told, recent, now }, new Uint8Array(100).fill(1)),
    );
  };
  const numbers = (from: number, n: number): number[] => Array.from({ length: n }, (_, i) => from + i);
  const times = (items: readonly number[], count: number) => items.map((item) => [item, count] as const);

  test('related: 12 of many companions, the most first, those chosen last left out without a gap', () => {
    const [one, other] = [0, 50];
    const row = new Map([[other, 99] as const, ...times(numbers(1, 12), 20), ...times(numbers(13, 9), 3)]);
    const { related } = named([one, other], (item) => (item === one ? row : new Map([[one, 99]])));
    expect(related).toEqual(numbers(1, 12));
  });
  test('related: a rare companion comes before one that is chosen with everything', () => {
    const { related } = named(
      [0],
      () =>
        new Map([
          [1, 4],
          [2, 3],
        ]),
      [],
      (item) => (item === 1 ? 10_000 : 10),
    );
    expect(related).toEqual([2, 1]);
  });
  test('trending: the first 24, without those chosen last', () => {
    expect(named([3], undefined, numbers(0, 40)).trending).toEqual([0, 1, 2, ...numbers(4, 21)]);
  });
  test('content: only what is new, without those chosen last', () => {
    expect(named([95]).content).toEqual([99, 98, 97, 96, 94, 93, 92, 91, 90]);
  });
  test('related: 36 in all, of which each of many last things has one', () => {
    const recent = numbers(0, 30);
    const { related } = named(
      recent,
      (item) =>
        new Map([
          [30 + item, 5],
          [60 + (item % 10), 4],
          [70 + item, 3],
        ]),
    );
    expect(related).toEqual([...numbers(30, 30), ...numbers(60, 6)]);
  });
});

test('a source makes a product no less likely than being new does', async () => {
  const input = given({});
  const exploration = { ...input.exploration, newItemWeight: 9 };
  const { items: drawn, weights } = await supportOf(
    { ...input, exploration },
    allowedItems(input, {}, new Set()),
  );
  const weightOf = (item: number) => weights[drawn.indexOf(item)];
  expect([0, 1500, 2037, 2039].map(weightOf)).toEqual([1, 5, 9, 9]);
});

test('of a group of 20 with 60 last things 36 products are related, one at least to what each member chose last', async () => {
  // Of member m these are 3m, 3m + 1 and, newest, 3m + 2; with thing t came the twelve from 1000 + 12t.
  const members = Array.from({ length: 20 }, (_, m) => {
    const tokens = [0, 1, 2].map((i) => ({ item: `i${3 * m + i}`, type: eventTypeCode('view') }) as never);
    return { shopper: `m${m}`, state: { ...newShopper(`m${m}`), tokens }, reasons: () => [] };
  });
  const { decisions } = await decideForGroup({
    request: { limit: size },
    recommendationId: 'r',
    members,
    now,
    served: { manifest: { agent: 'made-up', version: 1 } as never, encode: () => {}, policy: all },
    catalogue: shop,
    counts: {
      ...counts,
      followers: (item) => new Map(Array.from({ length: 12 }, (_, i) => [1000 + 12 * item + i, 2])),
      trending: () => [],
    },
    exploration: { floor: 0.1, newShopper: 0, cap: 1, newItemWeight: 3 },
    rng: rng(1),
  });
  const related = decisions[0]!.items.filter(({ sources }) => sources?.includes('related'));
  const things = related.map(({ itemId }) => Math.floor((shop.indexOf(itemId)! - 1000) / 12));
  expect(things.sort((a, b) => a - b)).toEqual(
    Array.from({ length: 20 }, (_, m) => (m < 16 ? [3 * m + 1, 3 * m + 2] : [3 * m + 2])).flat(),
  );
});
