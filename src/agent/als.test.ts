import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readSettings, rng, sequencesOf, shopObservation } from '../core/index.ts';
import { agentSuite } from './agent.suite.ts';
import type { AgentDefinition, SequenceAgent } from './agent.ts';
import { als } from './als.ts';
import { alsSolver, gramOf } from './als-solve.ts';
import { itemProducts } from './item-products.ts';

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

test.each([
  ['few, exactly', [1, 4]],
  ['many, by steps', [1, 4, 0, 7, 9]],
])('the solver finds the weighted least squares solution of the paper: %s', (_, list) => {
  const [size, n, regularisation] = [8, 12, 0.7];
  const factors = Float64Array.from({ length: n * size }, (_, i) => Math.sin(i * i));
  const taken = Int32Array.from(list);
  const weights = Float64Array.from(list, (_, k) => 5 / (1 + k));
  const pulls = weights.map((weight) => 1 + weight);
  const x = new Float64Array(size);
  const solver = alsSolver(size);
  solver.solve(solver.problem(factors, regularisation), taken, weights, pulls, 0, list.length, x, 0, 40);
  // The gradient of sum c (p - x.y)^2 + regularisation |x|^2 vanishes there.
  const gradient = x.map((value) => regularisation * value);
  for (let j = 0; j < n; j++) {
    const at = [...taken].indexOf(j);
    const [p, c] = at < 0 ? [0, 1] : [1, 1 + weights[at]!];
    let product = 0;
    for (let i = 0; i < size; i++) product += x[i]! * factors[j * size + i]!;
    for (let i = 0; i < size; i++) gradient[i]! -= c * (p - product) * factors[j * size + i]!;
  }
  for (const value of gradient) expect(Math.abs(value)).toBeLessThan(1e-4);
});

test('products and the Gram matrix are sums of products, whatever the shape', () =>
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 9 }),
      (m, n, size) => {
        const [a, b] = [m, n].map((rows, seed) =>
          Float64Array.from({ length: rows * size }, (_, i) => Math.cos(seed + i * i)),
        ) as [Float64Array, Float64Array];
        const plain = (i: number, j: number): number =>
          Array.from({ length: size }, (_, c) => a[i * size + c]! * b[j * size + c]!).reduce(
            (x, y) => x + y,
            0,
          );
        const out = new Float32Array(m * n);
        const table = itemProducts(n, size);
        table.fill(b);
        table.of(a, m, out);
        out.forEach((value, at) => {
          expect(value).toBeCloseTo(plain(Math.floor(at / n), at % n), 5);
        });
        gramOf(a, size).forEach((value, at) => {
          let sum = 0;
          for (let row = 0; row < m * size; row += size)
            sum += a[row + Math.floor(at / size)]! * a[row + (at % size)]!;
          expect(value).toBeCloseTo(sum, 9);
        });
      },
    ),
  ));

test('shoppers scored together get what each gets alone', async () => {
  const agent = await make({ factors: 4, regularisation: 0.1 }, 8);
  await agent.fit(
    sequencesOf(
      [
        [0, 1, 2],
        [3, 4, 5, 6],
        [7, 0],
        [2, 5, 1],
      ],
      8,
    ),
    {},
  );
  const policy = agent.policy();
  const { size } = policy.observation;
  const rows = new Float32Array(3 * size);
  [1, 4, 8].forEach((token, row) => {
    rows[row * size + 4] = token;
  });
  const together = (await policy.evaluate(rows, 3)).values;
  for (let row = 0; row < 3; row++) {
    const alone = rows.subarray(row * size, (row + 1) * size);
    expect((await policy.evaluate(alone, 1)).values).toEqual(together.slice(row * 8, (row + 1) * 8));
    expect((await policy.evaluate(alone, 1, Int32Array.of(2, 7))).values[1]).toBe(together[row * 8 + 7]);
  }
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
