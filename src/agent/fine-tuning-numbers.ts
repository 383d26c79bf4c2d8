import type { Rng } from '../core/index.ts';
import {
  adam,
  clipScale,
  type EmbeddingTable,
  embeddingTable,
  type Kernels,
  type ParameterSpec,
  type Parameters,
  parameters,
  parameterTensors,
  type Tensors,
} from '../math/index.ts';
import { tableNames } from './dqn-network.ts';
import { bodyParameters, type FineTuningShape } from './fine-tuning-network.ts';
import { type Growth, type ItemRows, withMoreRows } from './grow-model.ts';
import { arrayOf, checkFinite, type SavedModel } from './saved-model.ts';

/**
 * All that is learned of a transformer with heads, three times: what learns, the frozen copy that targets are made of, and
 * the running mean that scores (Polyak & Juditsky 1992). The transformer and its items have a step size of their own.
 */
export interface FineTuningNumbers {
  readonly body: Parameters;
  readonly heads: Parameters;
  readonly items: EmbeddingTable;
  readonly tables: Readonly<Record<string, EmbeddingTable>>;
  tensors(of: 'learned' | 'frozen' | 'mean', prefix: string): Tensors;
  /** Another number whenever the mean has moved. */
  version(): number;
  /** Moves what learns by the gradients at hand: the transformer's, the heads', or both. */
  step(what: 'body' | 'heads' | 'all'): void;
  copyToTarget(): void;
  /** Lets the mean begin again at the numbers as they are. */
  restartMean(): void;
  /** Takes up a taught transformer's numbers; of its items' content it knows nothing yet. Throws `bad-model` where they do not fit. */
  takeUp(taught: SavedModel): void;
  readonly state: Readonly<Record<string, Float32Array | Float64Array>>;
}

export interface LearningRates {
  readonly learningRate: number;
  readonly bodyLearningRate: number;
  readonly clipNorm: number;
  /** Weight of what was, at each update, in the mean. */
  readonly averaging: number;
}

interface Copy {
  readonly body: Float32Array;
  readonly heads: Float32Array;
  readonly items: Float32Array;
  readonly rows: readonly Float32Array[];
}

