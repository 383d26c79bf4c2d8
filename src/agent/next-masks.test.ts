import { expect, test } from 'vitest';
import { ortEngine } from '../adapters/index.ts';
import { observationSpec, readSettings, rng, type TransitionBatch } from '../core/index.ts';
import type { AgentDefinition } from './agent.ts';
import { apTrl } from './ap-trl.ts';
import { cql } from './cql.ts';
import { dqn } from './dqn.ts';
import { nStep } from './n-step.ts';
import { qLearning } from './q-learning.ts';
import { isAllowedNext, replayLayout, rowOf } from './replay-buffer.ts';
import { readModel, writeModel } from './saved-model.ts';
import { sqn } from './sqn.ts';

/**
 * Two steps. From the first, choice 0 brings .2 at once and leads where choice 2 is forbidden; choice 1 brings nothing and leads
 * where it is allowed. What follows looks the same, and there choice 2 brings 1, the others .3. So choice 1 is better,
 * .9 x 1 to .2 + .9 x .3, but for whoever takes the best next choice of all.
 */
function twoSteps(n: number, choices: number): TransitionBatch {
  const stream = rng('two steps');
  const first = Uint8Array.from({ length: n }, () => stream.int(2));
  const actions = Int32Array.from(first, (is) => stream.int(is ? 2 : 3));
  // More than three choices are there, but never allowed.
  const nextMasks = Uint8Array.from({ length: choices * n }, (_, at) => Number(at % choices < 3));
  first.forEach((is, i) => {
    if (is && actions[i] === 0) nextMasks[choices * i + 2] = 0;
  });
  return {
    n,
    observations: Float32Array.from(first, (is) => 2 - is),
    actions,
    nextMasks,
    masks: Uint8Array.from(nextMasks, () => 1),
    logProbs: Float32Array.from(first, (is) => -Math.log(is ? 2 : 3)),
    rewards: Float32Array.from(actions, (a, i) => (first[i] ? [0.2, 0][a]! : a === 2 ? 1 : 0.3)),
    nextObservations: new Float32Array(n).fill(2),
    discounts: Float32Array.from(first, (is) => 0.9 * is),
    terminated: Uint8Array.from(first, (is) => 1 - is),
    truncated: new Uint8Array(n),
  };
}

const network = {
  hidden: 32,
  learningRate: 0.005,
  epsilonMin: 0,
  epsilon: 0,
  batchSize: 32,
  updatesPerStep: 1,
  targetEvery: 25,
  averaging: 0,
  optimiser: 'adam',
};
const cases: readonly (readonly [
  name: string,
  definition: unknown,
  given: Readonly<Record<string, unknown>>,
  choices: number,
])[] = [
  ['q-learning', qLearning, { epsilon: 0 }, 3],
  ['dqn on its own kernels', dqn, { ...network, learningStarts: 64 }, 3],
  ['dqn, double, on its own kernels', dqn, { ...network, learningStarts: 64, double: true }, 3],
  // More than 64 choices are learned by the engine, and more than 24 take more numbers of a replayed row.
  ['dqn on the engine', dqn, { ...network, learningStarts: 64 }, 70],
  ['dqn, double, on the engine', dqn, { ...network, learningStarts: 64, double: true }, 70],
  ['cql', cql, { alpha: 0.01, learningRate: 0.005, passes: 40, batchSize: 64, targetRate: 0.05 }, 3],
];
// Agents that read histories see the same as the item that was taken last, too.
const fineTuned = {
  learningStarts: 64,
  learningRate: 0.005,
  bodyLearningRate: 0.005,
  batchSize: 32,
  updatesPerStep: 1,
  targetEvery: 25,
  averaging: 0,
  width: 8,
  places: 1,
};
const readers: typeof cases = [
  ['sqn', sqn, fineTuned, 3],
  ['sqn, double', sqn, { ...fineTuned, double: true }, 30],
  ['ap-trl', apTrl, { tuples: 0 }, 3],
];
for (const [name, definition, given, choices] of [...cases, ...readers])
  test(`${name}: the maximum of the target is over what is allowed next`, async () => {
    const { settings, create } = definition as AgentDefinition;
    const read = readSettings(settings, given);
    if (!read.ok) throw new Error(read.error.message);
    const reads = readers.some(([reader]) => reader === name);
    const part = { kind: 'index' as const, size: 1, n: 2 };
    const context = {
      observation: observationSpec([
        { ...part, name: 'step' },
        ...(reads ? [{ ...part, name: 'history.items' }] : []),
      ]),
      action: { kind: 'choice' as const, n: choices },
      rng: rng(1),
      engine: await ortEngine(),
    };
    const rows = (steps: Float32Array): Float32Array =>
      reads ? Float32Array.from({ length: 2 * steps.length }, (_, at) => steps[at >> 1]!) : steps;
    const agent = await create(context, read.value);
    const steps = twoSteps(1200, choices);
    const batch = {
      ...steps,
      observations: rows(steps.observations),
      nextObservations: rows(steps.nextObservations),
    };
    if (agent.consumes === 'decisions') await agent.fit(batch);
    else if (agent.consumes === 'transitions') await agent.learn(batch);
    const { values } = await agent.policy().evaluate(rows(Float32Array.of(1)), 1);
    expect(values[1]).toBeGreaterThan(values[0]!);
    if (name !== 'cql') expect(values[0]).toBeCloseTo(0.2 + 0.9 * 0.3, 0.5);
  });

