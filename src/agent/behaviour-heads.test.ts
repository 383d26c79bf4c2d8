import { expect, test } from 'vitest';
import { ortEngine } from '../adapters/index.ts';
import {
  eventTypeCode,
  historyPlace,
  type ItemFeatures,
  readSettings,
  rng,
  type Sequences,
  sequencesOf,
  shopObservation,
  writeHistory,
} from '../core/index.ts';
import type { SequenceAgent } from './agent.ts';
import { outcomesOf } from './outcomes.ts';
import type { Chances } from './policy.ts';
import { readModel, writeModel } from './saved-model.ts';
import { transformer } from './transformer.ts';

const [view, cart, purchase] = ['view', 'add_to_cart', 'purchase'].map(eventTypeCode) as [
  number,
  number,
  number,
];
const minute = 60_000;
const n = 6;
const observation = shopObservation(n, 5);

test('what followed a moment, with sessions that a pause of 30 minutes ends and data that end', () => {
  const sequences: Sequences = {
    ...sequencesOf([[0, 1, 2, 3], [4], [5]], n),
    types: Uint8Array.of(view, purchase, view, cart, view, view),
    times: Float64Array.of(0, 30 * minute, 61 * minute, 62 * minute, 0, 80 * minute),
  };
  const after = outcomesOf(sequences, Int32Array.of(1, 2, 1, 0, 1, 1));
  expect([1, 2, 3, 4].map((end) => after(0, end))).toEqual([
    { nextType: purchase, nextCategory: 2, buys: 1, leaves: 0 },
    { nextType: view, nextCategory: 1, buys: 0, leaves: 1 },
    { nextType: cart, nextCategory: 0, buys: -1, leaves: 0 },
    { nextType: -1, nextCategory: -1, buys: -1, leaves: -1 },
  ]);
  expect(after(1, 1)).toMatchObject({ buys: 0, leaves: 1 });
  expect(after(2, 1)).toMatchObject({ buys: -1, leaves: -1 });
  const cut = outcomesOf(sequences, undefined, true);
  expect([1, 2, 3, 4].map((end) => cut(0, end).leaves)).toEqual([0, 1, 0, -1]);
  expect([1, 2, 3, 4].map((end) => cut(0, end).buys)).toEqual([1, 0, -1, -1]);
  expect(cut(1, 1)).toMatchObject({ buys: -1, leaves: -1 });
  const bought = { ...sequences, types: Uint8Array.of(view, view, view, purchase, view, view) };
  expect(outcomesOf(bought, undefined)(0, 3).buys, 'seen, of a session that may go on').toBe(-1);
  const { times: _, types: __, ...bare } = sequences;
  expect([3, 4].map((end) => outcomesOf(bare, undefined)(0, end))).toEqual([
    { nextType: -1, nextCategory: -1, buys: -1, leaves: 0 },
    { nextType: -1, nextCategory: -1, buys: -1, leaves: 1 },
  ]);
});

/** Views; who puts item 5 into the cart buys next with chance .8, who puts in another one with chance .1; then it is over. */
function visits(count: number): Sequences {
  const chance = rng('visits');
  const lists = Array.from({ length: count }, () => {
    const kept = chance.int(2) === 0 ? 5 : 4;
    const buys = chance.float() < (kept === 5 ? 0.8 : 0.1);
    const looked = Array.from({ length: chance.int(3) }, () => ({ item: chance.int(4), type: view }));
    return [...looked, { item: kept, type: cart }, { item: kept, type: buys ? purchase : view }];
  });
  const sequences = sequencesOf(
    lists.map((list) => list.map(({ item }) => item)),
    n,
  );
  return { ...sequences, types: Uint8Array.from(lists.flat(), ({ type }) => type) };
}

const categories = { categories: Int32Array.of(1, 1, 1, 1, 2, 3), categoryCount: 3, n } as ItemFeatures;

async function make(given: Record<string, unknown>, saved?: Uint8Array): Promise<SequenceAgent> {
  const small = { width: 16, inner: 32, blocks: 1, dropout: 0, learningRate: 0.01, epochs: 8, threads: 1 };
  const read = readSettings(transformer.settings, { ...small, ...given });
  if (!read.ok) throw new Error(read.error.message);
  const context = {
    observation,
    action: { kind: 'choice', n } as const,
    rng: rng(1),
    engine: await ortEngine(),
    items: { ...categories, text: new Float32Array(0), textSize: 0, brands: new Int32Array(n) },
  };
  const made = saved
    ? transformer.restore(context, read.value, saved)
    : transformer.create(context, read.value);
  return (await made) as SequenceAgent;
}

