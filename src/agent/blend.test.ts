import { expect, test } from 'vitest';
import {
  partAt,
  readSettings,
  rng,
  type Sequences,
  sequencesOf,
  shopFeatures,
  shopObservation,
} from '../core/index.ts';
import { agentSuite } from './agent.suite.ts';
import type { AgentDefinition, SequenceAgent } from './agent.ts';
import { agentNamed } from './agents.ts';
import { blendOf } from './blend.ts';
import type { Policy } from './policy.ts';
import { readModel, writeModel } from './saved-model.ts';
import { scoredPolicy } from './scored-policy.ts';

agentSuite(agentNamed('markov+item-knn'), { learns: 'next', exactIncrements: true });

const context = (items: number) => ({
  observation: shopObservation(items, 4),
  action: { kind: 'choice', n: items } as const,
  rng: rng(1),
});

async function make(name: string, given: Record<string, unknown> = {}): Promise<SequenceAgent> {
  const definition = agentNamed(name);
  const settings = readSettings(definition.settings, given);
  if (!settings.ok) throw new Error(settings.error.message);
  return (await definition.create(context(4), settings.value as never)) as SequenceAgent;
}

test('the score is the weighted sum of parts brought to a largest score of 1', async () => {
  const lists = [
    [0, 1, 2],
    [0, 1],
    [3, 1, 0],
  ];
  const row = new Float32Array(context(4).observation.size);
  row.set([0, 0, 1, 2]);
  const part = async (name: string): Promise<number[]> => {
    const agent = await make(name);
    await agent.fit(sequencesOf(lists, 4), {});
    const { values } = await agent.policy().evaluate(row, 1);
    return [...values].map((value) => value / Math.max(...values));
  };
  const [a, b] = [await part('markov'), await part('item-knn')];
  const agent = await make('markov+item-knn', { weights: '1,.5' });
  await agent.fit(sequencesOf(lists, 4), {});
  const { values } = await agent.policy().evaluate(row, 1);
  values.forEach((value, item) => {
    expect(value).toBeCloseTo(a[item]! + 0.5 * b[item]!, 5);
  });
});

test('logits are added as exponentials; by a model of before that by their range, until it is fitted anew', async () => {
  const markov = { ...agentNamed('markov'), logits: true };
  const definition = blendOf([markov, agentNamed('item-knn')]);
  const settings = readSettings(definition.settings, { weights: '1,0' });
  if (!settings.ok) throw new Error(settings.error.message);
  const agent = (await definition.create(context(4), settings.value as never)) as SequenceAgent;
  const train = sequencesOf(
    [
      [0, 1, 2],
      [0, 1],
      [3, 1, 0],
    ],
    4,
  );
  await agent.fit(train, {});
  const row = new Float32Array(context(4).observation.size);
  row.set([0, 0, 1, 2]);
  const scoresOf = async (one: SequenceAgent): Promise<number[]> => [
    ...(await one.policy().evaluate(row, 1)).values,
  ];
  const alone = await make('markov');
  await alone.fit(train, {});
  const plain = await scoresOf(alone);
  const high = Math.max(...plain);
  const expectShares = (scores: readonly number[], share: (score: number) => number): void =>
    scores.forEach((score, item) => {
      expect(score).toBeCloseTo(share(plain[item]!), 5);
    });
  expectShares(await scoresOf(agent), (score) => Math.exp((score - high) / 4));
  const { values, arrays } = readModel(definition.name, await agent.save());
  const { counts: _, ...parts } = arrays;
  const early = writeModel(definition.name, { values: { weights: values.weights! }, arrays: parts });
  const restored = (await definition.restore(context(4), settings.value as never, early)) as SequenceAgent;
  expectShares(await scoresOf(restored), (score) => score / high);
  const again = (await definition.restore(
    context(4),
    settings.value as never,
    await restored.save(),
  )) as SequenceAgent;
  expect(await scoresOf(again)).toEqual(await scoresOf(restored));
  await restored.fit(train, {});
  expect(await scoresOf(restored)).toEqual(await scoresOf(agent));
});

test("parts' settings have the part's name before; wrong weights are named", async () => {
  const agent = await make('markov+item-knn', { 'markov.window': 1, 'item-knn.shrink': 3 });
  expect(agent.name).toBe('markov+item-knn');
  await expect(make('markov+item-knn', { weights: '1,2,3' })).rejects.toThrow('2 numbers of at least 0');
});

