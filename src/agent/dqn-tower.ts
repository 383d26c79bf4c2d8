import { TendrilError } from '../core/index.ts';
import {
  adam,
  clipScale,
  type Engine,
  kernelThreads,
  type Matrix,
  type ParameterSpec,
  parameters,
  placesOf,
  type StartThread,
  sgd,
} from '../math/index.ts';
import { encodedRows } from './dqn-encoder.ts';
import type { Model, ModelOptions } from './dqn-model.ts';
import type { NetworkShape } from './dqn-network.ts';
import { partNumbers, type TowerSizes, towerPart, type Weights } from './dqn-tower-part.ts';

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

/** Of the second layer: with fewer a thread would have a share of none, or wait longer than it works. */
const fewestUnits = 32;

function startThreadOf(engine: Engine | undefined): StartThread {
  if (engine?.startThread) return engine.startThread;
  throw new TendrilError(
    'bad-setting',
    `the engine here starts no threads${engine ? ` (${engine.id})` : ''}; accepted: threads=1`,
  );
}

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
  const sizes = { inputs, first, second, outputs, rows: n };
  const threads = kernelThreads(
    bytesFor(specs, sizes),
    given.threads > 1 && second >= fewestUnits ? startThreadOf(given.engine) : undefined,
  );
  const { kernels } = threads;
  const online = parameters(specs, given.rng.fork('parameters'), kernels);
  const frozen = kernels.floats(online.values.length);
  // What scores is a running mean of the numbers (Polyak & Juditsky 1992): single steps are noisy.
  const averages = given.averaging > 0 ? kernels.floats(online.values.length) : online.values;
  averages.set(online.values);
  const averaged = new Float64Array(1);
  const optimiser =
    given.optimiser === 'adam'
      ? adam(online.values.length, given.options, kernels, threads)
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
  const parts = Array.from({ length: threads.parts }, (_, i) =>
    towerPart(kernels, sizes, ...placesOf(i, threads.parts, second)),
  );
  const matrix = (values: Float32Array, columns: number): Matrix => ({
    values,
    rows: values.length / columns,
    columns,
  });
  const answers = (): Matrix[] => parts.map(() => matrix(kernels.floats(n * outputs), outputs));
  const [ofNow, ofTarget, ofChoice] = [answers(), answers(), answers()];
  const dz = matrix(kernels.floats(n * outputs), outputs);
  const scored = { ...encodedRows(encoder, mostRows), dense: kernels.floats(mostRows * inputs) };
  const scorer = towerPart(kernels, { ...sizes, rows: mostRows }, 0, second);
  const scores = matrix(kernels.floats(mostRows * outputs), outputs);
  // What scores is asked far more often than it changes, mostly for a single row: its w2 is kept turned.
  const w2Turned = kernels.floats(first * second);
  let turnedIsOld = true;
  const squares = parts.map(() => kernels.doubles(1));

  /** What all choices of row i share: 0, or, dueling, the state's value less the mean of the choices. */
  function shared({ values }: Matrix, i: number): number {
    if (!shape.dueling) return 0;
    let sum = 0;
    for (let a = 0; a < items; a++) sum += values[i * outputs + a]!;
    return values[i * outputs + items]! - sum / items;
  }

  /** With `forbidden`, of what is allowed next. */
  function bestOf({ values }: Matrix, i: number, forbidden?: Float32Array): number {
    let best = -1;
    for (let a = 0; a < items; a++)
      if (forbidden && forbidden[i * items + a]! < 0) continue;
      else if (best < 0 || values[i * outputs + a]! > values[i * outputs + best]!) best = a;
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
  const [before, after] = [batch.before, batch.after].map(({ dense }) => matrix(dense, inputs)) as [
    Matrix,
    Matrix,
  ];

  const answer = threads.plan((on, i) => {
    if (shape.double) parts[i]!.forward(on, now, after, ofChoice[i]!);
    parts[i]!.forward(on, target, after, ofTarget[i]!);
    parts[i]!.forward(on, now, before, ofNow[i]!);
  });
  const differentiate = threads.plan((on, i) => {
    const { from, to } = parts[i]!;
    parts[i]!.backward(on, now, before, dz, gradient);
    on.squaresTo(gradient.w2.values.subarray(from * first, to * first), squares[i]!);
  });
  /** Puts together what the parts have apart; answers the square of the gradient's norm. */
  function gather(): number {
    gradient.w1.values.fill(0);
    gradient.b1.values.fill(0);
    for (const { own, from } of parts) {
      // A step of -1 against them is a sum.
      kernels.sgd(gradient.w1.values, own.w1.values, -1);
      kernels.sgd(gradient.b1.values, own.b1.values, -1);
      for (let a = 0; a < outputs; a++) gradient.w3.values.set(rowOf(own.w3, a), a * second + from);
    }
    const rest = (['w1', 'b1', 'b2', 'w3', 'b3'] as const).map((name) => gradient[name].values);
    return [...squares.map(([sum]) => sum!), ...rest.map(kernels.sumOfSquares)].reduce((a, b) => a + b);
  }

  function readyToAct(): Weights {
    if (turnedIsOld) kernels.transpose(acting.w2.values, second, first, w2Turned);
    turnedIsOld = false;
    return { ...acting, w2: { values: w2Turned, rows: first, columns: second, transposed: true } };
  }

  return {
    batch,
    async update() {
      turnedIsOld = true;
      answer();
      const [z, zAfter, zChoice] = [ofNow, ofTarget, ofChoice].map(summed) as [Matrix, Matrix, Matrix];
      dz.values.fill(0);
      let loss = 0;
      for (let i = 0; i < n; i++) {
        const at = i * outputs;
        const next = bestOf(shape.double ? zChoice : zAfter, i, batch.forbidden);
        const future = shared(zAfter, i) + zAfter.values[at + next]!;
        const y = batch.reward[i]! + batch.discount[i]! * future;
        const error = z.values[at + batch.actions[i]!]! + shared(z, i) - y;
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

      differentiate();
      const scale = clipScale(gather(), given.clipNorm);
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
      const found = new Float32Array(count * items);
      const values = new Float32Array(count);
      const size = observations.length / count;
      for (let done = 0; done < count; done += mostRows) {
        const now = Math.min(count - done, mostRows);
        encoder.encode(observations.subarray(done * size, (done + now) * size), now, scored);
        const seen = matrix(scored.dense.subarray(0, now * inputs), inputs);
        scorer.forward(kernels, readyToAct(), seen, scores);
        const z = scores;
        for (let i = 0; i < now; i++) {
          const base = shared(z, i);
          for (let a = 0; a < items; a++) found[(done + i) * items + a] = base + z.values[i * outputs + a]!;
          values[done + i] = base + z.values[i * outputs + bestOf(z, i)]!;
        }
      }
      return { scores: found, values };
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

/** The first, after the others were added to it. */
function summed([all, ...others]: readonly Matrix[]): Matrix {
  for (const { values } of others) for (let i = 0; i < values.length; i++) all!.values[i]! += values[i]!;
  return all!;
}

const rowOf = ({ values, columns }: Matrix, i: number): Float32Array =>
  values.subarray(i * columns, (i + 1) * columns);

/** Six arrays of every parameter and one of w2, two parts and what scores, what is encoded and answered. */
function bytesFor(specs: Record<string, ParameterSpec>, sizes: TowerSizes): number {
  const numbers = Object.values(specs).reduce(
    (sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1) + 16,
    0,
  );
  const { inputs, outputs, rows } = sizes;
  const parts = 2 * partNumbers(sizes) + partNumbers({ ...sizes, rows: mostRows });
  return 4 * (7 * numbers + parts + (2 * rows + mostRows) * (inputs + 4 * outputs)) + 2 ** 16;
}
