import { describe, expect, test } from 'vitest';
import { ortEngine } from '../adapters/index.ts';
import { readSettings, rng, sequencesOf, shopObservation, type TransitionBatch } from '../core/index.ts';
import { agentSuite } from './agent.suite.ts';
import type { AgentContext, AgentDefinition, TransitionAgent } from './agent.ts';
import { gru } from './gru.ts';
import { offPolicyAc } from './off-policy-ac.ts';
import { sa2c } from './sa2c.ts';
import { readModel } from './saved-model.ts';
import { sqn } from './sqn.ts';
import { transformer } from './transformer.ts';

const engine = await ortEngine();
const settingsOf = (definition: AgentDefinition, given: Record<string, unknown> = {}): never => {
  const read = readSettings(definition.settings, given);
  if (!read.ok) throw new Error(read.error.message);
  return read.value as never;
};

for (const [definition, body] of [
  [sqn, 'transformer'],
  [sa2c, 'transformer'],
  [offPolicyAc, 'transformer'],
  [offPolicyAc, 'gru'],
] as const)
  agentSuite(definition as AgentDefinition, {
    learns: 'next',
    context: async () => ({ engine }),
    batches: 12,
    settings: { body, updatesPerStep: 0.5, learningRate: 0.01, bodyLearningRate: 0.02, averaging: 0.9 },
  });

const items = 6;
const context = (): AgentContext => ({
  observation: shopObservation(items, 4),
  action: { kind: 'slate', k: 2, n: items },
  engine,
  rng: rng(1),
});

/**
 * What is clicked next differs from what pays later. After item 0 the shopper clicks 1 wherever it is shown, for .1, and is
 * gone; 2 is clicked half as often, for nothing, and leads to a state in which anything clicked pays 1.
 */
function trap(seed: number, n = 64): TransitionBatch {
  const chance = rng(`trap ${seed}`);
  const size = shopObservation(items, 4).size;
  const observations = new Float32Array(n * size);
  const nextObservations = new Float32Array(n * size);
  const actions = new Int32Array(n * 2);
  const rewards = new Float32Array(n);
  const chosen = new Int32Array(n).fill(-1);
  const terminated = new Uint8Array(n).fill(1);
  for (let i = 0; i < n; i++) {
    const paying = chance.float() < 0.3;
    observations[i * size + 3] = (paying ? 2 : 0) + 1;
    observations[i * size + 7] = 3;
    const first = chance.int(items);
    const second = (first + 1 + chance.int(items - 1)) % items;
    actions.set([first, second], i * 2);
    const slotOf = (item: number): number => [first, second].indexOf(item);
    if (paying) {
      chosen[i] = chance.int(2);
      rewards[i] = 1;
    } else if (slotOf(1) >= 0) {
      chosen[i] = slotOf(1);
      rewards[i] = 0.1;
    } else if (slotOf(2) >= 0 && chance.float() < 0.5) {
      chosen[i] = slotOf(2);
      terminated[i] = 0;
    }
    const last = chosen[i]! >= 0 ? actions[i * 2 + chosen[i]!]! : paying ? 2 : 0;
    nextObservations[i * size + 2] = observations[i * size + 3]!;
    nextObservations[i * size + 6] = 3;
    nextObservations[i * size + 3] = last + 1;
    nextObservations[i * size + 7] = 3;
    // What is seen after 2 is what the paying state looks like.
    if (last === 2) {
      nextObservations[i * size + 2] = 0;
      nextObservations[i * size + 6] = 0;
    }
  }
  return {
    n,
    observations,
    actions,
    rewards,
    nextObservations,
    discounts: Float32Array.from(terminated, (over) => (over ? 0 : 0.9)),
    terminated,
    truncated: new Uint8Array(n),
    chosen,
    logProbs: new Float32Array(n * 2).fill(-Math.log(items)),
  };
}

const taughtTrap = async (definition: AgentDefinition, given: Record<string, unknown>) => {
  const agent = (await definition.create(context(), settingsOf(definition, given))) as TransitionAgent;
  for (let step = 0; step < 30; step++) await agent.learn(trap(step));
  const row = trap(0).observations.slice(0, context().observation.size);
  row.fill(0);
  row[3] = 1;
  row[7] = 3;
  const policy = agent.policy();
  return policy.greedy(await policy.evaluate(row, 1), 0)[0]!;
};

const quick = {
  updatesPerStep: 0.3,
  learningStarts: 64,
  bodyLearningRate: 0.01,
  averaging: 0.95,
  itemContent: 'none',
  shrinkage: 0,
  targetEvery: 20,
};

