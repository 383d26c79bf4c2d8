import { expect, test } from 'vitest';
import { ortEngine } from '../adapters/index.ts';
import { type ActionSpec, observationSpec } from '../core/index.ts';
import { gradients, graph, sum } from '../math/index.ts';
import { distributionOf } from './distribution.ts';

const engine = await ortEngine();
const observation = observationSpec([{ name: 'x', kind: 'real', size: 1 }]);

/** The formulas of the graph for one row, and their gradients by what the network says and by the log-deviations. */
async function judge(action: ActionSpec, said: number[], chosen: Float32Array, logDeviations: number[]) {
  const distribution = distributionOf(action, 1);
  const numeric = action.kind === 'box';
  const g = graph();
  const input = g.input('said', [1, said.length]);
  const own = numeric ? g.input('logDeviations', [said.length]) : undefined;
  const { logProb, entropy } = distribution.judge(input, g.input('chosen', [1, said.length]), undefined, {
    ...(own && { logDeviations: own }),
  });
  const tensors: Record<string, { data: Float32Array; shape: number[] }> = {};
  for (const [name, value] of Object.entries({ logProb, entropy })) {
    const [bySaid, byOwn] = gradients(sum(value), [input, ...(own ? [own] : [])]);
    g.output(name, value);
    tensors[name] = { data: new Float32Array(1), shape: [1, 1] };
    g.output(`${name} by said`, bySaid!);
    tensors[`${name} by said`] = { data: new Float32Array(said.length), shape: [1, said.length] };
    if (byOwn) {
      g.output(`${name} by own`, byOwn);
      tensors[`${name} by own`] = { data: new Float32Array(said.length), shape: [said.length] };
    }
  }
  const program = await engine.compile(g.bytes());
  await program.bind(
    {
      said: { data: Float32Array.from(said), shape: [1, said.length] },
      chosen: { data: chosen, shape: [1, said.length] },
      ...(numeric && { logDeviations: { data: Float32Array.from(logDeviations), shape: [said.length] } }),
    },
    tensors,
  )();
  return Object.fromEntries(Object.entries(tensors).map(([name, { data }]) => [name, [...data]]));
}

const box: ActionSpec = { kind: 'box', size: 2, low: 0, high: 4 };

test('numbers: what is learned is the density of what is drawn, in halves of the range', async () => {
  const distribution = distributionOf(box, 1);
  const [means, logDeviations] = [
    [0.2, -0.4],
    [-0.7, 0.3],
  ];
  const policy = distribution.policy(observation, async () => Float32Array.from(means), {
    logDeviations: Float32Array.from(logDeviations),
  });
  const scores = await policy.evaluate(Float32Array.of(0), 1);
  expect([...policy.greedy(scores, 0)].map((x) => Math.round(100 * x))).toEqual([240, 120]);
  const action = Float32Array.of(3.1, -0.5);
  const chosen = new Float32Array(2);
  distribution.write(action, 0, chosen, 0);
  const { logProb } = await judge(box, means, chosen, logDeviations);
  // A half of the range is 2, so a density over it is twice one over the numbers themselves.
  const drawn = policy.logProb(scores, 0, action).reduce((a, b) => a + b, 0);
  expect(logProb![0]!).toBeCloseTo(drawn + 2 * Math.log(2), 5);
});

test('numbers: gradients of density and entropy are the analytic ones', async () => {
  const [said, chosen, logs] = [[0.2, -0.4], Float32Array.of(0.9, -1.1), [-0.7, 0.3]];
  const found = await judge(box, said, chosen, logs);
  const errors = said.map((mean, i) => (chosen[i]! - mean) / Math.exp(logs[i]!));
  errors.forEach((z, i) => {
    expect(found['logProb by said']![i]).toBeCloseTo(z / Math.exp(logs[i]!), 4);
    expect(found['logProb by own']![i]).toBeCloseTo(z * z - 1, 4);
  });
  expect(found['entropy by said']).toEqual([0, 0]);
  expect(found['entropy by own']).toEqual([1, 1]);
  expect(found.entropy![0]).toBeCloseTo(logs[0]! + logs[1]! + Math.log(2 * Math.PI) + 1, 5);
});

test('choices: each part has its own softmax', async () => {
  const parts: ActionSpec = {
    kind: 'parts',
    parts: [
      { name: 'one', n: 2 },
      { name: 'two', n: 3 },
    ],
  };
  const chosen = new Float32Array(5);
  distributionOf(parts, 1).write(Int32Array.of(9, 9, 1, 2), 1, chosen, 0);
  expect([...chosen]).toEqual([0, 1, 0, 0, 1]);
  const said = [0, Math.log(3), 0, 0, Math.log(2)];
  const found = await judge(parts, said, chosen, []);
  expect(found.logProb![0]).toBeCloseTo(Math.log(0.75 * 0.5), 5);
  const entropy = (p: number[]): number => -p.reduce((all, x) => all + x * Math.log(x), 0);
  expect(found.entropy![0]).toBeCloseTo(entropy([0.25, 0.75]) + entropy([0.25, 0.25, 0.5]), 5);
  expect(found['logProb by said']!.map((x) => Math.round(100 * x))).toEqual([-25, 25, -25, -25, 50]);
});
