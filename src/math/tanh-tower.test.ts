import { expect, test } from 'vitest';
import { ortEngine } from '../adapters/index.ts';
import { rng } from '../core/index.ts';
import { mul, tanh } from './graph/elementwise.ts';
import { graph, type Value } from './graph/graph.ts';
import { linear } from './graph/matrix.ts';
import { sum } from './graph/reduce.ts';
import { fours } from './kernels/dense-kernels.ts';
import type { Kernels } from './kernels/kernels.ts';
import { loadKernels } from './kernels/load-kernels.ts';
import { plainKernels } from './kernels/plain-kernels.ts';
import {
  gradientOutputs,
  gradientTensors,
  parameterInputs,
  parameters,
  parameterTensors,
} from './parameters.ts';
import { tanhTower, towerParameters } from './tanh-tower.ts';

const engine = await ortEngine();
const [inputs, outputs, rows] = [10, 3, 7];
const stored = fours(rows);

/** A tower with widths that are no multiples of 4, its answers and its gradients where the loss is sum(y x dy). */
function run(kernels: Kernels, hidden: number) {
  const chance = rng(4);
  const of = parameters(towerParameters('net', [inputs, hidden, hidden + 2, outputs], 0.7), rng(2), kernels);
  // Biases too are somewhere.
  for (const { name, offset } of of.entries)
    if (name.startsWith('net.b')) of.values[offset] = chance.normal();
  const x = kernels.floats(64 * fours(inputs));
  const tower = tanhTower(kernels, of, 'net', x);
  for (let i = 0; i < rows; i++) {
    for (let c = 0; c < inputs; c++) x[i * fours(inputs) + c] = chance.normal();
    for (let c = 0; c < outputs; c++) tower.dy[i * tower.width + c] = chance.normal();
  }
  tower.refresh();
  tower.forward(stored);
  tower.backward(stored);
  const y = tower.y.slice(0, rows * tower.width);
  return { of, x, y, dy: tower.dy.slice(0, stored * tower.width), tower };
}

test.each([
  ['plain', () => plainKernels(), 12],
  ['WebAssembly', () => loadKernels({ bytes: 2 ** 20, fused: false }), 9],
  ['WebAssembly, fused', () => loadKernels({ bytes: 2 ** 20, fused: true }), 33],
] as const)('%s: answers and gradients are those of the graph on ONNX Runtime', async (_, open, hidden) => {
  const { of, x, y, dy, tower } = run(open(), hidden);
  const g = graph();
  const p = parameterInputs(g, of);
  let h: Value = g.input('x', [stored, fours(inputs)]);
  for (const k of [1, 2]) h = tanh(linear(h, p[`net.w${k}`]!, p[`net.b${k}`]!));
  const answer = linear(h, p['net.w3']!, p['net.b3']!);
  g.output('y', answer);
  gradientOutputs(g, sum(mul(answer, g.input('dy', [stored, tower.width]))), p);
  const expected = { ...of, gradients: new Float32Array(of.gradients.length) };
  const answers = new Float32Array(stored * tower.width);
  const program = await engine.compile(g.bytes());
  await program.bind(
    {
      ...parameterTensors(of),
      x: { data: x.slice(0, stored * fours(inputs)), shape: [stored, fours(inputs)] },
      dy: { data: dy, shape: [stored, tower.width] },
    },
    { ...gradientTensors(expected), y: { data: answers, shape: [stored, tower.width] } },
  )();
  y.forEach((value, i) => {
    expect(value).toBeCloseTo(answers[i]!, 5);
  });
  of.gradients.forEach((slope, i) => {
    expect(slope).toBeCloseTo(expected.gradients[i]!, 4);
  });
  expect(Math.hypot(...of.gradients)).toBeGreaterThan(1);
});

test('what lies beyond the widths is zero, and no gradient reaches it', () => {
  const { of, tower } = run(loadKernels({ bytes: 2 ** 20 }), 9);
  const specs = towerParameters('net', [inputs, 9, 11, outputs], 0.7);
  let beyond = 0;
  for (const { name, shape, offset } of of.entries) {
    const own = specs[name]!.shape;
    const [width, ownWidth, ownRows] = [shape.at(-1)!, own.at(-1)!, own.length === 2 ? own[0]! : 1];
    const count = shape.reduce((a, b) => a * b, 1);
    for (let i = 0; i < count; i++) {
      if (i % width < ownWidth && i / width < ownRows) continue;
      beyond++;
      expect([of.values[offset + i], of.gradients[offset + i]]).toEqual([0, 0]);
    }
  }
  expect(beyond).toBe(12 * 12 - 90 + 3 + 144 - 99 + 1 + 48 - 33 + 1);
  expect(tower.y[3]).toBe(0);
});