describe('what is clicked next differs from what pays later', () => {
  test('sqn shows what pays later', async () => {
    expect(await taughtTrap(sqn as AgentDefinition, quick)).toBe(2);
  });
  test('sa2c shows what pays later', async () => {
    expect(await taughtTrap(sa2c as AgentDefinition, quick)).toBe(2);
  });
  test.each(['transformer', 'gru'])('off-policy-ac shows what pays later, over a %s', async (body) => {
    const { shrinkage: _, ...settings } = quick;
    const agent = offPolicyAc as AgentDefinition;
    expect(await taughtTrap(agent, { ...settings, body, learningRate: 0.02 })).toBe(2);
  });
  test('without a future it shows what is clicked: the part that looks ahead is what makes the difference', async () => {
    const blind = async (definition: AgentDefinition): Promise<number> => {
      const agent = (await definition.create(context(), settingsOf(definition, quick))) as TransitionAgent;
      for (let step = 0; step < 30; step++) {
        const batch = trap(step);
        await agent.learn({ ...batch, discounts: new Float32Array(batch.n) });
      }
      const row = new Float32Array(context().observation.size);
      row[3] = 1;
      row[7] = 3;
      const policy = agent.policy();
      return policy.greedy(await policy.evaluate(row, 1), 0)[0]!;
    };
    expect(await blind(sqn as AgentDefinition)).toBe(1);
  });
});

describe('begins with a taught transformer', () => {
  const shape = { width: 16, blocks: 1, inner: 32, heads: 1, places: 4 };
  const alike = { width: 16, places: 4 };
  const taught = async (of = transformer as AgentDefinition, sizes: object = shape): Promise<Uint8Array> => {
    const agent = await of.create(
      context(),
      settingsOf(of, { ...sizes, epochs: 60, batchSize: 16, learningRate: 0.01 }),
    );
    if (agent.consumes !== 'sequences') throw new Error('unreachable');
    const lists = Array.from({ length: 60 }, (_, u) => [0, 1, 2, 3].map((i) => (u + i) % items));
    await agent.fit(sequencesOf(lists, items), {});
    return agent.save();
  };

  test.each([
    ['transformer', transformer as AgentDefinition, shape],
    ['gru', gru as AgentDefinition, alike],
  ])('its self-supervised head then says what the %s says', async (body, of, sizes) => {
    const bytes = await taught(of, sizes);
    const before = await of.restore(context(), settingsOf(of, sizes), bytes);
    const settings = settingsOf(sa2c as AgentDefinition, { ...sizes, body });
    const after = await sa2c.restore(context(), settings, bytes);
    const row = new Float32Array(context().observation.size);
    row.set([1, 2, 3], 1);
    row.set([3, 3, 3], 5);
    const [one, two] = [await before.policy().evaluate(row, 1), await after.policy().evaluate(row, 1)];
    const differences = Array.from(
      one.values,
      (score, i) => score - one.values[0]! - (two.values[i]! - two.values[0]!),
    );
    for (const difference of differences) expect(Math.abs(difference)).toBeLessThan(1e-3);
    const best = await after.policy().best!(row, 3, new Uint8Array(items).fill(1));
    expect(best.items[0]).toBe(one.values.indexOf(Math.max(...one.values)));
  });

  test('what is learned of rewards alone moves every weight of a gru, through all places', async () => {
    const agent = (await offPolicyAc.create(
      context(),
      settingsOf(offPolicyAc as AgentDefinition, {
        ...{ body: 'gru', ...alike, learningStarts: 64, updatesPerStep: 0.1 },
        ...{ itemContent: 'none', nextWeight: 0, valueWeight: 0, entropyWeight: 0 },
      }),
    )) as TransitionAgent;
    // Behind the kinds of events: what reads a place, what reads the state before it, and the bias, three times as wide each.
    const cell = async (): Promise<Float32Array> => {
      const { arrays } = readModel('off-policy-ac', await agent.save());
      return (arrays.parameters as Float32Array).slice(-(2 * 16 + 1) * 48);
    };
    const before = await cell();
    const batch = trap(1);
    const { size } = context().observation;
    for (let i = 0; i < batch.n; i++) batch.observations.set([4, 5, 6], i * size);
    await agent.learn(batch);
    const moved = (await cell()).map((weight, i) => Number(weight !== before[i]));
    expect(moved.filter(Boolean).length).toBeGreaterThan(0.99 * moved.length);
  });

  test('a transformer whose step size is 0 stays as it was taught, while its heads learn', async () => {
    const bytes = await taught();
    const agent = (await sqn.restore(
      context(),
      settingsOf(sqn as AgentDefinition, { ...quick, ...shape, bodyLearningRate: 0 }),
      bytes,
    )) as TransitionAgent;
    for (let step = 0; step < 3; step++) await agent.learn(trap(step));
    const [before, after] = [readModel('transformer', bytes), readModel('sqn', await agent.save())];
    expect(after.arrays.parameters!.slice(0, before.arrays.parameters!.length)).toEqual(
      before.arrays.parameters,
    );
    expect(after.arrays.table).toEqual(before.arrays.table);
    expect(after.values.updates).toBeGreaterThan(0);
    const refused = sa2c.restore(
      context(),
      settingsOf(sa2c as AgentDefinition, { ...shape, bodyLearningRate: 0 }),
      bytes,
    );
    await expect(refused).rejects.toMatchObject({ code: 'bad-setting' });
  });

  test('refuses one of another shape, or of another kind', async () => {
    for (const given of [{ width: 32 }, { body: 'gru' }]) {
      const settings = settingsOf(sqn as AgentDefinition, { ...shape, ...given });
      const other = sqn.restore(context(), settings, await taught());
      await expect(other).rejects.toMatchObject({ code: 'bad-model' });
    }
  });
});

