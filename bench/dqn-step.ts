/**
 * One DQN training step (1,000 products, batch 64, 64-128-128-1000, Huber, Adam), beside the prototype's in the same
 * process, alternating, median of 5 rounds.  node bench/dqn-step.ts
 *
 * The prototype is not part of this repository: TENDRIL_PEERS names the directory that holds `engine/`. Its Adam in
 * WebAssembly was not kept, so its forward and backward graph runs with this project's own WebAssembly Adam on all its
 * parameters, the optimiser the prototype had. Two rows of ours: `dense` does the very same work (all 1,000 outputs differentiated, Adam on
 * everything); `dqn` is the agent's own step, which gathers the rows of the actions taken instead.
 */
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ortEngine } from '../src/adapters/index.ts';
import { agentNamed } from '../src/agent/index.ts';
import { observationSpec, readSettings, rng } from '../src/core/index.ts';
import {
  adam,
  add,
  gatherColumns,
  gradientOutputs,
  gradientTensors,
  graph,
  huber,
  linear,
  loadKernels,
  max,
  mean,
  mul,
  type Parameters,
  parameterInputs,
  parameters,
  parameterTensors,
  relu,
  stopGradient,
  sub,
  type Value,
} from '../src/math/index.ts';

const [batch, inputs, hidden, products] = [64, 64, 128, 1000];
type Step = () => Promise<void>;

const uniform = (n: number, seed: number): Float32Array => {
  const chance = rng(seed);
  return Float32Array.from({ length: n }, () => chance.float() - 0.5);
};

async function dense(): Promise<Step> {
  const kernels = loadKernels();
  const weights = parameters(
    {
      w0: { shape: [inputs, hidden], start: 'glorot' },
      b0: { shape: [hidden], start: 0 },
      w1: { shape: [hidden, hidden], start: 'glorot' },
      b1: { shape: [hidden], start: 0 },
      w2: { shape: [hidden, products], start: 'glorot' },
      b2: { shape: [products], start: 0 },
    },
    rng(1),
    kernels,
  );
  const target: Parameters = { ...weights, values: weights.values.slice() };
  const g = graph();
  const network = (p: Record<string, Value>, x: Value): Value => {
    const h = relu(linear(relu(linear(x, p.w0!, p.b0!)), p.w1!, p.b1!));
    return linear(h, p.w2!, p.b2!);
  };
  const online = parameterInputs(g, weights);
  const frozen = parameterInputs(g, target, 'target.');
  const best = max(network(frozen, g.input('next', [batch, inputs])), { axes: [1], keep: true });
  const y = stopGradient(add(g.input('reward', [batch, 1]), mul(best, 0.99)));
  const q = gatherColumns(
    network(online, g.input('state', [batch, inputs])),
    g.input('action', [batch, 1], 'int32'),
  );
  const loss = mean(huber(sub(q, y)));
  gradientOutputs(g, loss, online);
  const run = (await (await ortEngine()).compile(g.bytes())).bind(
    {
      ...parameterTensors(weights),
      ...parameterTensors(target, 'target.'),
      state: { data: uniform(batch * inputs, 3), shape: [batch, inputs] },
      next: { data: uniform(batch * inputs, 4), shape: [batch, inputs] },
      reward: { data: uniform(batch, 5), shape: [batch, 1] },
      action: { data: Int32Array.from({ length: batch }, (_, i) => (i * 37) % products), shape: [batch, 1] },
    },
    gradientTensors(weights),
  );
  const optimiser = adam(weights.values.length, { learningRate: 1e-3 }, kernels);
  return async () => {
    await run();
    optimiser.step(weights.values, weights.gradients);
  };
}

/** The agent as it is used: one transition in, one update. */
async function agentStep(): Promise<Step> {
  const definition = agentNamed('dqn');
  const settings = readSettings(definition.settings, {
    hidden,
    embedding: hidden,
    batchSize: batch,
    learningStarts: 1,
    updatesPerStep: 1,
    watchEvery: 1_000_000,
    double: false,
    dueling: false,
  });
  if (!settings.ok) throw new Error(settings.error.message);
  const agent = await definition.create(
    {
      observation: observationSpec([{ name: 'x', kind: 'real', size: inputs }]),
      action: { kind: 'choice', n: products },
      engine: await ortEngine(),
      rng: rng(1),
    },
    settings.value as never,
  );
  if (agent.consumes !== 'transitions') throw new Error('dqn learns from transitions');
  let step = 0;
  return async () => {
    step++;
    await agent.learn({
      n: 1,
      observations: uniform(inputs, step),
      actions: Int32Array.of((step * 37) % products),
      rewards: uniform(1, step),
      nextObservations: uniform(inputs, step + 1),
      discounts: Float32Array.of(0.99),
      terminated: new Uint8Array(1),
      truncated: new Uint8Array(1),
    });
  };
}