test('weights are picked on validation', async () => {
  const lists = Array.from({ length: 40 }, (_, u) => [u % 4, (u + 1) % 4]);
  const agent = await make('popularity+markov');
  const validation = {
    inputs: sequencesOf(
      lists.map((list) => list.slice(0, 1)),
      4,
    ),
    targets: Int32Array.from(lists, (list) => list[1]!),
  };
  const report = await agent.fit(sequencesOf([...lists, [0, 0], [0, 0]], 4), { validation });
  expect(report['markov.weight']).toBe(1);
});

test('an agent that does not exist, twice the same, and one that learns from transitions are refused by name', () => {
  expect(() => agentNamed('markov+nothing')).toThrow('there is no agent "nothing"');
  expect(() => agentNamed('markov+markov')).toThrow(
    '"markov+markov" names markov twice; accepted: parts that differ',
  );
  const acting = { name: 'acting', consumes: 'transitions' } as AgentDefinition;
  expect(() => blendOf([acting])).toThrow('learns from transitions');
});

/** Shoppers with one item go on in the ring, those with more come back to what most take: no fixed weights know both. */
function twoHabits(shoppers: number) {
  const chance = rng('two habits');
  const n = 12;
  const lists = Array.from({ length: shoppers }, () => {
    const first = chance.int(n - 1);
    const next = (item: number): number => (item + 1) % (n - 1);
    return chance.float() < 0.5 ? [first, next(first)] : [first, next(first), next(next(first)), n - 1];
  });
  return {
    train: sequencesOf(lists, n),
    validation: {
      inputs: sequencesOf(
        lists.map((list) => list.slice(0, -1)),
        n,
      ),
      targets: Int32Array.from(lists, (list) => list.at(-1)!),
      repeats: true,
    },
    n,
  };
}

test('learned weights depend on the length of the history where fixed ones cannot', async () => {
  const { train, validation, n } = twoHabits(900);
  const definition = agentNamed('popularity+markov');
  const figures: Record<string, number> = {};
  for (const mixture of ['fixed', 'learned']) {
    const settings = readSettings(definition.settings, {
      mixture,
      'markov.window': 1,
      'markov.profileDecay': 0.001,
    });
    if (!settings.ok) throw new Error(settings.error.message);
    const agent = (await definition.create(context(n), settings.value as never)) as SequenceAgent;
    const report = await agent.fit(train, { validation });
    expect(report.gate).toBe(mixture === 'learned' ? 1 : 0);
    const policy = agent.policy();
    const rows = new Float32Array(2 * policy.observation.size);
    rows.set([0, 0, 0, 3]);
    rows.set([0, 2, 3, 4], policy.observation.size);
    const { values } = await policy.evaluate(rows, 2);
    const best = (row: number): number => {
      const some = values.subarray(row * n, (row + 1) * n);
      return some.indexOf(Math.max(...some));
    };
    figures[mixture] = Number(best(0) === 3) + Number(best(1) === n - 1);
    if (mixture === 'learned')
      expect(await ndcgOf(agent.crossFitted!()!, validation)).toBeCloseTo(report['learned.ndcg@10']!, 6);
    // What was saved serves the same scores.
    const restored = await definition.restore(context(n), settings.value as never, await agent.save());
    expect((await restored.policy().evaluate(rows, 2)).values).toEqual(values);
  }
  expect(figures).toEqual({ fixed: 1, learned: 2 });
});

