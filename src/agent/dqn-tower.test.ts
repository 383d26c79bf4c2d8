import { expect, test } from 'vitest';
import { observationSpec, rng } from '../core/index.ts';
import type { Engine } from '../math/index.ts';
import { encoder } from './dqn-encoder.ts';
import type { NetworkShape } from './dqn-network.ts';
import { dqnTower } from './dqn-tower.ts';

const [n, inputs, first, second, items, rate] = [9, 3, 10, 7, 3, 1e-3];

const shapeOf = (given: Partial<NetworkShape>): NetworkShape => ({
  mode: 'choice',
  items,
  rows: items,
  options: 1,
  slots: 1,
  dense: inputs,
  history: 0,
  affinity: 0,
  profile: 0,
  content: 0,
  hidden: first,
  width: second,
  dueling: false,
  double: false,
  loss: 'huber',
  choiceWeight: 0,
  shrinkage: 0,
  choiceShrinkage: 0,
  ...given,
});

/** The network from its definition in double precision: `at` says where each parameter begins. */
function values(
  w: ArrayLike<number>,
  x: ArrayLike<number>,
  { dueling, width: second }: NetworkShape,
): number[] {
  const sixteen = (size: number): number => 16 * Math.ceil(size / 16);
  let at = 0;
  const take = (size: number): ((i: number) => number) => {
    const from = at;
    at += sixteen(size);
    return (i) => w[from + i]!;
  };
  const outputs = items + Number(dueling);
  const [w1, b1, w2, b2] = [take(inputs * first), take(first), take(second * first), take(second)];
  const [w3, b3] = [take(outputs * second), take(outputs)];
  const layer = (size: number, b: (i: number) => number, term: (unit: number) => number): number[] =>
    Array.from({ length: size }, (_, unit) => b(unit) + term(unit));
  const dot = (a: ArrayLike<number>, b: (i: number) => number): number =>
    Array.from(a).reduce((sum, one, i) => sum + one * b(i), 0);
  const relu = (all: number[]): number[] => all.map((one) => Math.max(one, 0));
  const h1 = relu(layer(first, b1, (unit) => dot(x, (i) => w1(i * first + unit))));
  const h2 = relu(layer(second, b2, (unit) => dot(h1, (i) => w2(unit * first + i))));
  const z = layer(outputs, b3, (unit) => dot(h2, (i) => w3(unit * second + i)));
  if (!dueling) return z;
  const mean = z.slice(0, items).reduce((sum, one) => sum + one / items, 0);
  return z.slice(0, items).map((one) => z[items]! + one - mean);
}

/** Two parts, both in this thread, as the other never comes up. */
const inParts = { id: 'none', startThread: () => {} } as unknown as Engine;

test.each<[string, Partial<NetworkShape>, Engine?]>([
  ['Huber', {}],
  ['squared, dueling', { loss: 'mse', dueling: true }],
  ['Huber, double, dueling', { double: true, dueling: true }],
  ['Huber, double, dueling, in two parts', { double: true, dueling: true, width: 42 }, inParts],
])('a step goes against the slope of the loss: %s', async (_, given, engine) => {
  const shape = shapeOf(given);
  const chance = rng(5);
  const model = dqnTower({
    shape,
    encoder: encoder(observationSpec([{ name: 'x', kind: 'real', size: inputs }]), {
      scalarsOnly: false,
      historyDecay: 1,
      raw: true,
    }),
    items: undefined,
    contentText: false,
    engine,
    rng: rng(1),
    batchSize: n,
    optimiser: 'sgd',
    options: { learningRate: rate },
    clipNorm: 0,
    averaging: 0,
    threads: engine ? 2 : 1,
  });
  const { batch, state } = model;
  // The target network is another one.
  state.target!.set(state.online!.map(() => chance.normal() / 2));
  for (const array of [batch.before.dense, batch.after.dense, batch.reward])
    for (let i = 0; i < array.length; i++) array[i] = chance.normal();
  batch.reward[0] = 30;
  batch.discount.fill(0.9);
  batch.discount[1] = 0;
  batch.credit.fill(1);
  for (let i = 0; i < n; i++) {
    batch.importance[i] = 0.5 + i / n;
    batch.actions[i] = i % items;
  }

  const row = (from: Float32Array, i: number): Float32Array => from.subarray(i * inputs, (i + 1) * inputs);
  const best = (q: readonly number[]): number => q.indexOf(Math.max(...q));
  const start = state.online!.slice();
  const targets = Array.from({ length: n }, (_, i) => {
    const future = values(state.target!, row(batch.after.dense, i), shape);
    const judge = shape.double ? values(start, row(batch.after.dense, i), shape) : future;
    return batch.reward[i]! + batch.discount[i]! * future[best(judge)]!;
  });
  const lossOf = (w: ArrayLike<number>): number =>
    targets.reduce((sum, y, i) => {
      const error = values(w, row(batch.before.dense, i), shape)[batch.actions[i]!]! - y;
      const size = Math.abs(error);
      const one = shape.loss === 'mse' ? error * error : size < 1 ? (size * size) / 2 : size - 0.5;
      return sum + (batch.importance[i]! * one) / n;
    }, 0);

  const { loss } = await model.update();
  expect(loss).toBeCloseTo(lossOf(start), 3);
  let moved = 0;
  for (let p = 0; p < start.length; p++) {
    const beside = (by: number): number[] => Array.from(start, (one, i) => (i === p ? one + by : one));
    const slope = (lossOf(beside(1e-5)) - lossOf(beside(-1e-5))) / 2e-5;
    expect((start[p]! - state.online![p]!) / rate).toBeCloseTo(slope, 2);
    if (Math.abs(slope) > 0.01) moved++;
  }
  expect(moved).toBeGreaterThan(50);
  const { scores } = await model.score(batch.before.dense, n);
  values(state.online!, row(batch.before.dense, 4), shape).forEach((q, a) => {
    expect(scores[4 * items + a]).toBeCloseTo(q, 4);
  });
});