/** The prototype's graph, built by the prototype's own builder, and an Adam over all of its parameters. */
async function prototype(folder: string): Promise<Step> {
  const { AD } = await import(pathToFileURL(join(folder, 'engine/ortad2.mjs')).href);
  const ad = new AD();
  const shapes: [number, number][] = [
    [inputs, hidden],
    [hidden, hidden],
    [hidden, products],
  ];
  // biome-ignore lint/suspicious/noExplicitAny: the prototype has no types
  const network = (of: any, prefix: string, x: any): any =>
    shapes.reduce((h, shape, layer) => {
      const y = of.lin(h, of.param(`w${prefix}${layer}`, shape), of.param(`b${prefix}${layer}`, [shape[1]]));
      return layer < 2 ? of.relu(y) : y;
    }, x);
  const state = ad.input('s', [batch, inputs]);
  const next = ad.input('s2', [batch, inputs]);
  const reward = ad.input('r', [batch]);
  ad.g.in('a', 'int32', [batch, 1]);
  const other = new AD();
  other.g = ad.g;
  const best = ad.n('ReduceMax', [network(other, 't', next), ad.g.ci([1])], [batch], { keepdims: 0 });
  const y = ad.n('Add', [reward, ad.n('Mul', [best, ad.sc(0.99)], [batch])], [batch]);
  const q = network(ad, 'q', state);
  const taken = ad.n('GatherElements', [q, 'a'], [batch, 1], { axis: 1 });
  const error = ad.n('Sub', [ad.n('Squeeze', [taken, ad.g.ci([1])], [batch]), y], [batch]);
  const clipped = ad.n('Clip', [error, ad.sc(-1), ad.sc(1)], [batch]);
  const slope = ad.n(
    'Reshape',
    [ad.n('Mul', [clipped, ad.sc(1 / batch)], [batch]), ad.g.ci([batch, 1])],
    [batch, 1],
  );
  const zeros = ad.v(ad.g.init('zq', [batch, products], new Float32Array(batch * products)), [
    batch,
    products,
  ]);
  ad.back(q, ad.n('ScatterElements', [zeros, 'a', slope], [batch, products], { axis: 1 }));
  for (const p of ad.params) ad.out(ad.grads.get(p.name), `d_${p.name}`);
  const kernels = loadKernels();
  const places: { name: string; shape: number[]; offset: number; size: number }[] = [];
  let total = 0;
  for (const { name, shape } of ad.params) {
    const size = shape.reduce((a: number, b: number) => a * b, 1);
    places.push({ name, shape, offset: total, size });
    total += Math.ceil(size / 16) * 16;
  }
  const [values, gradients] = [kernels.floats(total), kernels.floats(total)];
  values.set(uniform(total, 1).map((x) => x * 0.35));
  const part = (of: Float32Array, { offset, size }: { offset: number; size: number }): Float32Array =>
    of.subarray(offset, offset + size);
  const run = (await (await ortEngine()).compile(ad.g.build())).bind(
    {
      ...Object.fromEntries(places.map((p) => [p.name, { data: part(values, p), shape: p.shape }])),
      ...Object.fromEntries(
        other.params.map(({ name, shape }: { name: string; shape: number[] }) => [
          name,
          {
            data: uniform(
              shape.reduce((a, b) => a * b, 1),
              9,
            ).map((x) => x * 0.35),
            shape,
          },
        ]),
      ),
      s: { data: uniform(batch * inputs, 3), shape: [batch, inputs] },
      s2: { data: uniform(batch * inputs, 4), shape: [batch, inputs] },
      r: { data: uniform(batch, 5), shape: [batch] },
      a: { data: Int32Array.from({ length: batch }, (_, i) => (i * 37) % products), shape: [batch, 1] },
    },
    Object.fromEntries(places.map((p) => [`d_${p.name}`, { data: part(gradients, p), shape: p.shape }])),
  );
  const optimiser = adam(total, { learningRate: 1e-3 }, kernels);
  return async () => {
    await run();
    optimiser.step(values, gradients);
  };
}

async function milliseconds(step: Step, count = 200): Promise<number> {
  const begin = performance.now();
  for (let i = 0; i < count; i++) await step();
  return (performance.now() - begin) / count;
}

const median = (list: readonly number[]): number => list.toSorted((a, b) => a - b)[list.length >> 1]!;

const peers = process.env.TENDRIL_PEERS;
const steps: Record<string, Step> = { dense: await dense(), dqn: await agentStep() };
if (peers && existsSync(join(peers, 'engine/ortad2.mjs'))) steps.prototype = await prototype(peers);
else console.error('TENDRIL_PEERS is not set to a directory with engine/: the prototype is skipped');

const times: Record<string, number[]> = Object.fromEntries(Object.keys(steps).map((name) => [name, []]));
for (const step of Object.values(steps)) await milliseconds(step, 50);
for (let round = 0; round < 5; round++)
  for (const [name, step] of Object.entries(steps)) times[name]!.push(await milliseconds(step));
const rows = Object.entries(times).map(([name, list]) => ({
  name,
  'ms a step': Number(median(list).toFixed(3)),
  ...(times.prototype && { ratio: Number((median(list) / median(times.prototype)).toFixed(2)) }),
}));
console.log(
  JSON.stringify({
    command: 'node bench/dqn-step.ts',
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus()[0]!.model}, ${cpus().length} cores`,
    node: process.version,
    data: 'uniform noise',
    seed: 1,
    rows,
  }),
);
