/**
 * `node bench/tabular.ts`: what `q-learning` reaches on the tabular worlds from uniformly random behaviour, each policy
 * evaluated exactly by dynamic programming, beside the optimum. Writes bench/results/tabular.json.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { agentNamed } from '../src/agent/index.ts';
import { readSettings, rng } from '../src/core/index.ts';
import { greedyChoices, optimalValue, policyValue } from '../src/eval/index.ts';
import { worldNamed } from '../src/world/index.ts';

const seeds = Array.from({ length: 20 }, (_, i) => i + 1);
const runs = [
  { world: 'chain-v1', options: {}, steps: 1e5, discount: 0.99, learningRate: 0.2, learningRateDecay: 0.01 },
  {
    world: 'frozen-lake-v1',
    options: {},
    steps: 5e6,
    discount: 0.99,
    learningRate: 0.2,
    learningRateDecay: 0.002,
  },
  {
    world: 'frozen-lake-v1',
    options: { map: '8x8' },
    steps: 1e7,
    discount: 0.997,
    learningRate: 0.2,
    learningRateDecay: 0.002,
  },
  { world: 'taxi-v3', options: {}, steps: 2e6, discount: 1, learningRate: 0.5, learningRateDecay: 0 },
  {
    world: 'cliff-walking-v1',
    options: {},
    steps: 5e5,
    discount: 1,
    learningRate: 0.5,
    learningRateDecay: 0,
  },
];

const rows = [];
for (const { world: id, options, steps, discount, ...given } of runs) {
  const model = worldNamed(id).model!(options);
  const values: number[] = [];
  const seconds: number[] = [];
  for (const seed of seeds) {
    const began = performance.now();
    values.push(await train(id, options, given, steps, discount, seed));
    seconds.push((performance.now() - began) / 1000);
  }
  const row = {
    world: id,
    options,
    settings: { ...given, discount, steps, exploration: 'uniform' },
    optimum: optimalValue(model),
    mean: values.reduce((sum, v) => sum + v, 0) / values.length,
    worst: Math.min(...values),
    best: Math.max(...values),
    secondsMedian: seconds.sort((a, b) => a - b)[Math.floor(seconds.length / 2)],
    values,
  };
  rows.push(row);
  console.log(JSON.stringify(row));
}

const results = join(import.meta.dirname, 'results');
mkdirSync(results, { recursive: true });
writeFileSync(
  join(results, 'tabular.json'),
  `${JSON.stringify(
    {
      command: 'node bench/tabular.ts',
      date: new Date().toISOString().slice(0, 10),
      machine: `${cpus().length} x ${cpus()[0]?.model}`,
      node: process.version,
      data: 'none: simulated worlds',
      seeds,
      rows,
    },
    null,
    2,
  )}\n`,
);

async function train(
  id: string,
  options: Readonly<Record<string, unknown>>,
  given: Readonly<Record<string, unknown>>,
  steps: number,
  discount: number,
  seed: number,
): Promise<number> {
  const n = 1000;
  const world = worldNamed(id).create(n, options);
  const definition = agentNamed('q-learning');
  const settings = readSettings(definition.settings, { ...given, exploration: 'uniform' });
  if (!settings.ok) throw new Error(settings.error.message);
  const { observation, action } = world;
  const agent = await definition.create({ observation, action, rng: rng(seed) }, settings.value);
  if (agent.consumes !== 'transitions' || action.kind !== 'choice') throw new Error('unreachable');
  const behaviour = rng('behaviour').fork(seed);
  const actions = new Int32Array(n);
  const observations = world.reset(seed).slice();
  const nextObservations = new Float32Array(n);
  const discounts = new Float32Array(n);
  for (let done = 0; done < steps; done += n) {
    for (let i = 0; i < n; i++) actions[i] = behaviour.int(action.n);
    const step = world.step(actions);
    for (let i = 0; i < n; i++) {
      const ended = step.terminated[i] || step.truncated[i];
      nextObservations[i] = ended ? step.finalObservations[i]! : step.observations[i]!;
      discounts[i] = step.terminated[i] ? 0 : discount;
    }
    await agent.learn({ ...step, n, observations, actions, nextObservations, discounts });
    observations.set(step.observations);
  }
  const model = worldNamed(id).model!(options);
  return policyValue(model, await greedyChoices(agent.policy(), model.states));
}
