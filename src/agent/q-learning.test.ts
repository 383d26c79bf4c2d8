import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type ItemFeatures,
  type ObservationSpec,
  observationSpec,
  readSettings,
  rng,
  shopFeatures,
  shopObservation,
  type TransitionBatch,
} from '../core/index.ts';
import { agentSuite } from './agent.suite.ts';
import type { AgentContext, AgentDefinition, TransitionAgent } from './agent.ts';
import { qLearning } from './q-learning.ts';
import { tableKey } from './table-key.ts';

agentSuite(qLearning as AgentDefinition, { learns: 'next' });
agentSuite(qLearning as AgentDefinition, {
  learns: 'next',
  settings: { exploration: 'uniform', learningRateDecay: 0.01, key: 'history.items:1' },
});

const state = observationSpec([{ name: 'state', kind: 'index', size: 1, n: 3 }]);

async function create(given: Record<string, unknown> = {}, context: Partial<AgentContext> = {}) {
  const read = readSettings(qLearning.settings, given);
  if (!read.ok) throw new Error(read.error.message);
  const whole: AgentContext = {
    observation: state,
    action: { kind: 'choice', n: 2 },
    rng: rng(1),
    ...context,
  };
  return { agent: (await qLearning.create(whole, read.value)) as TransitionAgent, whole, values: read.value };
}

const step = (
  from: number,
  actions: number[],
  reward: number,
  to: number,
  discount: number,
  chosen?: number,
): TransitionBatch => ({
  n: 1,
  observations: Float32Array.of(from),
  actions: Int32Array.from(actions),
  rewards: Float32Array.of(reward),
  nextObservations: Float32Array.of(to),
  discounts: Float32Array.of(discount),
  terminated: Uint8Array.of(discount === 0 ? 1 : 0),
  truncated: Uint8Array.of(0),
  ...(chosen !== undefined && { chosen: Int32Array.of(chosen) }),
});

const row = async (agent: TransitionAgent, of: number): Promise<number[]> => [
  ...(await agent.policy().evaluate(Float32Array.of(of), 1)).values,
];

test('the update is the printed one, by pen and paper', async () => {
  const { agent } = await create({ learningRate: 0.5 });
  expect(await agent.learn(step(1, [0], 4, 2, 0.5))).toEqual({
    updates: 1,
    states: 2,
    tdError: 4,
    meanMaxQ: 0,
  });
  expect(await row(agent, 1)).toEqual([2, 0]);
  await agent.learn(step(2, [1], 1, 1, 0.5)); // .5 x (1 + .5 x 2)
  expect(await row(agent, 2)).toEqual([0, 1]);
  await agent.learn(step(1, [0], 0, 2, 0.5)); // 2 + .5 x (0 + .5 x 1 - 2)
  expect(await row(agent, 1)).toEqual([1.25, 0]);
  await agent.learn(step(1, [0], 0, 2, 0)); // an end: nothing comes after
  expect(await row(agent, 1)).toEqual([0.625, 0]);
});

test('with a decay of 1 and a first step of 1 an entry is the mean of its targets', async () => {
  const rewards = [3, 5, 1, -2, 8];
  const { agent } = await create({ learningRate: 1, learningRateDecay: 1 });
  for (const reward of rewards) await agent.learn(step(1, [1], reward, 1, 0));
  expect((await row(agent, 1))[1]).toBeCloseTo(3, 6);
});

test('of a slate the item answered to gets the reward, the others 0; unsaid, each gets it', async () => {
  const { agent } = await create({ learningRate: 0.5 }, { action: { kind: 'slate', k: 2, n: 4 } });
  await agent.learn(step(1, [3, 2], 1, 1, 0, 1));
  expect(await row(agent, 1)).toEqual([0, 0, 0.5, 0]);
  await agent.learn(step(2, [3, -1], 1, 1, 0));
  expect(await row(agent, 2)).toEqual([0, 0, 0, 0.5]);
  const policy = agent.policy();
  expect([...policy.greedy(await policy.evaluate(Float32Array.of(2), 1), 0)]).toEqual([3, 0]);
});

