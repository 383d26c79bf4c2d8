import { expect, test } from 'vitest';
import { readSettings, rng, sequencesOf, shopObservation } from '../core/index.ts';
import { agentSuite } from './agent.suite.ts';
import type { AgentDefinition, SequenceAgent } from './agent.ts';
import { itemKnn } from './item-knn.ts';

agentSuite(itemKnn as AgentDefinition, { learns: 'together', exactIncrements: true });

async function make(given: Record<string, number>): Promise<SequenceAgent> {
  const settings = readSettings(itemKnn.settings, given);
  if (!settings.ok) throw new Error(settings.error.message);
  const context = {
    observation: shopObservation(4, 5),
    action: { kind: 'choice', n: 4 } as const,
    rng: rng(1),
  };
  return (await itemKnn.create(context, settings.value)) as SequenceAgent;
}

async function scores(agent: SequenceAgent, tokens: number[]): Promise<Float32Array> {
  const policy = agent.policy();
  const row = new Float32Array(policy.observation.size);
  row.set(tokens, 5 - tokens.length);
  return (await policy.evaluate(row, 1)).values;
}

test('scores are the formula, by hand; an item taken twice counts once', async () => {
  const agent = await make({ shrink: 10, profileDecay: 0.5 });
  await agent.fit(sequencesOf([[0, 1, 0], [1, 0, 2], [0]], 4), {});
  // shoppers: 3 of item 0, 2 of 1, 1 of 2; both: 0 and 1 two, 0 and 2 one, 1 and 2 one
  const near01 = 2 / (Math.sqrt(6) + 10);
  const values = await scores(agent, [2, 1]);
  expect(values[0]).toBeCloseTo(0.5 * near01, 6);
  expect(values[1]).toBeCloseTo(near01, 6);
  expect(values[2]).toBeCloseTo(1 / (Math.sqrt(3) + 10) + 0.5 / (Math.sqrt(2) + 10), 6);
  expect(values[3]).toBe(0);
});

test('of a very long profile only the newest items are paired', async () => {
  const agent = await make({ profileLimit: 2 });
  await agent.fit(sequencesOf([[0, 1, 2]], 4), {});
  expect((await scores(agent, [3]))[1]).toBeGreaterThan(1e-3);
  expect((await scores(agent, [3]))[0]).toBeLessThan(1e-6);
});