test('what was not done is worth less where the values are conservative', async () => {
  const gap = async (conservative: number): Promise<number> => {
    const agent = (await sqn.create(
      { ...context(), action: { kind: 'choice', n: items } },
      settingsOf(sqn as AgentDefinition, { ...quick, conservative }),
    )) as TransitionAgent;
    for (let step = 0; step < 10; step++) {
      const batch = trap(step);
      // Items 0 to 3 only: 4 and 5 were never shown.
      const actions = Int32Array.from({ length: batch.n }, (_, i) => batch.actions[2 * i]! % 4);
      const { chosen: _, logProbs: __, ...rest } = batch;
      await agent.learn({ ...rest, actions, rewards: new Float32Array(batch.n).fill(1) });
    }
    const row = new Float32Array(context().observation.size);
    row[3] = 1;
    row[7] = 3;
    const { values } = await agent.policy().evaluate(row, 1);
    const mean = (some: Float32Array): number => some.reduce((a, b) => a + b, 0) / some.length;
    return mean(values.subarray(0, 4)) - mean(values.subarray(4));
  };
  expect(await gap(1)).toBeGreaterThan((await gap(0)) + 0.2);
});

test('double Q-learning is less taken in by noise', async () => {
  const worth = async (double: boolean): Promise<number> => {
    let sum = 0;
    for (const seed of [1, 2, 3]) {
      const stream = rng(`noise ${seed}`);
      const size = context().observation.size;
      const agent = (await sqn.create(
        { ...context(), rng: rng(seed), action: { kind: 'choice', n: items } },
        settingsOf(sqn as AgentDefinition, { ...quick, updatesPerStep: 2, targetEvery: 10, double }),
      )) as TransitionAgent;
      // Item 0 was seen last: whatever is shown, item 1 was seen last. Then all items pay 1 or -1 by the toss of a coin.
      const n = 128;
      const observations = new Float32Array(n * size);
      const nextObservations = new Float32Array(n * size);
      for (let i = 0; i < n; i++) {
        observations.set([1 + (i % 2), 0, 0, 0, 3], i * size + 3);
        nextObservations.set([2, 0, 0, 0, 3], i * size + 3);
      }
      await agent.learn({
        n,
        observations,
        nextObservations,
        actions: Int32Array.from({ length: n }, () => stream.int(items)),
        rewards: Float32Array.from({ length: n }, (_, i) => (i % 2 === 0 ? 0 : stream.int(2) * 2 - 1)),
        discounts: Float32Array.from({ length: n }, (_, i) => 1 - (i % 2)),
        terminated: Uint8Array.from({ length: n }, (_, i) => i % 2),
        truncated: new Uint8Array(n),
      });
      const { values } = await agent.policy().evaluate(observations.subarray(0, size), 1);
      sum += values.reduce((a, b) => a + b, 0) / items;
    }
    return sum / 3;
  };
  expect(await worth(true)).toBeLessThan((await worth(false)) - 0.01);
});

const features = {
  ...{ n: items, categoryCount: 3, brandCount: 0, textSize: 2 },
  categories: Int32Array.from({ length: items }, (_, i) => i % 4),
  brands: new Int32Array(items),
  prices: Float32Array.from({ length: items }, (_, i) => i / items),
  text: Float32Array.from({ length: 2 * items }, (_, i) => Number(i % 4 < 2)),
};

test.each(['none', 'text'])(
  'sa2c: the best choices are those of all scores, also after more steps, with content %s',
  async (itemContent) => {
    const agent = (await sa2c.create(
      { ...context(), items: features },
      settingsOf(sa2c as AgentDefinition, { ...quick, itemContent }),
    )) as TransitionAgent;
    const policy = agent.policy();
    const mask = Uint8Array.from({ length: items }, (_, i) => Number(i !== 4));
    for (let step = 0; step < 4; step++) {
      await agent.learn(trap(step));
      for (const history of [[], [1], [1, 2, 3, 1]]) {
        const row = new Float32Array(context().observation.size);
        row.set(history, 4 - history.length);
        row.set(Array(history.length).fill(3), 8 - history.length);
        const { values } = await policy.evaluate(row, 1);
        const best = await policy.best!(row, 4, mask);
        const sorted = [...values.keys()].filter((i) => mask[i]).sort((a, b) => values[b]! - values[a]!);
        expect([...best.items]).toEqual(sorted.slice(0, 4));
        best.items.forEach((item, i) => {
          expect(best.scores[i]).toBeCloseTo(values[item]!, 5);
        });
      }
    }
  },
);
