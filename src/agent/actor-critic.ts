import type { Rng } from '../core/index.ts';
import {
  clipScale,
  type Engine,
  gradientTensors,
  type Kernels,
  loadKernels,
  type Optimiser,
  parameters,
  parameterTensors,
  type Tensor,
} from '../math/index.ts';
import {
  type ActorCriticShape,
  actingGraph,
  actorCriticParameters,
  judgingGraph,
  type Loss,
  type LossInputs,
  policyOf,
  trainingGraph,
} from './actor-critic-network.ts';

/** The two networks with their numbers: parameters, optimiser, and the compiled graphs that read and write them in place. */
export interface ActorCritic {
  /** What the policy network says of n encoded observations; the array is new. */
  act(encode: (out: Float32Array, from: number, n: number) => void, n: number): Promise<Float32Array>;
  /** Fills log-probability and value of all rows. */
  judge(rows: JudgedRows): Promise<void>;
  /** A training step on so many rows, compiled once for each size: fill its inputs, run it, then `step`. */
  training(n: number, masked: boolean): Promise<Training>;
  /** Moves the parameters against the gradients of the last run. */
  step(learningRate: number): void;
  /** The parameters of the distribution itself, by name; live. */
  readonly own: Readonly<Record<string, Float32Array>>;
  /** Every array a restored run needs, by name; live. */
  readonly state: Readonly<Record<string, Float32Array | Float64Array>>;
}

/** Encoded rows, what was chosen and allowed in them, and room for what the networks say. */
export interface JudgedRows {
  readonly n: number;
  readonly dense: Float32Array;
  /** Rows x the distribution's size; where it has fewer than n rows, the log-probabilities of the others mean nothing. */
  readonly chosen: Float32Array;
  readonly mask?: Float32Array | undefined;
  readonly logProbs: Float32Array;
  readonly values: Float32Array;
}

export interface Training {
  readonly dense: Float32Array;
  readonly chosen: Float32Array;
  readonly mask: Float32Array | undefined;
  readonly columns: Readonly<Record<string, Float32Array>>;
  readonly scalars: Readonly<Record<string, Float32Array>>;
  /** The scalars that are reported, after a run. */
  readonly report: Readonly<Record<string, Float32Array>>;
  run(): Promise<void>;
}

export interface ActorCriticOptions {
  readonly shape: ActorCriticShape;
  readonly engine: Engine;
  readonly rng: Rng;
  readonly clipNorm: number;
  optimiser(size: number, kernels: Kernels): Optimiser;
  loss(inputs: LossInputs): Loss;
}

/** Rows in one run of the networks; more are taken in several, fewer are filled up. */
const mostRows = 256;

