import { expect, test } from 'vitest';
import { readSettings, rng, sequencesOf, shopObservation } from '../core/index.ts';
import { agentSuite } from './agent.suite.ts';
import type { AgentDefinition, SequenceAgent } from './agent.ts';
import { agentNamed } from './agents.ts';
import { blendOf } from './blend.ts';

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
  expect(() => agentNamed('markov+markov')).toThrow('there is no agent "markov+markov"');
  const acting = { name: 'acting', consumes: 'transitions' } as AgentDefinition;
  expect(() => blendOf([acting])).toThrow('learns from transitions');
});
