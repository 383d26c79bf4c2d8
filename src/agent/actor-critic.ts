import type { Actions, Rng } from '../core/index.ts';
import {
  blockRows,
  clipScale,
  fours,
  type Kernels,
  loadKernels,
  type Optimiser,
  type Parameters,
  parameters,
  tanhTower,
  towerParameters,
} from '../math/index.ts';
import type { Distribution } from './distribution.ts';

/**
 * Two networks beside each other with their numbers: parameters, optimiser, and what they say of observations.
 *
 *   observation -> tanh layer -> tanh layer -> logits of choices or means of numbers (distribution.ts)
 *   observation -> tanh layer -> tanh layer -> value
 *
 * What a row's log-probability, entropy and value are worth is the algorithm's to say (`RowLoss`); from there the way back
 * through distribution and networks is the same for all.
 */
export interface ActorCritic {
  /** Numbers in an encoded row: the encoder's, filled up with zeros. */
  readonly width: number;
  /** What the policy network says of n observations; the array is new. */
  act(encode: (out: Float32Array, from: number, n: number) => void, n: number): Float32Array;
  /** Fills log-probability and value of all rows. */
  judge(rows: JudgedRows): void;
  /** Moves the parameters once against the gradient of the loss over the picked rows. */
  learn(rows: JudgedRows, picked: Int32Array, loss: RowLoss, learningRate: number): void;
  /** The parameters of the distribution itself, by name; live. */
  readonly own: Readonly<Record<string, Float32Array>>;
  /** Every array a restored run needs, by name; live. */
  readonly state: Readonly<Record<string, Float32Array | Float64Array>>;
}

/** Encoded rows, what was done and allowed in them, and room for what the networks say. */
export interface JudgedRows {
  readonly n: number;
  /** n x width. */
  readonly dense: Float32Array;
  /** Of the first `acted` rows. */
  readonly actions: Actions;
  readonly acted: number;
  readonly masks?: Uint8Array | undefined;
  readonly logProbs: Float32Array;
  readonly values: Float32Array;
}

/** What the networks say of a row; or how a loss changes with each. */
export interface OfRow {
  logProb: number;
  entropy: number;
  value: number;
}

/** The loss of the row at place `i` of those picked: writes how the loss of all of them changes with what is said of this one. */
export type RowLoss = (i: number, row: number, said: OfRow, slopes: OfRow) => void;

export interface ActorCriticOptions {
  /** Numbers an observation is encoded to. */
  readonly dense: number;
  readonly hidden: number;
  readonly distribution: Distribution;
  readonly rng: Rng;
  readonly clipNorm: number;
  optimiser(size: number, kernels: Kernels): Optimiser;
}

export function actorCritic(given: ActorCriticOptions): ActorCritic {
  const { dense, hidden, distribution } = given;
  const { size } = distribution;
  // Orthogonal start, as usual for these agents: the policy near uniform, the value of its own size.
  const specs = {
    ...towerParameters('policy', [dense, hidden, hidden, size], 0.01),
    ...towerParameters('value', [dense, hidden, hidden, 1], 1),
    ...distribution.own,
  };
  const width = fours(dense);
  const numbers = Object.values(specs).reduce(
    (all, { shape, within = shape }) => all + within.reduce((a, b) => a * b, 1) + 16,
    0,
  );
  // Parameters, gradients, two moments and transposed weights; then what is said in each layer and its gradient.
  const kernels = loadKernels({
    bytes: 20 * numbers + 16 * blockRows * (width + 2 * fours(hidden) + fours(size)) + 2 ** 16,
  });
  const of = parameters(specs, given.rng, kernels);
  const optimiser = given.optimiser(of.values.length, kernels);
  const x = kernels.floats(blockRows * width);
  const policy = tanhTower(kernels, of, 'policy', x);
  const value = tanhTower(kernels, of, 'value', x);
  const own = ownArrays(of, of.values, distribution);
  const judge = distribution.judge(own, ownArrays(of, of.gradients, distribution));
  const [said, slopes] = [
    { logProb: 0, entropy: 0, value: 0 },
    { logProb: 0, entropy: 0, value: 0 },
  ];

  return {
    width,
    act(encode, n) {
      const all = new Float32Array(n * size);
      for (let from = 0; from < n; from += blockRows) {
        const rows = Math.min(n - from, blockRows);
        encode(x, from, rows);
        policy.forward(fours(rows));
        for (let i = 0; i < rows; i++)
          for (let j = 0; j < size; j++) all[(from + i) * size + j] = policy.y[i * policy.width + j]!;
      }
      return all;
    },
    judge({ n, dense, actions, acted, masks, logProbs, values }) {
      for (let from = 0; from < n; from += blockRows) {
        const rows = Math.min(n - from, blockRows);
        x.set(dense.subarray(from * width, (from + rows) * width));
        if (from < acted) policy.forward(fours(rows));
        value.forward(fours(rows));
        for (let i = 0; i < rows; i++) {
          values[from + i] = value.y[i * value.width]!;
          if (from + i >= acted) continue;
          judge.judge(policy.y, i * policy.width, actions, from + i, masks);
          logProbs[from + i] = judge.logProb;
        }
      }
    },
    learn({ dense, actions, masks }, picked, loss, learningRate) {
      policy.refresh();
      value.refresh();
      of.gradients.fill(0);
      for (let from = 0; from < picked.length; from += blockRows) {
        const rows = Math.min(picked.length - from, blockRows);
        for (let i = 0; i < rows; i++) {
          const at = picked[from + i]! * width;
          for (let c = 0; c < width; c++) x[i * width + c] = dense[at + c]!;
        }
        policy.forward(fours(rows));
        value.forward(fours(rows));
        for (let i = 0; i < rows; i++) {
          const row = picked[from + i]!;
          judge.judge(policy.y, i * policy.width, actions, row, masks);
          said.logProb = judge.logProb;
          said.entropy = judge.entropy;
          said.value = value.y[i * value.width]!;
          loss(from + i, row, said, slopes);
          judge.back(slopes.logProb, slopes.entropy, policy.dy, i * policy.width);
          value.dy[i * value.width] = slopes.value;
        }
        // Rows that only fill up are no part of the loss.
        policy.dy.fill(0, rows * policy.width, fours(rows) * policy.width);
        value.dy.fill(0, rows * value.width, fours(rows) * value.width);
        policy.backward(fours(rows));
        value.backward(fours(rows));
      }
      const scale = clipScale(kernels.sumOfSquares(of.gradients), given.clipNorm);
      optimiser.step(of.values, of.gradients, scale, learningRate);
    },
    own,
    state: {
      parameters: of.values,
      'optimiser.steps': optimiser.state.steps,
      ...Object.fromEntries(optimiser.state.moments.map((moment, i) => [`optimiser.moment${i + 1}`, moment])),
    },
  };
}

/** The distribution's own parameters as parts of `numbers`, by name. */
function ownArrays(
  of: Parameters,
  numbers: Float32Array,
  { own }: Distribution,
): Record<string, Float32Array> {
  return Object.fromEntries(
    of.entries
      .filter(({ name }) => name in own)
      .map(({ name, offset, size }) => [name, numbers.subarray(offset, offset + size)]),
  );
}