test('a return over several steps ends in what its last step allows', () => {
  const layout = replayLayout(1, 1, 30);
  const returns = nStep(2, layout);
  const row = new Float32Array(layout.width);
  const batch = {
    n: 2,
    observations: Float32Array.of(1, 2),
    actions: Int32Array.of(0, 0),
    rewards: Float32Array.of(1, 1),
    nextObservations: Float32Array.of(2, 3),
    discounts: Float32Array.of(1, 1),
    terminated: new Uint8Array(2),
    truncated: new Uint8Array(2),
    nextMasks: Uint8Array.from({ length: 60 }, (_, at) => (at < 30 ? at % 2 : Number(at % 3 === 0))),
  };
  const complete: Float32Array[] = [];
  for (let i = 0; i < 2; i++) returns.push(rowOf(batch, i, layout, row), false, (one) => complete.push(one));
  expect(complete).toHaveLength(1);
  for (let c = 0; c < 30; c++) expect(isAllowedNext(complete[0]!, layout, c)).toBe(c % 3 === 0);
});

test('a dqn that was stored before it kept what is allowed next learns on', async () => {
  const read = readSettings(dqn.settings, { ...network, learningStarts: 64, nStep: 2 });
  if (!read.ok) throw new Error(read.error.message);
  const context = {
    observation: observationSpec([{ name: 'step', kind: 'index', size: 1, n: 2 }]),
    action: { kind: 'choice' as const, n: 3 },
    rng: rng(1),
    engine: await ortEngine(),
  };
  const agent = await dqn.create(context, read.value);
  if (agent.consumes !== 'transitions') throw new Error('unreachable');
  await agent.learn(twoSteps(200, 3));
  const { values, arrays } = readModel('dqn', await agent.save());
  const { keepsAllowed: _, ...before } = values;
  const width = 2 + 1 + 3 + 1;
  const without = (rows: Float32Array): Float32Array => rows.filter((_, i) => i % width !== width - 1);
  const old = writeModel('dqn', {
    values: before,
    arrays: {
      ...arrays,
      replay: without(arrays.replay as Float32Array),
      'waiting.rows': without(arrays['waiting.rows'] as Float32Array),
    },
  });
  const restored = await dqn.restore(context, read.value, old);
  if (restored.consumes !== 'transitions') throw new Error('unreachable');
  const { updates } = (await restored.learn(twoSteps(100, 3))) as { updates: number };
  expect(updates).toBeGreaterThan(150);
});