test('rows survive growth: many states, each with its own value', async () => {
  const many = observationSpec([{ name: 'state', kind: 'index', size: 1, n: 5000 }]);
  const { agent } = await create({ learningRate: 1 }, { observation: many });
  for (let s = 5000; s >= 1; s--) await agent.learn(step(s, [s % 2], s, 0, 0));
  for (const s of [1, 17, 2500, 5000]) expect((await row(agent, s))[s % 2]).toBe(s);
});

test('uniform exploration chooses any action alike, epsilon-greedy the best but for its share', async () => {
  for (const [settings, probability] of [
    [{ exploration: 'uniform' }, 0.5],
    [{ epsilon: 0.2 }, 0.9],
  ] as const) {
    const { agent } = await create(settings);
    await agent.learn(step(1, [1], 1, 1, 0));
    const policy = agent.policy();
    const scores = await policy.evaluate(Float32Array.of(1), 1);
    expect(Math.exp(policy.logProb(scores, 0, Int32Array.of(1))[0]!)).toBeCloseTo(probability, 6);
  }
});

test('a table of another key is refused', async () => {
  const { agent, whole, values } = await create();
  await expect(
    qLearning.restore(whole, { ...values, key: 'state' }, await agent.save()),
  ).rejects.toMatchObject({
    code: 'bad-model',
  });
});

const mixed = observationSpec([
  { name: 'age', kind: 'real', size: 1, low: 10, high: 90 },
  { name: 'gender', kind: 'index', size: 1, n: 2 },
  { name: 'seen', kind: 'index', size: 3, n: 4 },
]);

test('a key has a digit for each thing it names, newest entries of an index last', () => {
  const at = Float32Array.of(50, 2, 0, 1, 4);
  expect(tableKey(mixed, 'age:4', 9).of(at, 0)).toBe(2);
  expect(tableKey(mixed, 'age,gender', 8).of(at, 0)).toBe(4 * 3 + 2);
  expect(tableKey(mixed, 'seen:2', 8).of(at, 0)).toBe(1 * 5 + 4);
  expect(tableKey(mixed, '', 4).states).toBe(4 * 3 * 5 ** 3);
  expect([10, 90, -5, 200].map((age) => tableKey(mixed, 'age:4', 1).of(Float32Array.of(age), 0))).toEqual([
    0, 3, 0, 3,
  ]);
});

test('different digits are different keys, all below the number of states', () =>
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(3), fc.nat(2), fc.nat(4)), { minLength: 2, maxLength: 20 }),
      (rows) => {
        const key = tableKey(mixed, 'age:4,gender,seen:1', 1);
        const of = ([age, gender, seen]: readonly [number, number, number]): number =>
          key.of(Float32Array.of(15 + 20 * age, gender, 0, 0, seen), 0);
        expect(new Set(rows.map(of)).size).toBe(new Set(rows.map(String)).size);
        for (const r of rows) expect(of(r)).toBeLessThan(key.states);
      },
    ),
  ));

const three: ItemFeatures = {
  n: 3,
  categories: Int32Array.of(1, 2, 0),
  categoryCount: 2,
  brands: Int32Array.of(2, 3, 3),
  brandCount: 3,
  prices: Float32Array.of(0, 0.5, 1),
  text: new Float32Array(0),
  textSize: 0,
};

test("a shop's key: its last item by default, its features and what is known of the last item on request", () => {
  const shop = shopObservation(3, 2);
  const at = new Float32Array(shop.size);
  at[1] = 2; // the last item is number 1
  at[4 + shopFeatures.indexOf('lastRating')] = 0.75;
  expect(tableKey(shop, '', 4)).toMatchObject({ states: 4 });
  expect(tableKey(shop, '', 4).of(at, 0)).toBe(2);
  expect(tableKey(shop, 'features.lastRating:5', 4, three).of(at, 0)).toBe(3);
  expect(tableKey(shop, 'item.category,item.price:4', 4, three).of(at, 0)).toBe(2 * 5 + 3);
  expect(tableKey(shop, 'item.category', 4, three).of(new Float32Array(shop.size), 0)).toBe(0);
});

