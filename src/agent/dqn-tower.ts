import {
  adam,
  clipScale,
  loadKernels,
  type Matrix,
  type ParameterSpec,
  parameters,
  sgd,
  sparseProductRoom,
} from '../math/index.ts';
import { encodedRows } from './dqn-encoder.ts';
import type { Model, ModelOptions } from './dqn-model.ts';
import type { NetworkShape } from './dqn-network.ts';

/**
 * The Q-network where the observation is a row of numbers and the action one of few choices: two ReLU layers and a linear
 * one, its training step written out as products (`sparseProduct`) that skip what a ReLU made zero, half of it and more.
 *
 *   h1 = relu(x w1 + b1)     h2 = relu(h1 w2^T + b2)     z = h2 w3^T + b3     Q(s, a) = z_a, or, dueling,
 *                                                                           Q(s, a) = z_v + z_a - mean of all z_a
 *
 * It is what dqn-network.ts comes to without items, histories and slates, some times faster on small networks than an
 * engine whose every operation costs a call (docs/decisions/0031).
 */
export const fitsTower = (s: NetworkShape): boolean =>
  s.mode === 'choice' && s.items <= mostChoices && s.history === 0 && s.content === 0 && s.affinity === 0;

/**
 * Uniform within 1 / sqrt(inputs), biases too: units that begin to answer at places spread over the observations. From He's
 * start, with all biases 0, an agent on `cart-pole-v1` ends well far less often (docs/guide/control.md).
 */
const within = (inputs: number) => ({ uniform: Math.sqrt(1 / inputs) });

/** With more choices the last layer outweighs the others, and learning only the rows that were taken pays. */
const mostChoices = 64;

