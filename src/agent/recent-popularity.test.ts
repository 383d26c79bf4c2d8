import { expect, test } from 'vitest';
import { readSettings, rng, type Sequences, sequencesOf, shopObservation } from '../core/index.ts';
import { agentSuite } from './agent.suite.ts';
import type { AgentDefinition, SequenceAgent } from './agent.ts';
import { recentPopularity } from './recent-popularity.ts';

agentSuite(recentPopularity as AgentDefinition, {
  learns: 'popular',
  exactIncrements: true,
  settings: { halfLifeInteractions: 1e9 },
});
agentSuite(recentPopularity as AgentDefinition, {
  learns: 'nothing',
  exactIncrements: true,
  settings: { halfLifeInteractions: 2 },
});

const day = 86_400_000;
const timed = (lists: number[][], days: number[]): Sequences => ({
  ...sequencesOf(lists, 4),
  times: Float64Array.from(days, (d) => 1e12 + d * day),
});

async function make(given: Record<string, number> = {}): Promise<SequenceAgent> {
  const settings = readSettings(recentPopularity.settings, given);
  if (!settings.ok) throw new Error(settings.error.message);
  const context = {
    observation: shopObservation(4, 1),
    action: { kind: 'choice', n: 4 } as const,
    rng: rng(1),
  };
  return (await recentPopularity.create(context, settings.value)) as SequenceAgent;
}

const scores = async (agent: SequenceAgent): Promise<number[]> => {
  const policy = agent.policy();
  return [...(await policy.evaluate(new Float32Array(policy.observation.size), 1)).values];
};

test('an interaction weighs half after each half-life', async () => {
  const agent = await make({ halfLifeDays: 10 });
  await agent.fit(timed([[0, 1], [2]], [0, 20, 10]), {});
  const [a, b, c, d] = await scores(agent);
  expect([a, b, c, d].map((x) => x!.toFixed(6))).toEqual(['0.250000', '1.000000', '0.500000', '0.000000']);
});

test('learning later interactions makes the earlier ones lighter, as fitting on all of them would', async () => {
  const [whole, parts] = [await make({ halfLifeDays: 3 }), await make({ halfLifeDays: 3 })];
  await whole.fit(timed([[0, 1, 2]], [0, 5, 9]), {});
  await parts.fit(timed([[0]], [0]), {});
  await parts.learn(timed([[0, 1, 2]], [0, 5, 9]), Int32Array.of(1));
  const [a, b] = [await scores(whole), await scores(parts)];
  a.forEach((score, item) => {
    expect(b[item]).toBeCloseTo(score, 6);
  });
});

test('the half-life is picked on validation', async () => {
  // Item 0 was popular long ago; item 1 is what everybody takes now.
  const lists = Array.from({ length: 30 }, (_, u) => (u < 20 ? [0] : [1]));
  const days = lists.map((_, u) => (u < 20 ? 0 : 100));
  const agent = await make();
  const validation = { inputs: sequencesOf([[2], [3]], 4), targets: Int32Array.of(1, 1) };
  const report = await agent.fit(timed(lists, days), { validation });
  expect(report.halfLifeDays).toBeLessThanOrEqual(90);
  const values = await scores(agent);
  expect(values[1]).toBeGreaterThan(values[0]!);
});
