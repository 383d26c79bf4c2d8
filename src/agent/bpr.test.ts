import { expect, test } from 'vitest';
import { readSettings, rng, sequencesOf, shopObservation } from '../core/index.ts';
import { agentSuite } from './agent.suite.ts';
import type { AgentDefinition, SequenceAgent } from './agent.ts';
import { bpr } from './bpr.ts';

agentSuite(bpr as AgentDefinition, { learns: 'together', settings: { factors: 4 } });

async function make(given: Record<string, number>, n: number): Promise<SequenceAgent> {
  const settings = readSettings(bpr.settings, { factors: 4, ...given });
  if (!settings.ok) throw new Error(settings.error.message);
  const context = { observation: shopObservation(n, 5), action: { kind: 'choice', n } as const, rng: rng(1) };
  return (await bpr.create(context, settings.value)) as SequenceAgent;
}

async function scores(agent: SequenceAgent, items: readonly number[]): Promise<number[]> {
  const policy = agent.policy();
  const row = new Float32Array(policy.observation.size);
  row.set(
    items.map((item) => item + 1),
    5 - items.length,
  );
  return [...(await policy.evaluate(row, 1)).values];
}

const halves = (shoppers: number): number[][] =>
  Array.from({ length: shoppers }, (_, u) => [u % 2, 2 + (u % 2), 4 + (u % 2)]);

test('without a history what is popular stands above what is not', async () => {
  const agent = await make({}, 4);
  await agent.fit(sequencesOf([...Array.from({ length: 20 }, () => [2]), [0], [1]], 4), {});
  const values = await scores(agent, []);
  expect(values.indexOf(Math.max(...values))).toBe(2);
});

test('newer interactions weigh more', async () => {
  const agent = await make({ profileDecay: 0.3 }, 8);
  await agent.fit(sequencesOf(halves(40), 8), {});
  const values = await scores(agent, [1, 0]);
  expect(values[4]).toBeGreaterThan(values[5]!);
});

test('an item that comes later finds its place among those its takers took, without fitting again', async () => {
  const agent = await make({}, 8);
  await agent.fit(sequencesOf(halves(40), 8), {});
  const before = await scores(agent, [0, 2]);
  const more = Array.from({ length: 10 }, () => [0, 2, 6]);
  await agent.learn(sequencesOf(more, 8), new Int32Array(10).fill(2));
  const [even, odd] = [await scores(agent, [0, 2]), await scores(agent, [1, 3])];
  expect(even[6]! - even[7]!).toBeGreaterThan(before[6]! - before[7]! + 0.5);
  expect(even[6]! - even[7]!).toBeGreaterThan(odd[6]! - odd[7]!);
});

test('a shopper who took everything, and one item alone, are no trouble', async () => {
  const agent = await make({}, 2);
  await agent.fit(
    sequencesOf(
      [
        [0, 1],
        [1, 0, 1],
      ],
      2,
    ),
    {},
  );
  expect((await scores(agent, [0, 1])).every(Number.isFinite)).toBe(true);
  const alone = await make({}, 1);
  await alone.fit(sequencesOf([[0, 0]], 1), {});
  expect((await scores(alone, [0])).every(Number.isFinite)).toBe(true);
});

test('a learning rate that is too large is told in a sentence', async () => {
  const agent = await make({ learningRate: 10, regularisation: 100 }, 6);
  await expect(agent.fit(sequencesOf(halves(40), 6), {})).rejects.toThrow('a smaller learningRate');
});
