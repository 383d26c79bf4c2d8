import { describe, expect, test } from 'vitest';
import { ortEngine } from '../adapters/index.ts';
import { rng } from '../core/index.ts';
import { embeddingTable } from './embedding-table.ts';
import { relu, square, sub } from './graph/elementwise.ts';
import { graph } from './graph/graph.ts';
import { linear } from './graph/matrix.ts';
import { mean } from './graph/reduce.ts';
import type { Kernels } from './kernels/kernels.ts';
import { plainKernels } from './kernels/plain-kernels.ts';
import { adam, clipScale, type Optimiser, rmsProp, sgd } from './optimiser.ts';
import {
  gradientOutputs,
  gradientTensors,
  parameterInputs,
  parameters,
  parameterTensors,
} from './parameters.ts';

/** Fits y = |x1| - x2 with one hidden layer: forward, backward and optimiser end to end. */
async function fit(
  make: (size: number, kernels: Kernels) => Optimiser,
  steps: number,
): Promise<{ losses: number[]; values: Float32Array }> {
  const kernels = plainKernels();
  const weights = parameters(
    {
      w1: { shape: [2, 16], start: 'he' },
      b1: { shape: [16], start: 0 },
      w2: { shape: [16, 1], start: 'glorot' },
      b2: { shape: [1], start: 0 },
    },
    rng(1),
    kernels,
  );
  const g = graph();
  const p = parameterInputs(g, weights);
  const hidden = relu(linear(g.input('x', [32, 2]), p.w1!, p.b1!));
  const loss = mean(square(sub(linear(hidden, p.w2!, p.b2!), g.input('y', [32, 1]))));
  g.output('loss', loss);
  gradientOutputs(g, loss, p);
  const x = new Float32Array(64);
  const y = new Float32Array(32);
  const out = new Float32Array(1);
  const run = (await (await ortEngine()).compile(g.bytes())).bind(
    { x: { data: x, shape: [32, 2] }, y: { data: y, shape: [32, 1] }, ...parameterTensors(weights) },
    { loss: { data: out, shape: [] }, ...gradientTensors(weights) },
  );
  const optimiser = make(weights.values.length, kernels);
  const chance = rng(2);
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    for (let i = 0; i < 32; i++) {
      x[2 * i] = chance.normal();
      x[2 * i + 1] = chance.normal();
      y[i] = Math.abs(x[2 * i]!) - x[2 * i + 1]!;
    }
    await run();
    losses.push(out[0]!);
    optimiser.step(weights.values, weights.gradients);
  }
  return { losses, values: weights.values };
}

test('a small network learns, by Adam and by plain gradient descent, and the same way each time', async () => {
  const byAdam = await fit((size, kernels) => adam(size, { learningRate: 0.02 }, kernels), 300);
  expect(byAdam.losses[0]).toBeGreaterThan(0.5);
  expect(byAdam.losses.at(-1)).toBeLessThan(0.02);
  const bySgd = await fit((_, kernels) => sgd({ learningRate: 0.05 }, kernels), 600);
  expect(bySgd.losses.at(-1)).toBeLessThan(0.05);
  expect((await fit((size, kernels) => adam(size, { learningRate: 0.02 }, kernels), 300)).values).toEqual(
    byAdam.values,
  );
});

describe('optimisers', () => {
  test('the first Adam step is the learning rate against the sign of the gradient', () => {
    const values = Float32Array.of(1, 1, 1);
    adam(3, { learningRate: 0.1 }, plainKernels()).step(values, Float32Array.of(5, -0.001, 0));
    expect([...values].map((x) => Math.round(x * 1e4) / 1e4)).toEqual([0.9, 1.1, 1]);
  });
  test('RMSProp divides by the root of the mean square, and a schedule may give another rate', () => {
    const values = Float32Array.of(0);
    const optimiser = rmsProp(1, { learningRate: 0.1 }, plainKernels());
    // As PyTorch: v = .01 g^2, then .99 v + .01 g^2.
    optimiser.step(values, Float32Array.of(2));
    expect(values[0]).toBeCloseTo((-0.1 * 2) / (0.2 + 1e-5), 5);
    optimiser.step(values, Float32Array.of(2), 1, 0.01);
    expect(values[0]).toBeCloseTo((-0.1 * 2) / (0.2 + 1e-5) - (0.01 * 2) / Math.sqrt(0.04 * 1.99), 4);
  });
  test('clipping scales long gradients to the limit and leaves short ones alone', () => {
    expect(clipScale(25, 1)).toBeCloseTo(0.2, 12);
    expect(clipScale(25, 10)).toBe(1);
    expect(clipScale(25, 0)).toBe(1);
    const values = Float32Array.of(0, 0);
    sgd({ learningRate: 1 }, plainKernels()).step(values, Float32Array.of(3, 4), clipScale(25, 1));
    expect(values[0]).toBeCloseTo(-0.6, 6);
    expect(values[1]).toBeCloseTo(-0.8, 6);
  });
});

describe('an embedding table', () => {
  test('adds gradients up by row and moves only the rows touched', () => {
    const table = embeddingTable(4, 2, 0, rng(1), plainKernels());
    table.accumulate(Int32Array.of(2, 0, 2), Float32Array.of(1, 2, 3, 4, 5, 6));
    expect(table.squaredNorm()).toBe(36 + 64 + 9 + 16);
    table.step('sgd', { learningRate: 1 }, 0.5);
    expect([...table.values].map((x) => x + 0)).toEqual([-1.5, -2, 0, 0, -3, -4, 0, 0]);
    expect(table.squaredNorm()).toBe(0);
  });
  test('gives the rows it moves a length where one is asked for; a row of zeros has no direction', () => {
    const table = embeddingTable(3, 2, 0, rng(1), plainKernels());
    table.values.set([1, 2, 3, 4]);
    table.accumulate(Int32Array.of(1, 2), Float32Array.of(0, 0, 0, 0));
    table.step('sgd', { learningRate: 1 }, 1, 10);
    expect([...table.values].map((x) => x + 0)).toEqual([1, 2, 6, 8, 0, 0]);
  });
  test('touching every row is the same as Adam on the whole', () => {
    const table = embeddingTable(3, 2, 1, rng(1), plainKernels());
    const whole = table.values.slice();
    const optimiser = adam(6, { learningRate: 0.1 }, plainKernels());
    for (let step = 0; step < 3; step++) {
      const rows = Float32Array.from({ length: 6 }, (_, i) => Math.sin(i + step));
      table.accumulate(Int32Array.of(0, 1, 2), rows);
      table.step('adam', { learningRate: 0.1 });
      optimiser.step(whole, rows);
    }
    expect([...table.values]).toEqual([...whole]);
  });
});
