import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { ortEngine } from '../../adapters/index.ts';
import { type Rng, rng } from '../../core/index.ts';
import type { Engine } from '../engine.ts';
import {
  add,
  clip,
  div,
  exp,
  huber,
  log,
  minimum,
  mul,
  relu,
  sigmoid,
  square,
  sub,
  tanh,
} from './elementwise.ts';
import { gatherColumns, gatherRows } from './gather.ts';
import { elements, graph, type Value } from './graph.ts';
import { layerNorm } from './layer-norm.ts';
import { linear, linearTransposed, matmul } from './matrix.ts';
import { logSumExp, max, mean, sum } from './reduce.ts';
import { gradients } from './reverse-mode.ts';
import { concat, reshape, slice, transpose } from './shape.ts';
import { logSoftmax, softmax } from './softmax.ts';

/** An operation, the shapes it is tried on (made from three sizes), and where its inputs may lie. */
interface Case {
  readonly build: (inputs: readonly Value[]) => Value;
  readonly shapes: (a: number, b: number, c: number) => readonly (readonly number[])[];
  readonly draw?: (rng: Rng) => number;
}

const matrix: Case['shapes'] = (a, b) => [[a, b]];
const pair: Case['shapes'] = (a, b) => [
  [a, b],
  [a, b],
];
const positive = (r: Rng): number => 0.5 + r.float();
/** Away from 0 and from +-1, where relu, clip and huber have their corners. */
const offCorners = (r: Rng): number =>
  (r.int(2) ? 1 : -1) * (r.int(2) ? 0.2 + 0.6 * r.float() : 1.2 + r.float());
/** Numbers whose order does not change within a small step. */
const apart = (): ((r: Rng) => number) => {
  let next = 0;
  return () => {
    next = (next + 7) % 101;
    return next / 10;
  };
};

const cases: Readonly<Record<string, Case>> = {
  add: { build: ([x, y]) => add(x!, y!), shapes: pair },
  'add, broadcast': {
    build: ([x, y]) => add(x!, y!),
    shapes: (a, b, c) => [
      [a, b, c],
      [b, 1],
    ],
  },
  'sub, broadcast': { build: ([x, y]) => sub(x!, y!), shapes: (a, b) => [[b], [a, b]] },
  'mul, broadcast': {
    build: ([x, y]) => mul(x!, y!),
    shapes: (a, b, c) => [
      [a, 1, c],
      [b, 1],
    ],
  },
  'mul by a number': { build: ([x]) => mul(x!, 1.5), shapes: matrix },
  'div, broadcast': {
    build: ([x, y]) => div(x!, y!),
    shapes: (a, b) => [
      [a, b],
      [a, 1],
    ],
    draw: positive,
  },
  relu: { build: ([x]) => relu(x!), shapes: matrix, draw: offCorners },
  clip: { build: ([x]) => clip(x!, -1, 1), shapes: matrix, draw: offCorners },
  'clip by values': {
    build: ([x]) => clip(x!, x!.graph.constant(-1), x!.graph.constant(1)),
    shapes: matrix,
    draw: offCorners,
  },
  'minimum, broadcast': {
    build: ([x, y]) => minimum(x!, y!),
    shapes: (a, b) => [[a, b], [b]],
    draw: apart(),
  },
  huber: { build: ([x]) => huber(x!), shapes: matrix, draw: offCorners },
  tanh: { build: ([x]) => tanh(x!), shapes: matrix },
  sigmoid: { build: ([x]) => sigmoid(x!), shapes: matrix },
  exp: { build: ([x]) => exp(x!), shapes: matrix },
  log: { build: ([x]) => log(x!), shapes: matrix, draw: positive },
  square: { build: ([x]) => square(x!), shapes: matrix },
  linear: { build: ([x, w, b]) => linear(x!, w!, b!), shapes: (a, b, c) => [[a, b], [b, c], [c]] },
  'linear on a stack': {
    build: ([x, w]) => linear(x!, w!),
    shapes: (a, b, c) => [
      [2, a, b],
      [b, c],
    ],
  },
  linearTransposed: {
    build: ([x, w]) => linearTransposed(x!, w!),
    shapes: (a, b, c) => [
      [a, b],
      [c, b],
    ],
  },
  matmul: {
    build: ([x, y]) => matmul(x!, y!, { scale: 0.5 }),
    shapes: (a, b, c) => [
      [2, a, b],
      [2, b, c],
    ],
  },
  'matmul, transposed': {
    build: ([x, y]) => matmul(x!, y!, { transposeB: true, scale: 0.5 }),
    shapes: (a, b, c) => [
      [2, a, b],
      [2, c, b],
    ],
  },
  reshape: { build: ([x]) => reshape(x!, [elements(x!.shape)]), shapes: matrix },
  transpose: { build: ([x]) => transpose(x!, [2, 0, 1]), shapes: (a, b, c) => [[a, b, c]] },
  slice: { build: ([x]) => slice(x!, 1, 1, x!.shape[1]!), shapes: (a, b, c) => [[a, b + 1, c]] },
  concat: {
    build: ([x, y]) => concat([x!, y!], 1),
    shapes: (a, b, c) => [
      [a, b],
      [a, c],
    ],
  },
  sum: { build: ([x]) => sum(x!), shapes: matrix },
  'sum of an axis': { build: ([x]) => sum(x!, { axes: [0] }), shapes: matrix },
  'mean of an axis, kept': { build: ([x]) => mean(x!, { axes: [1], keep: true }), shapes: matrix },
  'max of an axis': { build: ([x]) => max(x!, { axes: [1] }), shapes: matrix, draw: apart() },
  logSumExp: { build: ([x]) => logSumExp(x!), shapes: matrix },
  softmax: { build: ([x]) => softmax(x!), shapes: matrix },
  logSoftmax: { build: ([x]) => logSoftmax(x!), shapes: (a, b, c) => [[a, b, c]] },
  layerNorm: {
    build: ([x, g, b]) => layerNorm(x!, g!, b!),
    shapes: (a, b, c) => [[a, b, c + 3], [c + 3], [c + 3]],
  },
  gatherColumns: {
    build: ([x]) => {
      const rows = x!.shape[0]!;
      const picks = x!.graph.nodes(
        'Cast',
        [
          x!.graph.constant(
            Float32Array.from({ length: 2 * rows }, (_, i) => i % 2),
            [rows, 2],
          ),
        ],
        [{ shape: [rows, 2], type: 'int32' }],
        { to: 6 },
      )[0]!;
      return gatherColumns(x!, picks);
    },
    shapes: (a, b) => [[a, b + 1]],
  },
};