export function dqnTower(given: ModelOptions): Model {
  const { shape, encoder, batchSize: n } = given;
  const { dense: inputs, hidden: first, width: second, items } = shape;
  const outputs = items + (shape.dueling ? 1 : 0);
  const specs: Record<string, ParameterSpec> = {
    w1: { shape: [inputs, first], start: within(inputs) },
    b1: { shape: [first], start: within(inputs) },
    // Turned, as what flows back through it is the sparsest.
    w2: { shape: [second, first], start: within(first) },
    b2: { shape: [second], start: within(first) },
    // One row for each answer.
    w3: { shape: [outputs, second], start: within(second) },
    b3: { shape: [outputs], start: within(second) },
  };
  const rows = Math.max(n, mostRows);
  const roomSize = Math.max(
    ...[inputs, first, second, outputs].map((width) =>
      Math.max(sparseProductRoom(rows, width), sparseProductRoom(width, n)),
    ),
  );
  const kernels = loadKernels({
    bytes: bytesFor(specs, rows, inputs + 2 * (first + second + outputs), roomSize),
  });
  const online = parameters(specs, given.rng.fork('parameters'), kernels);
  const frozen = kernels.floats(online.values.length);
  // What scores is a running mean of the numbers (Polyak & Juditsky 1992): single steps are noisy.
  const averages = given.averaging > 0 ? kernels.floats(online.values.length) : online.values;
  averages.set(online.values);
  const averaged = new Float64Array(1);
  const optimiser =
    given.optimiser === 'adam'
      ? adam(online.values.length, given.options, kernels)
      : sgd(given.options, kernels);
  const weights = (of: Float32Array): Weights =>
    Object.fromEntries(
      online.entries.map(({ name, shape: [rows, columns = 1], offset, size }) => [
        name,
        { values: of.subarray(offset, offset + size), rows: rows!, columns },
      ]),
    ) as unknown as Weights;
  const [now, target, acting, gradient] = [online.values, frozen, averages, online.gradients].map(
    weights,
  ) as [Weights, Weights, Weights, Weights];
  const room = kernels.floats(roomSize);
  const floats = (count: number, columns: number): Matrix => ({
    values: kernels.floats(count * columns),
    rows: count,
    columns,
  });
  const [h1, h2, z] = [floats(rows, first), floats(rows, second), floats(rows, outputs)];
  const [d1, d2, dz] = [floats(n, first), floats(n, second), floats(n, outputs)];
  const ones = floats(1, n);
  ones.values.fill(1);
  const scored = { ...encodedRows(encoder, mostRows), dense: kernels.floats(mostRows * inputs) };

  const product = (
    a: Matrix,
    b: Matrix,
    out: Matrix,
    rest: { start?: Matrix; rectify?: boolean; gate?: Matrix } = {},
  ): void =>
    kernels.sparseProduct({
      a,
      b,
      out: out.values,
      room,
      rectify: rest.rectify ?? false,
      start: rest.start?.values,
      gate: rest.gate?.values,
    });
  const turned = (m: Matrix): Matrix => ({ ...m, transposed: true });
  const top = (m: Matrix, count: number): Matrix => ({ ...m, rows: count });

  /** Fills h1, h2 and z of the first `count` rows. */
  function forward(w: Weights, dense: Float32Array, count: number): void {
    product({ values: dense, rows: count, columns: inputs }, w.w1, h1, { start: w.b1, rectify: true });
    product(top(h1, count), turned(w.w2), h2, { start: w.b2, rectify: true });
    product(top(h2, count), turned(w.w3), z, { start: w.b3 });
  }

  /** What all choices of row i share: 0, or, dueling, the state's value less the mean of the choices. */
  function shared(i: number): number {
    if (!shape.dueling) return 0;
    let sum = 0;
    for (let a = 0; a < items; a++) sum += z.values[i * outputs + a]!;
    return z.values[i * outputs + items]! - sum / items;
  }

  /** With `forbidden`, of what is allowed next. */
  function bestOf(i: number, forbidden?: Float32Array): number {
    let best = -1;
    for (let a = 0; a < items; a++)
      if (forbidden && forbidden[i * items + a]! < 0) continue;
      else if (best < 0 || z.values[i * outputs + a]! > z.values[i * outputs + best]!) best = a;
    return Math.max(0, best);
  }

  const batch = {
    before: { ...encodedRows(encoder, n), dense: kernels.floats(n * inputs) },
    after: { ...encodedRows(encoder, n), dense: kernels.floats(n * inputs) },
    actions: new Int32Array(n),
    credit: new Float32Array(n),
    open: new Float32Array(n),
    reward: new Float32Array(n),
    discount: new Float32Array(n),
    forbidden: new Float32Array(n * items),
    importance: new Float32Array(n).fill(1),
    pull: new Float32Array(n),
    choicePull: new Float32Array(n),
  };
  const errors = new Float32Array(n);
  const future = new Float32Array(n);
  const chosen = new Int32Array(n);

  return {
    batch,
    async update() {
      if (shape.double) {
        forward(now, batch.after.dense, n);
        for (let i = 0; i < n; i++) chosen[i] = bestOf(i, batch.forbidden);
      }
      forward(target, batch.after.dense, n);
      for (let i = 0; i < n; i++)
        future[i] =
          shared(i) + z.values[i * outputs + (shape.double ? chosen[i]! : bestOf(i, batch.forbidden))]!;

      forward(now, batch.before.dense, n);
      dz.values.fill(0);
      let loss = 0;
      for (let i = 0; i < n; i++) {
        const at = i * outputs;
        const y = batch.reward[i]! + batch.discount[i]! * future[i]!;
        const error = z.values[at + batch.actions[i]!]! + shared(i) - y;
        const inside = Math.max(-1, Math.min(1, error));
        const weight = (batch.credit[i]! * batch.importance[i]!) / n;
        errors[i] = error * batch.credit[i]!;
        loss += weight * (shape.loss === 'huber' ? inside * (error - inside / 2) : error * error);
        const slope = weight * (shape.loss === 'huber' ? inside : 2 * error);
        if (shape.dueling) {
          dz.values.fill(-slope / items, at, at + items);
          dz.values[at + items] = slope;
        }
        dz.values[at + batch.actions[i]!]! += slope;
      }

      product(dz, now.w3, d2, { gate: h2 });
      product(d2, now.w2, d1, { gate: h1 });
      product(turned(dz), top(h2, n), gradient.w3);
      product(turned(d2), top(h1, n), gradient.w2);
      product(turned({ values: batch.before.dense, rows: n, columns: inputs }), d1, gradient.w1);
      product(ones, dz, gradient.b3);
      product(ones, d2, gradient.b2);
      product(ones, d1, gradient.b1);

      const scale = clipScale(
        given.clipNorm > 0 ? kernels.sumOfSquares(online.gradients) : 0,
        given.clipNorm,
      );
      optimiser.step(online.values, online.gradients, scale);
      averaged[0]!++;
      if (averages !== online.values)
        kernels.approach(averages, online.values, Math.max(1 - given.averaging, 1 / averaged[0]!));
      return { loss, choiceLoss: 0, errors };
    },
    copyToTarget() {
      frozen.set(online.values);
    },
    async score(observations, count) {
      const scores = new Float32Array(count * items);
      const values = new Float32Array(count);
      const size = observations.length / count;
      for (let done = 0; done < count; done += mostRows) {
        const now = Math.min(count - done, mostRows);
        encoder.encode(observations.subarray(done * size, (done + now) * size), now, scored);
        forward(acting, scored.dense, now);
        for (let i = 0; i < now; i++) {
          const base = shared(i);
          for (let a = 0; a < items; a++) scores[(done + i) * items + a] = base + z.values[i * outputs + a]!;
          values[done + i] = base + z.values[i * outputs + bestOf(i)]!;
        }
      }
      return { scores, values };
    },
    state: {
      online: online.values,
      target: frozen,
      averaged,
      ...(averages !== online.values && { average: averages }),
      'optimiser.steps': optimiser.state.steps,
      ...Object.fromEntries(optimiser.state.moments.map((moment, i) => [`optimiser.moment${i + 1}`, moment])),
    },
  };
}

/** Observations scored in one run; more are scored in several. */
const mostRows = 256;

type Weights = Readonly<Record<'w1' | 'b1' | 'w2' | 'b2' | 'w3' | 'b3', Matrix>>;

/** Six arrays of every parameter, what the layers say and their gradients for `rows` rows, and the scratch. */
function bytesFor(specs: Record<string, ParameterSpec>, rows: number, columns: number, room: number): number {
  const numbers = Object.values(specs).reduce(
    (sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1) + 16,
    0,
  );
  return 4 * (6 * numbers + 3 * rows * columns + room) + 2 ** 16;
}
