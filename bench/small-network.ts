/**
 * `node bench/small-network.ts`: forward and backward of one small tanh network (10 numbers, two layers, 12 numbers) on a
 * minibatch: as a graph on ONNX Runtime, and on the kernels of src/math with and without fused products. One thread, by
 * turns in one process, the fastest of many calls of each. Writes bench/results/small-network.json.
 */
import { ortEngine } from '../src/adapters/index.ts';
import { rng } from '../src/core/index.ts';
import {
  blockRows,
  fours,
  gradientOutputs,
  gradientTensors,
  graph,
  linear,
  loadKernels,
  mul,
  parameterInputs,
  parameters,
  parameterTensors,
  sum,
  tanh,
  tanhTower,
  towerParameters,
  type Value,
} from '../src/math/index.ts';
import { record, rounded } from './record.ts';

const [inputs, outputs] = [12, 12];
type Work = () => Promise<void> | void;
const noise = (n: number): Float32Array => {
  const chance = rng(n);
  return Float32Array.from({ length: n }, () => chance.normal());
};

async function onGraph(batch: number, hidden: number): Promise<Work> {
  const of = parameters(towerParameters('net', [inputs, hidden, hidden, outputs], 1), rng(1), loadKernels());
  const g = graph();
  const p = parameterInputs(g, of);
  let h: Value = g.input('x', [batch, inputs]);
  for (const k of [1, 2]) h = tanh(linear(h, p[`net.w${k}`]!, p[`net.b${k}`]!));
  const y = linear(h, p['net.w3']!, p['net.b3']!);
  gradientOutputs(g, sum(mul(y, g.input('dy', [batch, outputs]))), p);
  return (await (await ortEngine()).compile(g.bytes())).bind(
    {
      ...parameterTensors(of),
      x: { data: noise(batch * inputs), shape: [batch, inputs] },
      dy: { data: noise(batch * outputs), shape: [batch, outputs] },
    },
    gradientTensors(of),
  );
}

function onKernels(batch: number, hidden: number, fused: boolean): Work {
  const kernels = loadKernels({ fused });
  const of = parameters(towerParameters('net', [inputs, hidden, hidden, outputs], 1), rng(1), kernels);
  const x = kernels.floats(blockRows * inputs);
  const tower = tanhTower(kernels, of, 'net', x);
  x.set(noise(blockRows * inputs));
  tower.dy.set(noise(blockRows * outputs));
  return () => {
    tower.refresh();
    of.gradients.fill(0);
    for (let from = 0; from < batch; from += blockRows) {
      const rows = fours(Math.min(blockRows, batch - from));
      tower.forward(rows);
      tower.backward(rows);
    }
  };
}

const rows: Record<string, unknown>[] = [];
for (const hidden of [64, 256])
  for (const batch of [8, 64, 256]) {
    const works: Record<string, Work> = {
      'ONNX Runtime': await onGraph(batch, hidden),
      kernels: onKernels(batch, hidden, false),
      'kernels, fused': onKernels(batch, hidden, true),
    };
    const best: Record<string, number> = {};
    for (let round = 0; round < 300; round++)
      for (const [name, work] of Object.entries(works)) {
        const began = performance.now();
        await work();
        best[name] = Math.min(best[name] ?? Infinity, 1000 * (performance.now() - began));
      }
    const operations = 2 * batch * (2 * inputs * hidden + 3 * hidden * hidden + 3 * hidden * outputs);
    const row = {
      hidden,
      batch,
      ...Object.fromEntries(Object.entries(best).map(([name, us]) => [`${name}: us`, rounded(us)])),
      'kernels, fused: operations a nanosecond': rounded(operations / best['kernels, fused']! / 1000),
      'ONNX Runtime over fused kernels': rounded(best['ONNX Runtime']! / best['kernels, fused']!),
    };
    console.log(JSON.stringify(row));
    rows.push(row);
  }
record('small-network', { command: 'node bench/small-network.ts', data: 'normal noise', seeds: [1], rows });
