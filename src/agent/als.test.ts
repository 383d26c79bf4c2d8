import { expect, test } from 'vitest';
import { readSettings, rng, sequencesOf, shopObservation } from '../core/index.ts';
import { agentSuite } from './agent.suite.ts';
import type { AgentDefinition, SequenceAgent } from './agent.ts';
import { als } from './als.ts';
import { alsSolver, gramOf } from './als-solve.ts';

agentSuite(als as AgentDefinition, { learns: 'together', settings: { factors: 2, regularisation: 0.1 } });

async function make(given: Record<string, number>, n: number): Promise<SequenceAgent> {
  const settings = readSettings(als.settings, given);
  if (!settings.ok) throw new Error(settings.error.message);
  const context = { observation: shopObservation(n, 5), action: { kind: 'choice', n } as const, rng: rng(1) };
  return (await als.create(context, settings.value)) as SequenceAgent;
}

async function scores(agent: SequenceAgent, items: number[]): Promise<Float32Array> {
  const policy = agent.policy();
  const row = new Float32Array(policy.observation.size);
  row.set(
    items.map((item) => item + 1),
    5 - items.length,
  );
  return (await policy.evaluate(row, 1)).values;
}

test('the solver finds the weighted least squares solution of the paper', () => {
  const [size, n, regularisation] = [3, 6, 0.7];
  const factors = Float64Array.from({ length: n * size }, (_, i) => Math.sin(i * i));
  const taken = Int32Array.of(1, 4);
  const weights = Float64Array.of(5, 2);
  const x = new Float64Array(size);
  const problem = { factors, size, gram: gramOf(factors, size), regularisation };
  alsSolver(size).solve(problem, taken, weights, Float64Array.of(6, 3), 0, 2, x, 0, 20);
  // The gradient of sum c (p - x.y)^2 + regularisation |x|^2 vanishes there.
  const gradient = x.map((value) => regularisation * value);
  for (let j = 0; j < n; j++) {
    const at = [...taken].indexOf(j);
    const [p, c] = at < 0 ? [0, 1] : [1, 1 + weights[at]!];
    let product = 0;
    for (let i = 0; i < size; i++) product += x[i]! * factors[j * size + i]!;
    for (let i = 0; i < size; i++) gradient[i]! -= c * (p - product) * factors[j * size + i]!;
  }
  for (const value of gradient) expect(Math.abs(value)).toBeLessThan(1e-8);
});

test('an item that comes later finds its place among those its takers took, without fitting again', async () => {
  const lists = Array.from({ length: 40 }, (_, u) => [u % 2, 2 + (u % 2), 4 + (u % 2)]);
  const agent = await make({ factors: 2, regularisation: 0.1 }, 8);
  await agent.fit(sequencesOf(lists, 8), {});
  expect((await scores(agent, [0, 2]))[6]).toBe(0);
  await agent.learn(
    sequencesOf(
      [
        [0, 2, 6],
        [4, 0, 6],
        [1, 3, 7],
      ],
      8,
    ),
    Int32Array.of(2, 2, 2),
  );
  const even = await scores(agent, [0, 2]);
  expect(even[6]).toBeGreaterThan(0.2);
  expect(even[6]).toBeGreaterThan(10 * Math.abs(even[7]!));
  expect((await scores(agent, [1, 3]))[7]).toBeGreaterThan(0.2);
});

test('what is settled hardly moves for one more', async () => {
  const lists = Array.from({ length: 200 }, (_, u) => [u % 2, 2 + (u % 2), 4 + (u % 2)]);
  const agent = await make({ factors: 2, regularisation: 0.1 }, 8);
  await agent.fit(sequencesOf(lists, 8), {});
  const before = await scores(agent, [0, 2]);
  await agent.learn(sequencesOf([[0, 2, 5]], 8), Int32Array.of(2));
  const after = await scores(agent, [0, 2]);
  expect(after[5]! - before[5]!).toBeGreaterThan(0);
  expect(after[5]! - before[5]!).toBeLessThan(0.1);
  expect(after[4]).toBeGreaterThan(0.5);
});

test('newer interactions weigh more', async () => {
  const lists = Array.from({ length: 40 }, (_, u) => [u % 2, 2 + (u % 2), 4 + (u % 2)]);
  const agent = await make({ factors: 2, regularisation: 0.1, profileDecay: 0.3 }, 8);
  await agent.fit(sequencesOf(lists, 8), {});
  const values = await scores(agent, [1, 0]);
  expect(values[4]).toBeGreaterThan(values[5]!);
});
