import { expect, test } from 'vitest';
import { ortEngine } from '../../adapters/index.ts';
import { rng } from '../../core/index.ts';
import { add, mul } from './elementwise.ts';
import { gatherColumns, gatherRows } from './gather.ts';
import { graph, type Value } from './graph.ts';
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

// Whole and sampled gradients of the table, both times x: what they say of x follows from that.
test.each([0, 2, 5])(
  'uniform negatives: the mean gradient is that of the whole softmax where they miss the right one, and shortened by hits no more than by their share (lead %i)',
  async (lead) => {
    const [items, k, draws] = [40, 8, 4000];
    const own = rng(`sampled ${lead}`);
    const data = Float32Array.from({ length: items * width }, () => 0.3 * own.normal());
    const row = Float32Array.from({ length: width }, () => own.normal());
    const square = row.reduce((total, value) => total + value * value, 0);
    for (let j = 0; j < width; j++) data[j]! += (lead * row[j]!) / square;
    const engine = await ortEngine();
    const bind = async (make: (g: ReturnType<typeof graph>, h: Value, all: Value) => readonly Value[]) => {
      const g = graph();
      const found = make(g, g.input('x', [1, width]), g.input('table', [items, width]));
      const outputs = found.map((value) => ({
        data: new Float32Array(value.shape.reduce((size, axis) => size * axis, 1)),
        shape: value.shape,
      }));
      found.forEach((value, i) => {
        g.output(`${i}`, value);
      });
      const inputs = {
        x: { data: row, shape: [1, width] },
        table: { data, shape: [items, width] },
        target: { data: Int32Array.of(0), shape: [1] },
        one: { data: Float32Array.of(1), shape: [1, 1] },
      };
      const program = await engine.compile(g.bytes());
      return {
        outputs,
        run: (more = {}) => program.bind({ ...inputs, ...more }, Object.fromEntries(outputs.entries())),
      };
    };
    const whole = await bind((g, h, all) => {
      const made = tableCrossEntropy(h, all, g.input('target', [1], 'int32'), g.input('one', [1, 1]));
      return gradients(made.loss, [all, made.targetRows]);
    });
    await whole.run()();
    const wanted = Float64Array.from(whole.outputs[0]!.data);
    for (let j = 0; j < width; j++) wanted[j]! += whole.outputs[1]!.data[j]!;
    const drawn = new Int32Array(k);
    const sampled = await bind((g, h, all) => {
      const target = gatherRows(all, g.input('target', [1], 'int32'));
      const others = gatherRows(all, g.input('drawn', [k], 'int32'));
      const loss = sampledCrossEntropy(h, target, others, g.input('one', [1, 1]), items - 1);
      return gradients(loss, [target, others]);
    });
    const run = sampled.run({ drawn: { data: drawn, shape: [k] } });
    const [every, missing] = [new Float64Array(items * width), new Float64Array(items * width)];
    let missed = 0;
    for (let draw = 0; draw < draws; draw++) {
      for (let s = 0; s < k; s++) drawn[s] = own.int(items);
      await run();
      const miss = Number(!drawn.includes(0));
      missed += miss;
      [0, ...drawn].forEach((item, at) => {
        const from = sampled.outputs[at === 0 ? 0 : 1]!.data;
        for (let j = 0; j < width; j++) {
          const value = from[Math.max(0, at - 1) * width + j]!;
          every[item * width + j]! += value / draws;
          missing[item * width + j]! += miss * value;
        }
      });
    }
    const dot = (a: Float64Array, b: Float64Array): number => a.reduce((total, v, i) => total + v * b[i]!, 0);
    const length = (a: Float64Array): number => Math.sqrt(dot(a, a));
    const apart = missing.map((value, i) => value / missed - wanted[i]!);
    expect(length(apart) / length(wanted)).toBeLessThan(0.04);
    expect(dot(every, wanted) / length(every) / length(wanted)).toBeGreaterThan(0.999);
    const kept = length(every) / length(wanted);
    expect(kept).toBeGreaterThan(1 - k / items);
    expect(kept).toBeLessThan(lead > 0 ? 0.95 : 1);
  },
);

test('shapes that do not fit are refused', () => {
  const g = graph();
  const [a, b] = [g.input('a', [5, 4]), g.input('b', [7, 3])];
  const [t, w] = [g.input('t', [5], 'int32'), g.input('w', [5, 1])];
  expect(() => tableCrossEntropy(a, b, t, w)).toThrow('do not fit');
  expect(() => sampledCrossEntropy(a, a, b, w)).toThrow('do not fit');
});