test('where observations tell it, weights depend on how long ago the last event was', async () => {
  const chance = rng('recency');
  const n = 12;
  // Shoppers back at once go on in the ring, those back after long take what most take; all histories are of one length.
  const lists: number[][] = [];
  const recent: boolean[] = [];
  for (let u = 0; u < 900; u++) {
    const first = chance.int(n - 1);
    const second = (first + 1) % (n - 1);
    recent.push(chance.float() < 0.5);
    lists.push([first, second, recent[u] ? (second + 1) % (n - 1) : n - 1]);
  }
  const { observation } = context(n);
  const recency = partAt(observation, 'features')!.offset + shopFeatures.indexOf('recency');
  const observations = new Float32Array(lists.length * observation.size);
  const row = (u: number): Float32Array =>
    observations.subarray(u * observation.size, (u + 1) * observation.size);
  lists.forEach(([first, second], u) => {
    row(u).set([0, 0, first! + 1, second! + 1]);
    row(u)[recency] = recent[u] ? 0.99 : 0.2;
  });
  const validation = {
    inputs: sequencesOf(
      lists.map((list) => list.slice(0, 2)),
      n,
    ),
    targets: Int32Array.from(lists, (list) => list[2]!),
    repeats: true,
  };
  const definition = agentNamed('popularity+markov');
  const settings = readSettings(definition.settings, { 'markov.window': 1, 'markov.profileDecay': 0.001 });
  if (!settings.ok) throw new Error(settings.error.message);
  const train = sequencesOf(lists, n);
  for (const known of [false, true]) {
    const agent = (await definition.create(context(n), settings.value as never)) as SequenceAgent;
    const report = await agent.fit(train, { validation: { ...validation, ...(known && { observations }) } });
    expect(report.segment).toBe(known ? 1 : 0);
    const restored = await definition.restore(context(n), settings.value as never, await agent.save());
    const { values } = await restored.policy().evaluate(observations, lists.length);
    const right = lists.filter(([, , next], u) => {
      const scores = values.subarray(u * n, (u + 1) * n);
      return scores.indexOf(Math.max(...scores)) === next;
    });
    if (known) expect(right.length / lists.length).toBeGreaterThan(0.95);
    else expect(right.length / lists.length).toBeLessThan(0.7);
  }
});

/** A part whose scores tell nothing: the same history always gets the same numbers, of pure chance. */
function noise(name: string): AgentDefinition {
  return {
    name,
    summary: 'chance',
    consumes: 'sequences',
    settings: {},
    async create({ observation, action }) {
      return {
        name,
        consumes: 'sequences' as const,
        fit: async () => ({}),
        learn: async () => ({}),
        save: async () => new Uint8Array(0),
        policy: () =>
          scoredPolicy(observation, action, 0, (observations, at, out) => {
            const chance = rng(`${name} ${observations.subarray(at, at + observation.size)}`);
            for (let item = 0; item < out.length; item++) out[item] = chance.float();
          }),
      };
    },
    restore: () => Promise.reject(new Error('nothing to restore')),
  };
}

/** NDCG@10 on cases whose whole history an observation shows, each under a policy of its own. */
async function ndcgOf(
  policyOf: (row: number) => Policy,
  { inputs, targets }: { readonly inputs: Sequences; readonly targets: Int32Array },
): Promise<number> {
  let sum = 0;
  for (const [u, target] of targets.entries()) {
    const policy = policyOf(u);
    const row = new Float32Array(policy.observation.size);
    const items = inputs.items.subarray(inputs.offsets[u]!, inputs.offsets[u + 1]!);
    row.set([...new Array(4 - items.length).fill(0), ...Array.from(items, (item) => item + 1)]);
    const { values } = await policy.evaluate(row, 1);
    const rank = values.filter((value) => value > values[target]!).length;
    if (rank < 10) sum += 1 / Math.log2(rank + 2);
  }
  return sum / targets.length;
}

test('where there is nothing to know the gate does not serve: it is judged on cases that it did not learn', async () => {
  const n = 30;
  const definition = blendOf(['a', 'b', 'c', 'd'].map(noise));
  const settings = readSettings(definition.settings, {});
  if (!settings.ok) throw new Error(settings.error.message);
  const seeds = 6;
  let [learned, fixed, gates, seen, unseen] = [0, 0, 0, 0, 0];
  for (let seed = 0; seed < seeds; seed++) {
    const chance = rng(`nothing to know ${seed}`);
    const lists = Array.from({ length: 150 }, () => Array.from({ length: 3 }, () => chance.int(n)));
    const validation = {
      inputs: sequencesOf(
        lists.map((list) => list.slice(0, 2)),
        n,
      ),
      targets: Int32Array.from(lists, (list) => list[2]!),
      repeats: true,
    };
    const agent = (await definition.create(context(n), settings.value as never)) as SequenceAgent;
    const report = await agent.fit(sequencesOf(lists, n), { validation });
    learned += report['learned.ndcg@10']! / seeds;
    fixed += report['fixed.ndcg@10']! / seeds;
    gates += report.gate!;
    expect(report.gate).toBe(Number(report['learned.ndcg@10']! > report['fixed.ndcg@10']!));
    const policyOf = agent.crossFitted!()!;
    seen += (await ndcgOf(() => agent.policy(), validation)) / seeds;
    const without = await ndcgOf(policyOf, validation);
    unseen += without / seeds;
    await agent.learn(sequencesOf(lists, n));
    expect(agent.crossFitted!()).toBeUndefined();
  }
  // Ten of thirty at random, discounted: .151, the mean of 900 with a deviation of about .01.
  const byChance = Array.from({ length: 10 }, (_, rank) => 1 / Math.log2(rank + 2) / n).reduce(
    (a, b) => a + b,
  );
  expect(learned).toBeLessThan(byChance + 0.03);
  expect(learned).toBeLessThan(fixed);
  // Cross-fitted weights do not know the cases that they are judged on; those picked with them in sight do.
  expect(unseen).toBeLessThan(byChance + 0.03);
  expect(seen).toBeGreaterThan(unseen + 0.01);
  // Now and then chance alone puts it ahead.
  expect(gates).toBeLessThanOrEqual(1);
});