export async function actorCritic(given: ActorCriticOptions): Promise<ActorCritic> {
  const { shape, engine } = given;
  const { size } = shape.distribution;
  const specs = actorCriticParameters(shape);
  const numbers = Object.values(specs).reduce((all, s) => all + s.shape.reduce((a, b) => a * b, 1) + 16, 0);
  const kernels = loadKernels({ bytes: 16 * numbers + 2 ** 16 });
  const of = parameters(specs, given.rng, kernels);
  const optimiser = given.optimiser(of.values.length, kernels);

  const acting = memo(async (n: number) => {
    const dense = new Float32Array(n * shape.dense);
    const said = new Float32Array(n * size);
    const program = await engine.compile(actingGraph(shape, of, n));
    const run = program.bind(
      { ...parameterTensors(policyOf(of)), dense: { data: dense, shape: [n, shape.dense] } },
      { said: { data: said, shape: [n, size] } },
    );
    return { dense, said, run };
  });

  const judging = memo(async (masked: number) => {
    const inputs = rowTensors(shape, mostRows, masked === 1);
    const logProb = { data: new Float32Array(mostRows), shape: [mostRows, 1] };
    const value = { data: new Float32Array(mostRows), shape: [mostRows, 1] };
    const program = await engine.compile(judgingGraph(shape, of, mostRows, masked === 1));
    return {
      inputs,
      logProb,
      value,
      run: program.bind({ ...parameterTensors(of), ...inputs }, { logProb, value }),
    };
  });

  const trainings = memo(async (key: number): Promise<Training> => {
    const [n, masked] = [key >> 1, (key & 1) === 1];
    const inputs = rowTensors(shape, n, masked);
    const columns: Record<string, Tensor> = {};
    const scalars: Record<string, Tensor> = {};
    const reported: Record<string, Tensor> = {};
    const model = trainingGraph(shape, of, n, masked, (from) => {
      const loss = given.loss({
        ...from,
        column(name) {
          columns[name] ??= { data: new Float32Array(n), shape: [n, 1] };
          return from.column(name);
        },
        scalar(name) {
          scalars[name] ??= { data: new Float32Array(1), shape: [] };
          return from.scalar(name);
        },
      });
      for (const [name, { shape: size }] of Object.entries(loss.report))
        reported[name] = { data: new Float32Array(size.reduce((a, b) => a * b, 1)), shape: size };
      return loss;
    });
    const run = (await engine.compile(model)).bind(
      { ...parameterTensors(of), ...inputs, ...columns, ...scalars },
      { ...gradientTensors(of), ...reported },
    );
    return {
      dense: inputs.dense.data,
      chosen: inputs.chosen.data,
      mask: inputs.mask?.data,
      columns: arraysOf(columns),
      scalars: arraysOf(scalars),
      report: arraysOf(reported),
      run,
    };
  });

  return {
    async act(encode, n) {
      const said = new Float32Array(n * size);
      for (let done = 0; done < n; ) {
        const rows = Math.min(n - done, mostRows);
        const program = await acting(2 ** Math.ceil(Math.log2(rows)));
        encode(program.dense, done, rows);
        await program.run();
        said.set(program.said.subarray(0, rows * size), done * size);
        done += rows;
      }
      return said;
    },
    async judge({ n, dense, chosen, mask, logProbs, values }) {
      const { inputs, logProb, value, run } = await judging(mask ? 1 : 0);
      const take = (from: Float32Array, to: Float32Array, width: number, row: number, rows: number): void =>
        to.set(from.subarray(row * width, (row + rows) * width));
      for (let row = 0; row < n; row += mostRows) {
        const rows = Math.min(n - row, mostRows);
        take(dense, inputs.dense.data, shape.dense, row, rows);
        take(chosen, inputs.chosen.data, size, row, rows);
        if (mask) take(mask, inputs.mask!.data, size, row, rows);
        await run();
        logProbs.set(logProb.data.subarray(0, rows), row);
        values.set(value.data.subarray(0, rows), row);
      }
    },
    training: (n, masked) => trainings(2 * n + Number(masked)),
    step(learningRate) {
      const scale = clipScale(kernels.sumOfSquares(of.gradients), given.clipNorm);
      optimiser.step(of.values, of.gradients, scale, learningRate);
    },
    own: arraysOf(
      Object.fromEntries(
        Object.keys(shape.distribution.own).map((name) => [name, parameterTensors(of)[name]!]),
      ),
    ),
    state: {
      parameters: of.values,
      'optimiser.steps': optimiser.state.steps,
      ...Object.fromEntries(optimiser.state.moments.map((moment, i) => [`optimiser.moment${i + 1}`, moment])),
    },
  };
}

interface FloatTensor extends Tensor {
  readonly data: Float32Array;
}

function rowTensors(
  shape: ActorCriticShape,
  n: number,
  masked: boolean,
): { dense: FloatTensor; chosen: FloatTensor; mask?: FloatTensor } {
  const tensor = (width: number): FloatTensor => ({ data: new Float32Array(n * width), shape: [n, width] });
  const { size } = shape.distribution;
  return { dense: tensor(shape.dense), chosen: tensor(size), ...(masked && { mask: tensor(size) }) };
}

const arraysOf = (tensors: Readonly<Record<string, Tensor>>): Record<string, Float32Array> =>
  Object.fromEntries(Object.entries(tensors).map(([name, { data }]) => [name, data as Float32Array]));

/** Made once for each key. */
function memo<T>(make: (key: number) => Promise<T>): (key: number) => Promise<T> {
  const made = new Map<number, Promise<T>>();
  return (key) => {
    const known = made.get(key) ?? make(key);
    made.set(key, known);
    return known;
  };
}
