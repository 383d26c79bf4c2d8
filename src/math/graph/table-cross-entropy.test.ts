import { expect, test } from 'vitest';
import { ortEngine } from '../../adapters/index.ts';
import { rng } from '../../core/index.ts';
import { add, mul } from './elementwise.ts';
import { gatherColumns, gatherRows } from './gather.ts';
import { graph } from './graph.ts';
import { linearTransposed } from './matrix.ts';
import { sum } from './reduce.ts';
import { gradients } from './reverse-mode.ts';
import { concat } from './shape.ts';
import { logSoftmax } from './softmax.ts';
import { sampledCrossEntropy, tableCrossEntropy } from './table-cross-entropy.ts';

const [n, width, rows] = [5, 4, 7];
const chance = rng('table-cross-entropy');
const draw = (count: number): Float32Array => Float32Array.from({ length: count }, () => chance.normal());
const x = { data: draw(n * width), shape: [n, width] };
const table = { data: draw(rows * width), shape: [rows, width] };
const targets = { data: Int32Array.of(3, 0, 3, 6, 1), shape: [n] };
const weights = { data: Float32Array.of(0.5, 0.1, 0, 0.3, 0.1), shape: [n, 1] };

function close(found: Float32Array, wanted: Float32Array): void {
  expect(found.length).toBe(wanted.length);
  wanted.forEach((value, i) => {
    expect(found[i]).toBeCloseTo(value, 5);
  });
}

test('is the weighted mean of -log softmax, and has its gradients', async () => {
  const g = graph();
  const [xIn, tableIn] = [g.input('x', x.shape), g.input('table', table.shape)];
  const [targetsIn, weightsIn] = [g.input('targets', [n], 'int32'), g.input('weights', [n, 1])];
  const { loss, targetRows } = tableCrossEntropy(xIn, tableIn, targetsIn, weightsIn);
  const column = g.node('Reshape', [targetsIn, g.integers([n, 1])], [n, 1]);
  const logs = gatherColumns(logSoftmax(linearTransposed(xIn, tableIn)), column);
  const plain = mul(sum(mul(logs, weightsIn)), -1);
  const own = gradients(loss, [xIn, tableIn, targetRows]);
  const wanted = gradients(plain, [xIn, tableIn]);
  const out = {
    loss: { data: new Float32Array(1), shape: [] },
    plain: { data: new Float32Array(1), shape: [] },
    dx: { data: new Float32Array(n * width), shape: x.shape },
    dTable: { data: new Float32Array(rows * width), shape: table.shape },
    dTargets: { data: new Float32Array(n * width), shape: x.shape },
    wantedX: { data: new Float32Array(n * width), shape: x.shape },
    wantedTable: { data: new Float32Array(rows * width), shape: table.shape },
  };
  const values = {
    loss,
    plain,
    dx: own[0]!,
    dTable: own[1]!,
    dTargets: own[2]!,
    wantedX: wanted[0]!,
    wantedTable: wanted[1]!,
  };
  for (const [name, value] of Object.entries(values)) g.output(name, value);
  await (await (await ortEngine()).compile(g.bytes())).bind({ x, table, targets, weights }, out)();
  close(out.loss.data, out.plain.data);
  close(out.dx.data, out.wantedX.data);
  targets.data.forEach((row, i) => {
    for (let j = 0; j < width; j++) out.dTable.data[row * width + j]! += out.dTargets.data[i * width + j]!;
  });
  close(out.dTable.data, out.wantedTable.data);
});

test.each([3, 12])(
  'against a sample it is the softmax over the right one and the sample, which stands for %i',
  async (others) => {
    const g = graph();
    const [xIn, tableIn] = [g.input('x', x.shape), g.input('table', table.shape)];
    const [targetsIn, weightsIn] = [g.input('targets', [n], 'int32'), g.input('weights', [n, 1])];
    const targetRows = gatherRows(tableIn, targetsIn);
    const sampled = g.input('sampled', [3, width]);
    const loss = sampledCrossEntropy(xIn, targetRows, sampled, weightsIn, others);
    const ownLogit = sum(mul(xIn, targetRows), { axes: [1], keep: true });
    const all = logSoftmax(concat([ownLogit, add(linearTransposed(xIn, sampled), Math.log(others / 3))], 1));
    const first = g.nodes('Cast', [g.constant(0, [n, 1])], [{ shape: [n, 1], type: 'int32' }], { to: 6 })[0]!;
    const plain = mul(sum(mul(gatherColumns(all, first), weightsIn)), -1);
    const own = gradients(loss, [xIn, targetRows, sampled]);
    const wanted = gradients(plain, [xIn, targetRows, sampled]);
    const shapes = [x.shape, x.shape, [3, width]];
    const out: Record<string, { data: Float32Array; shape: readonly number[] }> = {
      loss: { data: new Float32Array(1), shape: [] },
      plain: { data: new Float32Array(1), shape: [] },
    };
    g.output('loss', loss);
    g.output('plain', plain);
    shapes.forEach((shape, i) => {
      for (const [name, list] of [
        ['own', own],
        ['wanted', wanted],
      ] as const) {
        out[`${name}${i}`] = { data: new Float32Array(shape[0]! * shape[1]!), shape };
        g.output(`${name}${i}`, list[i]!);
      }
    });
    const inputs = { x, table, targets, weights, sampled: { data: draw(3 * width), shape: [3, width] } };
    await (await (await ortEngine()).compile(g.bytes())).bind(inputs, out)();
    close(out.loss!.data, out.plain!.data);
    for (let i = 0; i < 3; i++) close(out[`own${i}`]!.data, out[`wanted${i}`]!.data);
  },
);

test('shapes that do not fit are refused', () => {
  const g = graph();
  const [a, b] = [g.input('a', [5, 4]), g.input('b', [7, 3])];
  const [t, w] = [g.input('t', [5], 'int32'), g.input('w', [5, 1])];
  expect(() => tableCrossEntropy(a, b, t, w)).toThrow('do not fit');
  expect(() => sampledCrossEntropy(a, a, b, w)).toThrow('do not fit');
});