/**
 * Compares the slope of L = sum(weights x op(inputs)) along a random direction, from the graph and from two values of L
 * a small step apart. In float32 the latter is good to about three digits.
 */
async function slopes(
  engine: Engine,
  { build, shapes, draw = (r) => r.normal() }: Case,
  sizes: number[],
  seed: number,
) {
  const chance = rng(seed);
  const g = graph();
  const inputs = shapes(sizes[0]!, sizes[1]!, sizes[2]!).map((shape, i) => g.input(`x${i}`, shape));
  const y = build(inputs);
  const weights = g.constant(
    Float32Array.from({ length: elements(y.shape) }, () => chance.normal()),
    y.shape,
  );
  const loss = sum(mul(y, weights));
  g.output('loss', loss);
  gradients(loss, inputs).forEach((gradient, i) => {
    g.output(`d${i}`, gradient);
  });
  const program = await engine.compile(g.bytes());

  const numbers = inputs.map((x) => Float32Array.from({ length: elements(x.shape) }, () => draw(chance)));
  const direction = numbers.map((list) => list.map(() => chance.normal() / Math.sqrt(list.length)));
  const found = numbers.map((list) => new Float32Array(list.length));
  const at = async (step: number, outputs = {}): Promise<number> => {
    const value = { data: new Float32Array(1), shape: [] };
    const moved = numbers.map((list, i) => list.map((x, j) => x + step * direction[i]![j]!));
    await program.bind(
      Object.fromEntries(inputs.map((x, i) => [x.name, { data: moved[i]!, shape: x.shape }])),
      { loss: value, ...outputs },
    )();
    return value.data[0]!;
  };
  await at(0, Object.fromEntries(inputs.map((x, i) => [`d${i}`, { data: found[i]!, shape: x.shape }])));
  const step = 0.01;
  const numeric = ((await at(step)) - (await at(-step))) / (2 * step);
  await program.release();
  const analytic = found.flatMap((list, i) => [...list].map((d, j) => d * direction[i]![j]!));
  const size = Math.hypot(...found.flatMap((list) => [...list]), 1);
  return { numeric, analytic: analytic.reduce((a, b) => a + b, 0), size };
}

describe('gradients agree with finite differences', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await ortEngine();
  });
  test.each(Object.keys(cases))('%s', async (name) => {
    const size = fc.integer({ min: 1, max: 4 });
    await fc.assert(
      fc.asyncProperty(size, size, size, fc.integer({ min: 0 }), async (a, b, c, seed) => {
        const { numeric, analytic, size } = await slopes(engine, cases[name]!, [a, b, c], seed);
        expect(Math.abs(numeric - analytic)).toBeLessThan(4e-3 * size);
      }),
      { numRuns: 15, seed: 1 },
    );
  });
  test('a value used twice gathers both gradients; what was not asked for is not computed', async () => {
    const g = graph();
    const x = g.input('x', [2]);
    const other = g.input('other', [2]);
    const loss = sum(mul(mul(x, x), other));
    const before = g.bytes().length;
    const [dx] = gradients(loss, [x]);
    g.output('dx', dx!);
    expect(g.bytes().length - before).toBeLessThan(700);
    const data = new Float32Array(2);
    const program = await engine.compile(g.bytes());
    const shape = [2];
    await program.bind(
      { x: { data: Float32Array.of(3, 4), shape }, other: { data: Float32Array.of(1, 10), shape } },
      { dx: { data, shape } },
    )();
    expect([...data]).toEqual([6, 80]);
  });
  test('a gradient by something the loss does not depend on is refused', () => {
    const g = graph();
    expect(() => gradients(sum(g.input('x', [2])), [g.input('y', [2])])).toThrow('does not depend on "y"');
    expect(() => gradients(g.input('z', [2]), [])).toThrow('needs a seed');
  });
  test('shapes that do not fit are refused while building', () => {
    const g = graph();
    const [x, y] = [g.input('x', [2, 3]), g.input('y', [4, 2])];
    expect(() => add(x, y)).toThrow('[2,3] and [4,2] do not broadcast');
    expect(() => linear(x, y)).toThrow('do not fit');
    expect(() => reshape(x, [5])).toThrow('cannot reshape');
  });
});

test('gathered rows are differentiated as rows', async () => {
  const g = graph();
  const rows = gatherRows(g.input('table', [5, 2]), g.input('ids', [3], 'int32'));
  const [d] = gradients(sum(square(rows)), [rows]);
  g.output('d', d!);
  const data = new Float32Array(6);
  const program = await (await ortEngine()).compile(g.bytes());
  await program.bind(
    {
      table: { data: Float32Array.from({ length: 10 }, (_, i) => i), shape: [5, 2] },
      ids: { data: Int32Array.of(4, 0, 4), shape: [3] },
    },
    { d: { data, shape: [3, 2] } },
  )();
  expect([...data]).toEqual([16, 18, 0, 2, 16, 18]);
});
