import { expect, test } from 'vitest';
import { readSettings, rng, sequencesOf, shopObservation } from '../core/index.ts';
import { agentSuite } from './agent.suite.ts';
import type { AgentDefinition, SequenceAgent } from './agent.ts';
import { markov } from './markov.ts';

agentSuite(markov as AgentDefinition, { learns: 'next', exactIncrements: true });

async function make(given: Record<string, number>, items: number): Promise<SequenceAgent> {
  const settings = readSettings(markov.settings, given);
  if (!settings.ok) throw new Error(settings.error.message);
  const observation = shopObservation(items, 5);
  const context = { observation, action: { kind: 'choice', n: items } as const, rng: rng(1) };
  return (await markov.create(context, settings.value)) as SequenceAgent;
}

test('scores are the formula, by hand', async () => {
  const agent = await make({ window: 2, decay: 0.5, profileDecay: 0.4 }, 4);
  // 0 is followed by 1 (distance 1 twice) and by 2 (distance 2, weight .5), 1 by 2 once.
  await agent.fit(
    sequencesOf(
      [
        [0, 1, 2],
        [0, 1],
      ],
      4,
    ),
    {},
  );
  const policy = agent.policy();
  const row = new Float32Array(policy.observation.size);
  row.set([0, 0, 0, 1, 2]);
  const { values } = await policy.evaluate(row, 1);
  // newest is 1 (row sum 1), before it 0 (row sum 2.5)
  const expected = [0, (0.4 * 2) / 2.5, 1 + (0.4 * 0.5) / 2.5, 0];
  expected.forEach((score, item) => {
    expect(values[item]).toBeCloseTo(score, 6);
  });
  expect(values[0]).toBeCloseTo(2e-9, 12);
  expect(values[3]).toBe(0);
});

test('the profile decay is picked on validation', async () => {
  // What comes next depends on the oldest item of three, so old interactions must keep their weight.
  const lists = Array.from({ length: 60 }, (_, u) => [u % 3, 3, 4, 5 + (u % 3)]);
  const agent = await make({}, 8);
  const validation = {
    inputs: sequencesOf(
      lists.map((list) => list.slice(0, 3)),
      8,
    ),
    targets: Int32Array.from(lists, (list) => list[3]!),
  };
  const report = await agent.fit(sequencesOf(lists, 8), { validation });
  expect(report['validation.ndcg@10']).toBe(1);
  expect([0.3, 0.6, 0.8, 1]).toContain(report.profileDecay);
});