async function foresee(agent: SequenceAgent, items: readonly number[], types: readonly number[]) {
  const row = new Float32Array(observation.size);
  const history = { ...sequencesOf([items], n), types: Uint8Array.from(types) };
  writeHistory(historyPlace(observation)!, history, 0, items.length, row, 0);
  return agent.policy().foresee?.(row);
}
const chanceOf = ({ codes, chances }: Chances, code: number): number => chances[codes.indexOf(code)]!;

test('says with the right chances what comes next, and items as without heads; the same once restored', async () => {
  const train = visits(1500);
  const agent = await make({ behaviour: true });
  await agent.fit(train, {});
  for (const [item, bought] of [
    [5, 0.8],
    [4, 0.1],
  ] as const) {
    const { buys, leaves, nextType, nextCategory } = (await foresee(agent, [0, item], [view, cart]))!;
    expect(Math.abs(chanceOf(buys!, 1) - bought)).toBeLessThan(0.08);
    expect(Math.abs(chanceOf(nextType!, purchase) - bought)).toBeLessThan(0.08);
    // Nothing else ever happened, and nothing else is given a chance.
    expect([...nextType!.codes].sort()).toEqual([view, cart, purchase].sort());
    expect(nextType!.chances.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 6);
    expect(chanceOf(leaves!, 1)).toBeLessThan(0.05);
    expect(chanceOf(nextCategory!, categories.categories[item]!)).toBeGreaterThan(0.9);
  }
  const over = (await foresee(agent, [0, 5, 5], [view, cart, purchase]))!;
  expect(chanceOf(over.leaves!, 1)).toBeGreaterThan(0.95);
  expect(await foresee(agent, [], [])).toBeUndefined();

  const again = await make({ behaviour: true }, await agent.save());
  expect(await foresee(again, [0, 5, 5], [view, cart, purchase])).toEqual(over);
  const plain = await make({});
  await plain.fit(train, {});
  expect(plain.policy().foresee).toBeUndefined();
  const row = new Float32Array(observation.size);
  writeHistory(historyPlace(observation)!, train, 0, 2, row, 0);
  expect((await agent.policy().evaluate(row, 1)).values).toEqual(
    (await plain.policy().evaluate(row, 1)).values,
  );
  await expect(make({ behaviour: true }, await plain.save())).rejects.toThrow('behaviour.scale');
});

test('where rows were cut, their ends are not taken for departures', async () => {
  const chance = rng('departures');
  const [rows, length] = [600, 4];
  const cut = sequencesOf(
    Array.from({ length: rows }, () => Array.from({ length }, () => chance.int(n))),
    n,
  );
  const times = new Float64Array(rows * length);
  for (let at = 0; at < times.length; at++)
    times[at] = at % length === 0 ? at : times[at - 1]! + (chance.float() < 0.3 ? 1440 : 1) * minute;
  const train = { ...cut, times, types: new Uint8Array(times.length).fill(view) };
  const said = async (options: { readonly cut?: boolean }): Promise<number> => {
    const agent = await make({ behaviour: true, epochs: 2 });
    await agent.fit(train, options);
    return chanceOf((await foresee(agent, [0, 1], [view, view]))!.leaves!, 1);
  };
  expect(Math.abs((await said({ cut: true })) - 0.3)).toBeLessThan(0.08);
  expect(await said({})).toBeGreaterThan(0.4);
});

test('a saved head that holds no number is refused', async () => {
  const agent = await make({ behaviour: true, epochs: 1 });
  await agent.fit(visits(200), {});
  const { values, arrays } = readModel('transformer', await agent.save());
  const weights = (arrays['behaviour.buys.weights'] as Float32Array).map(() => Number.NaN);
  const broken = writeModel('transformer', {
    values,
    arrays: { ...arrays, 'behaviour.buys.weights': weights },
  });
  await expect(make({ behaviour: true }, broken)).rejects.toThrow('behaviour.buys.weights');
});

test('where nothing tells of types or sessions, nothing is foreseen', async () => {
  const agent = await make({ behaviour: true, epochs: 1 });
  await agent.fit(
    sequencesOf(
      [
        [0, 1],
        [2, 3],
      ],
      n,
    ),
    {},
  );
  expect(await foresee(agent, [0], [view])).toBeUndefined();
});
