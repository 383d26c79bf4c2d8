import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ortEngine, ortWebEngine } from '../../adapters/index.ts';
import { add, huber, mul, relu, sigmoid, sub, tanh } from './elementwise.ts';
import { gatherColumns } from './gather.ts';
import { graph, type Value } from './graph.ts';
import { layerNorm } from './layer-norm.ts';
import { linear, matmul } from './matrix.ts';
import { logSumExp, mean } from './reduce.ts';
import { gradients } from './reverse-mode.ts';
import { reshape } from './shape.ts';
import { softmax } from './softmax.ts';

/** How the fixture was made stands in its first field; the numbers are float64, written with nine digits. */
const reference: {
  target: number[];
  label: number[];
  loss: number;
  parameters: Record<string, { shape: number[]; value: number[]; gradient: number[] }>;
} = JSON.parse(readFileSync(new URL('reference.fixture.json', import.meta.url), 'utf8'));

function model(): Uint8Array {
  const g = graph();
  const p = Object.fromEntries(
    Object.entries(reference.parameters).map(([name, { shape }]) => [name, g.input(name, shape)]),
  ) as Record<'x' | 'wq' | 'wk' | 'wv' | 'gain' | 'bias' | 'w1' | 'b1' | 'w2' | 'b2', Value>;
  const attention = softmax(matmul(linear(p.x, p.wq), linear(p.x, p.wk), { transposeB: true, scale: 0.5 }));
  const h = reshape(layerNorm(add(p.x, matmul(attention, linear(p.x, p.wv))), p.gain, p.bias), [6, 4]);
  const z = linear(h, p.w1, p.b1);
  const y = linear(add(relu(z), mul(tanh(z), sigmoid(z))), p.w2, p.b2);
  const target = g.constant(Float32Array.from(reference.target), [6, 3]);
  const crossEntropy = sub(logSumExp(y), gatherColumns(y, g.input('label', [6, 1], 'int32')));
  const loss = add(mean(huber(sub(y, target))), mean(crossEntropy));
  g.output('loss', loss);
  const names = Object.keys(p);
  gradients(loss, Object.values(p)).forEach((gradient, i) => {
    g.output(`d.${names[i]}`, gradient);
  });
  return g.bytes();
}

test.each([
  ['onnxruntime-node', ortEngine],
  ['onnxruntime-web', ortWebEngine],
])(
  'a small transformer on %s has the loss and gradients of an independent float64 implementation',
  async (_, open) => {
    const program = await (await open()).compile(model());
    const entries = Object.entries(reference.parameters);
    const loss = { data: new Float32Array(1), shape: [] };
    const found = Object.fromEntries(
      entries.map(([name, { shape, value }]) => [
        `d.${name}`,
        { data: new Float32Array(value.length), shape },
      ]),
    );
    await program.bind(
      {
        label: { data: Int32Array.from(reference.label), shape: [6, 1] },
        ...Object.fromEntries(
          entries.map(([name, { shape, value }]) => [name, { data: Float32Array.from(value), shape }]),
        ),
      },
      { loss, ...found },
    )();
    expect(loss.data[0]).toBeCloseTo(reference.loss, 5);
    for (const [name, { gradient }] of entries) {
      const error = gradient.map((x, i) => Math.abs(x - found[`d.${name}`]!.data[i]!));
      expect(Math.max(...error), name).toBeLessThan(2e-6);
    }
  },
);
