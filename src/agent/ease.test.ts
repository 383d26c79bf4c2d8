import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readSettings, rng, sequencesOf, shopObservation } from '../core/index.ts';
import { agentSuite } from './agent.suite.ts';
import type { AgentDefinition, SequenceAgent } from './agent.ts';
import { ease } from './ease.ts';

agentSuite(ease as AgentDefinition, { learns: 'together', settings: { regularisation: 1 } });

async function make(given: Record<string, number>, n: number): Promise<SequenceAgent> {
  const settings = readSettings(ease.settings, given);
  if (!settings.ok) throw new Error(settings.error.message);
  const context = { observation: shopObservation(n, 5), action: { kind: 'choice', n } as const, rng: rng(1) };
  return (await ease.create(context, settings.value)) as SequenceAgent;
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

/** B of the paper, by inverting the whole matrix (Gauss & Jordan). */
function closedForm(lists: readonly (readonly number[])[], n: number, regularisation: number): number[][] {
  const a = Array.from({ length: n }, (_, i) =>
    Array.from({ length: 2 * n }, (_, j) => (j === n + i ? 1 : i === j ? regularisation : 0)),
  );
  for (const list of lists) for (const i of new Set(list)) for (const j of new Set(list)) a[i]![j]! += 1;
  for (let k = 0; k < n; k++) {
    const pivot = a[k]![k]!;
    a[k] = a[k]!.map((value) => value / pivot);
    for (let i = 0; i < n; i++) {
      if (i === k) continue;
      const factor = a[i]![k]!;
      a[i] = a[i]!.map((value, j) => value - factor * a[k]![j]!);
    }
  }
  const inverse = a.map((row) => row.slice(n));
  return inverse.map((row, i) => row.map((value, j) => (i === j ? 0 : -value / inverse[j]![j]!)));
}

const items = 20;
const someLists = fc.array(fc.array(fc.integer({ min: 0, max: items - 1 }), { minLength: 1, maxLength: 5 }), {
  minLength: 1,
  maxLength: 30,
});

test("row by row it is the paper's closed form, repeated items and items that nobody took included", () =>
  fc.assert(
    fc.asyncProperty(someLists, fc.constantFrom(0.5, 20, 500), async (lists, regularisation) => {
      const wanted = closedForm(lists, items, regularisation);
      const agent = await make({ regularisation }, items);
      await agent.fit(sequencesOf(lists, items), {});
      for (let i = 0; i < items; i++)
        (await scores(agent, [i])).forEach((score, j) => {
          if (i !== j) expect(Math.abs(score - wanted[i]![j]!)).toBeLessThan(1e-4);
        });
    }),
    { numRuns: 30 },
  ));

test('what shoppers take later changes the rows of what they took, as if all had been known', async () => {
  const lists = [
    [0, 1, 2],
    [0, 1],
    [3, 4],
    [1, 2, 4],
    [0, 3],
  ];
  const [parts, whole] = [await make({ regularisation: 2 }, 5), await make({ regularisation: 2 }, 5)];
  await parts.fit(
    sequencesOf(
      [
        [0, 1],
        [0, 1],
        [3, 4],
        [1, 2],
      ],
      5,
    ),
    {},
  );
  await parts.learn(
    sequencesOf(
      [
        [0, 1, 2],
        [1, 2, 4],
        [0, 3],
      ],
      5,
    ),
    Int32Array.of(2, 2, 0),
  );
  await whole.fit(sequencesOf(lists, 5), {});
  for (let i = 0; i < 5; i++) {
    const [a, b] = [await scores(parts, [i]), await scores(whole, [i])];
    a.forEach((score, j) => {
      expect(score).toBeCloseTo(b[j]!, 4);
    });
  }
});

test('a model does not grow with the number of lessons, and knows what it was taught', async () => {
  const [agent, whole] = [await make({ regularisation: 2 }, 6), await make({ regularisation: 2 }, 6)];
  const others = [
    [3, 4],
    [4, 5],
  ];
  await agent.fit(sequencesOf(others, 6), {});
  const history: number[] = [];
  const sizes: number[] = [];
  for (let lesson = 0; lesson < 60; lesson++) {
    const known = history.length;
    history.push(lesson % 3);
    await agent.learn(sequencesOf([history], 6), Int32Array.of(known));
    sizes.push((await agent.save()).length);
  }
  expect(sizes.at(-1)).toBe(sizes[2]);
  await whole.fit(sequencesOf([...others, history], 6), {});
  const [a, b] = [await scores(agent, [1]), await scores(whole, [1])];
  a.forEach((score, j) => {
    expect(score).toBeCloseTo(b[j]!, 4);
  });
});

test('keeps the largest numbers of a row', async () => {
  const lists = [
    ...Array.from({ length: 9 }, () => [0, 1]),
    ...Array.from({ length: 5 }, () => [0, 2]),
    [0, 3],
  ];
  const agent = await make({ regularisation: 10, neighbours: 2 }, 4);
  const { numbers } = await agent.fit(sequencesOf(lists, 4), {});
  expect(numbers).toBeLessThanOrEqual(8);
  const values = await scores(agent, [0]);
  expect(values[1]).toBeGreaterThan(values[2]!);
  expect(values[2]).toBeGreaterThan(0.1);
  expect(Math.abs(values[3]!)).toBeLessThan(1e-6);
});
