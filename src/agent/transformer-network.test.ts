import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ortEngine } from '../adapters/index.ts';
import { rng } from '../core/index.ts';
import { gradientTensors, loadKernels, parameters, parameterTensors, type Tensor } from '../math/index.ts';
import {
  hiddenPlace,
  type TransformerShape,
  transformerParameters,
  transformerTraining,
} from './transformer-network.ts';

/** How the fixture was made stands in its first field. */
const reference: {
  shape: TransformerShape;
  rows: number;
  length: number;
  items: number[];
  taken: number[];
  kinds: number[];
  targets: number[];
  weights: number[];
  keep: Record<string, number[]>;
  loss: number;
  parameters: Record<string, { value: number[]; gradient: number[] }>;
  table: { value: number[]; gradient: number[] };
} = JSON.parse(readFileSync(new URL('transformer-network.fixture.json', import.meta.url), 'utf8'));

test('loss and gradients are those of PyTorch, with padding, kinds of events and dropout', async () => {
  const { shape: s, rows, length } = reference;
  const n = rows * length;
  const of = parameters(transformerParameters(s), rng(1), loadKernels({ bytes: 2 ** 20 }));
  expect(of.entries.map(({ name }) => name).sort()).toEqual(Object.keys(reference.parameters).sort());
  for (const { name, offset } of of.entries) of.values.set(reference.parameters[name]!.value, offset);
  const floats = (data: ArrayLike<number>, shape: readonly number[]): Tensor => ({
    data: Float32Array.from(data),
    shape,
  });
  const kinds = new Float32Array(n * s.kinds);
  reference.kinds.forEach((kind, i) => {
    if (kind >= 0) kinds[i * s.kinds + kind] = 1;
  });
  const out = {
    loss: { data: new Float32Array(1), shape: [] },
    ...gradientTensors(of),
    'rows.items': { data: new Float32Array(n * s.width), shape: [n, s.width] },
    'rows.targets': { data: new Float32Array(n * s.width), shape: [n, s.width] },
    'rows.table': { data: new Float32Array(s.items * s.width), shape: [s.items, s.width] },
  };
  const program = await (await ortEngine()).compile(transformerTraining(s, of, rows, length, true));
  await program.bind(
    {
      ...parameterTensors(of),
      table: floats(reference.table.value, [s.items, s.width]),
      'history.items': { data: Int32Array.from(reference.items), shape: [n] },
      'history.kinds': { data: kinds, shape: [n, s.kinds] },
      'history.padding': floats(
        reference.taken.map((taken) => (taken === 1 ? 0 : hiddenPlace)),
        [rows, 1, 1, length],
      ),
      targets: { data: Int32Array.from(reference.targets), shape: [n] },
      weights: floats(reference.weights, [n, 1]),
      ...Object.fromEntries(
        Object.entries(reference.keep).map(([name, mask]) => [name, floats(mask, [n, mask.length / n])]),
      ),
    },
    out,
  )();
  expect(out.loss.data[0]).toBeCloseTo(reference.loss, 5);
  for (const { name, offset, size } of of.entries)
    near(of.gradients.subarray(offset, offset + size), reference.parameters[name]!.gradient, name);
  const table = out['rows.table'].data;
  for (const [numbers, gradient] of [
    [reference.items, out['rows.items'].data],
    [reference.targets, out['rows.targets'].data],
  ] as const)
    numbers.forEach((item, i) => {
      for (let j = 0; j < s.width; j++) table[item * s.width + j]! += gradient[i * s.width + j]!;
    });
  near(table, reference.table.gradient, 'table');
});

function near(found: Float32Array, wanted: readonly number[], name: string): void {
  expect(found.length, name).toBe(wanted.length);
  wanted.forEach((value, i) => {
    expect(Math.abs(found[i]! - value), `${name} ${i}`).toBeLessThan(1e-5 * Math.max(1, Math.abs(value)));
  });
}