test('scores of candidates are those of the catalogue, under a gate too', async () => {
  const { train, validation, n } = twoHabits(300);
  const definition = agentNamed('popularity+markov+item-knn');
  const settings = readSettings(definition.settings, {});
  if (!settings.ok) throw new Error(settings.error.message);
  const agent = (await definition.create(context(n), settings.value as never)) as SequenceAgent;
  await agent.fit(train, { validation });
  const policy = agent.policy();
  const row = new Float32Array(policy.observation.size);
  row.set([0, 0, 1, 5]);
  const all = (await policy.evaluate(row, 1)).values;
  const some = (await policy.evaluate(row, 1, Int32Array.of(7, 2))).values;
  expect([...some]).toEqual([all[7], all[2]]);
  expect(all.every(Number.isFinite)).toBe(true);
  const nobody = (await policy.evaluate(new Float32Array(policy.observation.size), 1)).values;
  expect(nobody.every(Number.isFinite)).toBe(true);
});

test('figures are those of the whole catalogue: fixed weights reach on validation what they are said to reach', async () => {
  const chance = rng('figures');
  const n = 60;
  const lists = Array.from({ length: 400 }, () => {
    const first = chance.int(n);
    return [first, (first + 1 + chance.int(12)) % n, (first + 2 + chance.int(40)) % n];
  });
  const validation = {
    inputs: sequencesOf(
      lists.map((list) => list.slice(0, 2)),
      n,
    ),
    targets: Int32Array.from(lists, (list) => list[2]!),
  };
  const definition = agentNamed('markov+item-knn');
  const settings = readSettings(definition.settings, { mixture: 'fixed' });
  if (!settings.ok) throw new Error(settings.error.message);
  const agent = (await definition.create(context(n), settings.value as never)) as SequenceAgent;
  const report = await agent.fit(sequencesOf(lists.slice(0, 200), n), { validation });
  const policy = agent.policy();
  let hits = 0;
  for (const [first, second, target] of lists) {
    const row = new Float32Array(policy.observation.size);
    row.set([0, 0, first! + 1, second! + 1]);
    const { values } = await policy.evaluate(row, 1);
    const others = [...values].filter((_, item) => item !== first && item !== second);
    if (others.filter((value) => value > values[target!]!).length < 10) hits++;
  }
  expect(Math.abs(report['fixed.hr@10']! - hits / lists.length)).toBeLessThan(0.02);
  expect(report['fixed.hr@10']).toBeLessThan(0.9);
});

test('a blend saved with other parts is refused by their names', async () => {
  const old = blendOf([agentNamed('markov'), agentNamed('popularity')], 'some');
  const now = blendOf([agentNamed('markov'), agentNamed('item-knn')], 'some');
  const settings = readSettings(old.settings, {});
  if (!settings.ok) throw new Error(settings.error.message);
  const agent = (await old.create(context(4), settings.value as never)) as SequenceAgent;
  await agent.fit(sequencesOf([[0, 1]], 4), {});
  const saved = await agent.save();
  const values = readSettings(now.settings, {});
  if (!values.ok) throw new Error(values.error.message);
  await expect(now.restore(context(4), values.value as never, saved)).rejects.toMatchObject({
    code: 'bad-model',
    message:
      'the saved "some" is of markov, popularity, and "some" is now of markov, item-knn; accepted: one trained anew',
  });
});