export function fineTuningNumbers(
  shape: FineTuningShape,
  headSpecs: Readonly<Record<string, ParameterSpec>>,
  rates: LearningRates,
  rng: Rng,
  kernels: Kernels,
): FineTuningNumbers {
  const { heads: h, body: b } = shape;
  const names = tableNames(h);
  const body = parameters(bodyParameters(shape), rng.fork('parameters'), kernels);
  const heads = parameters(headSpecs, rng.fork('heads'), kernels);
  const items = embeddingTable(b.items, b.width, 0.02, rng.fork('table'), kernels);
  const spread = h.content > 0 ? 0.01 : 0.1;
  const tables: Record<string, EmbeddingTable> = Object.fromEntries(
    names.map((name) => [name, embeddingTable(h.rows, h.width + 1, spread, rng.fork(name), kernels)]),
  );
  const bodyRate = { learningRate: rates.bodyLearningRate };
  const headRate = { learningRate: rates.learningRate };
  const ofBody = adam(body.values.length, bodyRate, kernels);
  const ofHeads = adam(heads.values.length, headRate, kernels);

  const copied = (copy: (values: Float32Array) => Float32Array): Copy => ({
    body: copy(body.values),
    heads: copy(heads.values),
    items: copy(items.values),
    rows: names.map((name) => copy(tables[name]!.values)),
  });
  const copies = {
    learned: copied((values) => values),
    frozen: copied((values) => values.slice()),
    mean: copied((values) => {
      const mean = kernels.floats(values.length);
      mean.set(values);
      return mean;
    }),
  };
  const eachPair = (to: Copy, act: (to: Float32Array, learned: Float32Array) => void): void => {
    const from = copies.learned;
    act(to.body, from.body);
    act(to.heads, from.heads);
    act(to.items, from.items);
    from.rows.forEach((values, i) => {
      act(to.rows[i]!, values);
    });
  };
  const averaged = new Float64Array(1);
  let moved = 0;

  return {
    body,
    heads,
    items,
    tables,
    tensors(of, prefix) {
      const copy = copies[of];
      return {
        ...parameterTensors({ ...body, values: copy.body }, `${prefix}body.`),
        ...parameterTensors({ ...heads, values: copy.heads }, prefix),
        [`${prefix}table.items`]: { data: copy.items, shape: [b.items, b.width] },
        ...Object.fromEntries(
          names.map((name, i) => [
            `${prefix}table.${name}`,
            { data: copy.rows[i]!, shape: [h.rows, h.width + 1] },
          ]),
        ),
      };
    },
    version: () => moved,
    step(what) {
      moved++;
      const [ofB, ofH] = [what !== 'heads', what !== 'body'];
      const rows = ofH ? names.reduce((sum, name) => sum + tables[name]!.squaredNorm(), 0) : 0;
      const square =
        rows +
        (ofB ? kernels.sumOfSquares(body.gradients) + items.squaredNorm() : 0) +
        (ofH ? kernels.sumOfSquares(heads.gradients) : 0);
      const scale = clipScale(square, rates.clipNorm);
      if (ofB) {
        ofBody.step(body.values, body.gradients, scale);
        items.step('adam', bodyRate, scale);
      }
      if (ofH) {
        ofHeads.step(heads.values, heads.gradients, scale);
        for (const name of names) tables[name]!.step('adam', headRate, scale);
      }
      averaged[0]!++;
      const rate = Math.max(1 - rates.averaging, 1 / averaged[0]!);
      eachPair(copies.mean, (mean, learned) => {
        kernels.approach(mean, learned, rate);
      });
    },
    copyToTarget() {
      eachPair(copies.frozen, (frozen, learned) => {
        frozen.set(learned);
      });
    },
    restartMean() {
      moved++;
      averaged[0] = 0;
      eachPair(copies.mean, (mean, learned) => {
        mean.set(learned);
      });
    },
    takeUp(taught) {
      const own = body.entries.find(({ name }) => name === 'content')?.offset ?? body.values.length;
      const values = arrayOf(taught, 'parameters', 'f32', own);
      const table = arrayOf(taught, 'table', 'f32', items.values.length);
      checkFinite(taught, ['parameters', 'table']);
      body.values.set(values);
      body.values.fill(0, own);
      items.values.set(table);
    },
    state: {
      // The transformer's own bear the names `transformer` saves them by.
      parameters: body.values,
      table: items.values,
      heads: heads.values,
      averaged,
      ...arraysOf('target.', copies.frozen, names),
      ...arraysOf('mean.', copies.mean, names),
      ...moments('parameters.', ofBody.state),
      ...moments('heads.', ofHeads.state),
      ...moments('table.', items.state),
      ...Object.assign(
        {},
        ...names.map((name) => ({
          [`rows.${name}`]: tables[name]!.values,
          ...moments(`rows.${name}.`, tables[name]!.state),
        })),
      ),
    },
  };
}

/** What a saved run holds of items, for more of them; the row for choosing nothing stays the last. */
export function growFineTuned(
  saved: SavedModel,
  { width, embedding }: { readonly width: number; readonly embedding: number },
  growth: Growth,
): SavedModel {
  const rows: Record<string, ItemRows> = {};
  const learned = (name: string, copies: string, width: number): void => {
    for (const copy of [name, `target.${copies}`, `mean.${copies}`]) rows[copy] = { width, start: 'alike' };
    for (const moment of [`${name}.moment1`, `${name}.moment2`]) rows[moment] = { width, start: 0 };
  };
  learned('table', 'items', width);
  for (const name of ['rows.q', 'rows.choice']) learned(name, name, embedding + 1);
  return withMoreRows(saved, growth, rows);
}

/** Floats in the kernels' memory that all this takes. */
export function roomForNumbers(
  shape: FineTuningShape,
  headSpecs: Readonly<Record<string, ParameterSpec>>,
): number {
  const { heads: h, body: b } = shape;
  const specs = [...Object.values(headSpecs), ...Object.values(bodyParameters(shape))];
  const dense = specs.reduce(
    (sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1) + 16,
    0,
  );
  const names = tableNames(h).length;
  // Values, gradients, two moments, the mean; and which rows a step touched.
  return 5 * (dense + names * h.rows * (h.width + 1) + b.items * b.width + 64) + names * h.rows + b.items;
}

const arraysOf = (prefix: string, copy: Copy, names: readonly string[]): Record<string, Float32Array> => ({
  [`${prefix}body`]: copy.body,
  [`${prefix}heads`]: copy.heads,
  [`${prefix}items`]: copy.items,
  ...Object.fromEntries(names.map((name, i) => [`${prefix}rows.${name}`, copy.rows[i]!])),
});

const moments = (
  prefix: string,
  state: { readonly steps: Float64Array; readonly moments: readonly Float32Array[] },
): Record<string, Float32Array | Float64Array> => ({
  [`${prefix}steps`]: state.steps,
  ...Object.fromEntries(state.moments.map((moment, i) => [`${prefix}moment${i + 1}`, moment])),
});