test('brands: those with most items have a bin each, the others share the last', () => {
  const shop = shopObservation(3, 2);
  const after = (item: number): Float32Array => {
    const at = new Float32Array(shop.size);
    at[1] = item + 1;
    return at;
  };
  const brandOf = (words: string, bins = 4): number[] =>
    [-1, 0, 1, 2].map((item) => tableKey(shop, words, bins, three).of(after(item), 0));
  expect(brandOf('item.brand:3')).toEqual([0, 2, 1, 1]);
  expect(brandOf('item.brand:1')).toEqual([0, 1, 1, 1]);
  expect(brandOf('item.brand', 2)).toEqual([0, 2, 1, 1]);
  expect(tableKey(shop, 'item.brand:9,item.category', 4, three).states).toBe(4 * 3);
});

test('a profile: gender and region as they are, age in equal pieces; unknown is a state of its own', () => {
  const shop = shopObservation(3, 2);
  const spec = observationSpec([
    ...shop.parts,
    { name: 'shopper.age', kind: 'real', size: 1, low: 0, high: 80 },
    { name: 'shopper.gender', kind: 'index', size: 1, n: 2 },
    { name: 'shopper.region', kind: 'index', size: 1, n: 5 },
  ]);
  const row = (age: number, gender: number, region: number): Float32Array =>
    Float32Array.of(...new Float32Array(shop.size), age, gender, region);
  const ages = tableKey(spec, 'shopper.age:4', 9);
  expect([0, 1, 20, 45, 79, 80].map((age) => ages.of(row(age, 0, 0), 0))).toEqual([0, 1, 2, 3, 4, 4]);
  expect(tableKey(spec, 'shopper.age', 9).states).toBe(10);
  const all = tableKey(spec, 'shopper.age:4,shopper.gender,shopper.region', 9);
  expect(all.states).toBe(5 * 3 * 6);
  expect(all.of(row(45, 2, 5), 0)).toBe((3 * 3 + 2) * 6 + 5);
});

test('a restored table reads the items as they were when it was made', async () => {
  const shop = shopObservation(3, 2);
  const given = { key: 'item.brand:3', learningRate: 1 };
  const { agent, whole, values } = await create(given, { observation: shop, items: three });
  const at = new Float32Array(shop.size);
  at[1] = 1; // the last item is number 0
  await agent.learn({ ...step(0, [1], 5, 0, 0), observations: at, nextObservations: at });
  const changed = { ...three, brands: Int32Array.of(1, 1, 1), brandCount: 1 };
  const restored = await qLearning.restore({ ...whole, items: changed }, values, await agent.save());
  expect([...(await restored.policy().evaluate(at, 1)).values]).toEqual([0, 5]);
});

test.each([
  ['colour', mixed, '"colour" of setting "key" is not in the observation; accepted: age, gender, seen'],
  ['age:0', mixed, 'after the colon comes a whole number from 1'],
  ['item.category', mixed, 'needs a history of items with known features'],
  ['item.colour', shopObservation(3), 'accepted: item.category, item.brand, item.price'],
  ['features.colour', shopObservation(3), 'accepted: features.shopper, features.lastItem'],
  ['shopper.age', shopObservation(3), 'needs profiles of shoppers'],
  ['history.items:19', shopObservation(1000), 'accepted: up to 2^53'],
  ['free', observationSpec([{ name: 'free', kind: 'real', size: 1 }]), 'has no bounds'],
] as [string, ObservationSpec, string][])('the key "%s" is refused in a sentence', (words, spec, sentence) =>
  expect(() => tableKey(spec, words, 4, words === 'item.colour' ? three : undefined)).toThrow(sentence),
);
