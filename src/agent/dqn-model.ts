import { type ItemFeatures, type Rng, TendrilError } from '../core/index.ts';
import {
  type AdamOptions,
  adam,
  clipScale,
  type EmbeddingTable,
  type Engine,
  embeddingTable,
  gradientTensors,
  loadKernels,
  parameters,
  parameterTensors,
  sgd,
  type Tensor,
  type Tensors,
} from '../math/index.ts';
import { affinities, type Encoded, type Encoder, encodedRows } from './dqn-encoder.ts';
import {
  type NetworkShape,
  networkParameters,
  scoringGraph,
  tableNames,
  trainingGraph,
} from './dqn-network.ts';
import { foldedContent, withoutContent } from './folded-content.ts';
import { oneAtATime } from './one-at-a-time.ts';

/**
 * The network with its numbers: online weights and their frozen copy, optimiser, and the compiled graphs that read and
 * write them in place.
 */
export interface Model {
  /** What the graph reads in a training step; fill it, then `update`. */
  readonly batch: TrainingBatch;
  update(): Promise<UpdateResult>;
  /** Makes the target network equal to the online one. */
  copyToTarget(): void;
  /** Scores n observations: n x items, and what the best action is worth. The arrays are new. */
  score(observations: Float32Array, n: number): Promise<{ scores: Float32Array; values: Float32Array }>;
  /** Every array a restored run needs, by name; live. */
  readonly state: Readonly<Record<string, Float32Array | Float64Array>>;
}

export interface TrainingBatch {
  /** Encoded observations before and after. */
  readonly before: Encoded;
  readonly after: Encoded;
  readonly actions: Int32Array;
  readonly credit: Float32Array;
  readonly open: Float32Array;
  readonly reward: Float32Array;
  readonly discount: Float32Array;
  /** Of choices, n x items: 0 where it is allowed next, else a number below any value. */
  readonly forbidden: Float32Array;
  readonly importance: Float32Array;
  /** How strongly the prior pulls at each option's value row and choice row (prior-pull.ts). */
  readonly pull: Float32Array;
  readonly choicePull: Float32Array;
}

export interface UpdateResult {
  readonly loss: number;
  readonly choiceLoss: number;
  /** Temporal-difference error of each row. The array is reused. */
  readonly errors: Float32Array;
}

export interface ModelOptions {
  readonly shape: NetworkShape;
  readonly encoder: Encoder;
  readonly items: ItemFeatures | undefined;
  readonly contentText: boolean;
  /** Needed by graphs only. */
  readonly engine: Engine | undefined;
  readonly rng: Rng;
  readonly batchSize: number;
  readonly optimiser: 'adam' | 'sgd';
  readonly options: AdamOptions;
  readonly clipNorm: number;
  /** Weight of what was, at each update, in the mean that scores; 0 for the newest numbers alone. */
  readonly averaging: number;
  readonly threads: number;
}

export async function dqnModel(given: ModelOptions): Promise<Model> {
  const { shape, encoder, engine, batchSize: n } = given;
  if (!engine) throw new TendrilError('bad-setting', 'dqn needs an engine in its context');
  const specs = networkParameters(shape);
  const names = tableNames(shape);
  const width = shape.width + 1;
  const kernels = loadKernels({ bytes: memoryFor(specs, shape, names.length, n) });
  const online = parameters(specs, given.rng.fork('parameters'), kernels);
  const frozen = { ...online, values: online.values.slice() };
  const spread = shape.content > 0 ? 0.01 : 0.1;
  const tables = Object.fromEntries(
    names.map((name) => [name, embeddingTable(shape.rows, width, spread, given.rng.fork(name), kernels)]),
  ) as Record<'q' | 'choice', EmbeddingTable>;
  const frozenTables = names.map((name) => tables[name].values.slice());
  // What scores is a running mean of the numbers (Polyak & Juditsky 1992): single steps are noisy.
  const learned = [online.values, ...names.map((name) => tables[name].values)];
  const averages = learned.map((values) => {
    const mean = kernels.floats(values.length);
    mean.set(values);
    return mean;
  });
  const averageTensors = {
    ...parameterTensors({ ...online, values: averages[0]! }),
    ...Object.fromEntries(
      names.map((name, i) => [`table.${name}`, { data: averages[i + 1]!, shape: [shape.rows, width] }]),
    ),
  };
  const averaged = new Float64Array(1);
  const optimiser =
    given.optimiser === 'adam'
      ? adam(online.values.length, given.options, kernels)
      : sgd(given.options, kernels);

  const catalogue = catalogueTensors(shape, given.items, given.contentText);
  const tableTensors = (prefix: string, values: readonly Float32Array[]): Tensors =>
    Object.fromEntries(
      names.map((name, i) => [`${prefix}table.${name}`, { data: values[i]!, shape: [shape.rows, width] }]),
    );
  const onlineTensors = {
    ...parameterTensors(online),
    ...tableTensors(
      '',
      names.map((name) => tables[name].values),
    ),
    ...catalogue,
  };

  const batch: TrainingBatch = {
    before: encodedRows(encoder, n),
    after: encodedRows(encoder, n),
    actions: kernels.ints(n * shape.options),
    credit: new Float32Array(n * shape.options),
    open: new Float32Array(n * shape.options).fill(1),
    reward: new Float32Array(n * shape.options),
    discount: new Float32Array(n),
    forbidden: new Float32Array(shape.mode === 'choice' ? n * shape.items : 0),
    importance: new Float32Array(n).fill(1),
    pull: new Float32Array(n * shape.options),
    choicePull: new Float32Array(n * shape.options),
  };
  const loss = { data: new Float32Array(1), shape: [] };
  const choiceLoss = { data: new Float32Array(1), shape: [] };
  const errors = new Float32Array(n);
  const rowGradients = Object.fromEntries(
    [...names, ...(shape.history > 0 ? ['history'] : [])].map((name) => {
      const count = n * (name === 'history' ? shape.history : shape.options);
      return [name, { data: kernels.floats(count * width), shape: [count, width] }];
    }),
  );
  const seenItems = kernels.ints(n * shape.history);
  const historyTable = tables[shape.mode === 'slateq' ? 'choice' : 'q'];

  const training = await engine.compile(trainingGraph(shape, online, n), { threads: given.threads });
  const options = [n, shape.options];
  const run = training.bind(
    {
      ...onlineTensors,
      ...parameterTensors(frozen, 'target.'),
      ...tableTensors('target.', frozenTables),
      ...stateTensors(shape, batch.before, n, ''),
      ...stateTensors(shape, batch.after, n, 'next.'),
      actions: { data: batch.actions, shape: [n * shape.options] },
      credit: { data: batch.credit, shape: options },
      ...(shape.mode === 'slateq' && { open: { data: batch.open, shape: options } }),
      reward: { data: batch.reward, shape: options },
      discount: { data: batch.discount, shape: [n, 1] },
      ...(shape.mode === 'choice' && { forbidden: { data: batch.forbidden, shape: [n, shape.items] } }),
      importance: { data: batch.importance, shape: [n, 1] },
      ...(shape.shrinkage > 0 && { pull: { data: batch.pull, shape: options } }),
      ...(shape.choiceShrinkage > 0 && { choicePull: { data: batch.choicePull, shape: options } }),
    },
    {
      loss,
      error: { data: errors, shape: [n] },
      ...(shape.mode === 'slateq' && { choiceLoss }),
      ...gradientTensors(online),
      ...Object.fromEntries(Object.entries(rowGradients).map(([name, tensor]) => [`rows.${name}`, tensor])),
    },
  );

  // Scoring reads tables that hold their content.
  const { content, ...scoredCatalogue } = catalogue;
  const folded = foldedContent(engine, averageTensors, content, () => averaged[0]!);
  const scorers = new Map<number, Scorer>();
  const scorerFor = async (rows: number): Promise<Scorer> => {
    const made = scorers.get(rows);
    if (made) return made;
    const inputs = encodedRows(encoder, rows);
    const scores = new Float32Array(rows * shape.items);
    const values = new Float32Array(rows);
    const program = await engine.compile(
      scoringGraph({ ...shape, content: 0 }, withoutContent(online), rows),
    );
    const scorer = {
      inputs,
      scores,
      values,
      run: program.bind(
        { ...folded.tensors, ...scoredCatalogue, ...stateTensors(shape, inputs, rows, '') },
        { scores: { data: scores, shape: [rows, shape.items] }, value: { data: values, shape: [rows, 1] } },
      ),
    };
    scorers.set(rows, scorer);
    return scorer;
  };

  const alone = oneAtATime();
  return {
    batch,
    update: () =>
      alone(async () => {
        await run();
        for (const name of names) tables[name].accumulate(batch.actions, rowGradients[name]!.data);
        if (shape.history > 0) {
          const { history, weights } = batch.before;
          for (let i = 0; i < seenItems.length; i++) seenItems[i] = weights[i]! > 0 ? history[i]! : -1;
          historyTable.accumulate(seenItems, rowGradients.history!.data);
        }
        const square = names.reduce(
          (sum, name) => sum + tables[name].squaredNorm(),
          kernels.sumOfSquares(online.gradients),
        );
        const scale = clipScale(square, given.clipNorm);
        optimiser.step(online.values, online.gradients, scale);
        for (const name of names) tables[name].step(given.optimiser, given.options, scale);
        averaged[0]!++;
        const rate = Math.max(1 - given.averaging, 1 / averaged[0]!);
        learned.forEach((values, i) => {
          kernels.approach(averages[i]!, values, rate);
        });
        return { loss: loss.data[0]!, choiceLoss: choiceLoss.data[0]!, errors };
      }),
    copyToTarget() {
      frozen.values.set(online.values);
      names.forEach((name, i) => {
        frozenTables[i]!.set(tables[name].values);
      });
    },
    score: (observations, count) =>
      alone(async () => {
        const scores = new Float32Array(count * shape.items);
        const values = new Float32Array(count);
        const size = observations.length / count;
        for (let done = 0; done < count; ) {
          const rows = Math.min(count - done, mostRows);
          const scorer = await scorerFor(2 ** Math.ceil(Math.log2(rows)));
          encoder.encode(observations.subarray(done * size, (done + rows) * size), rows, scorer.inputs);
          await folded.renew();
          await scorer.run();
          scores.set(scorer.scores.subarray(0, rows * shape.items), done * shape.items);
          values.set(scorer.values.subarray(0, rows), done);
          done += rows;
        }
        return { scores, values };
      }),
    state: {
      online: online.values,
      target: frozen.values,
      averaged,
      ...Object.fromEntries(averages.map((values, i) => [`average${i}`, values])),
      ...named('optimiser.', optimiser.state),
      ...Object.assign(
        {},
        ...names.map((name, i) => ({
          [`${name}.online`]: tables[name].values,
          [`${name}.target`]: frozenTables[i]!,
          ...named(`${name}.`, tables[name].state),
        })),
      ),
    },
  };
}

/** Observations scored in one run; more are scored in several. */
const mostRows = 256;

interface Scorer {
  readonly inputs: Encoded;
  readonly scores: Float32Array;
  readonly values: Float32Array;
  readonly run: () => Promise<void>;
}

const named = (
  prefix: string,
  state: { readonly steps: Float64Array; readonly moments: readonly Float32Array[] },
): Record<string, Float32Array | Float64Array> => ({
  [`${prefix}steps`]: state.steps,
  ...Object.fromEntries(state.moments.map((moment, i) => [`${prefix}moment${i + 1}`, moment])),
});

export function stateTensors(s: NetworkShape, rows: Encoded, n: number, prefix: string): Tensors {
  return {
    [`${prefix}dense`]: { data: rows.dense, shape: [n, s.dense] },
    ...(s.history > 0 && {
      [`${prefix}history`]: { data: rows.history, shape: [n, s.history] },
      [`${prefix}weights`]: { data: rows.weights, shape: [n, s.history] },
    }),
    ...(s.affinity > 0 && {
      [`${prefix}affinity`]: { data: rows.affinity, shape: [n, affinities * s.affinity] },
      [`${prefix}price`]: { data: rows.price, shape: [n, 1] },
    }),
    ...(s.profile > 0 && { [`${prefix}profile`]: { data: rows.profile, shape: [n, s.profile] } }),
  };
}

/** Columns of an item's content: its category as one-hot, its price and the price's square, that it is an item, its words. */
export const contentColumns = (items: ItemFeatures, text: boolean): number =>
  items.categoryCount + 3 + (text ? items.textSize : 0);

/** Content of every row of the item tables; the row for choosing nothing, where there is one, is all zeros. */
export function catalogueTensors(
  s: Pick<NetworkShape, 'rows' | 'content' | 'affinity' | 'profile'>,
  items: ItemFeatures | undefined,
  text: boolean,
): Record<string, Tensor> {
  const tensors: Record<string, Tensor> = {};
  if (!items) return tensors;
  if (s.content > 0) {
    const data = new Float32Array(s.rows * s.content);
    for (let i = 0; i < items.n; i++) {
      const at = i * s.content;
      const price = items.prices[i]! - 0.5;
      if (items.categories[i]! > 0) data[at + items.categories[i]! - 1] = 1;
      data[at + items.categoryCount] = price;
      data[at + items.categoryCount + 1] = price * price;
      data[at + items.categoryCount + 2] = 1;
      if (text)
        data.set(
          items.text.subarray(i * items.textSize, (i + 1) * items.textSize),
          at + items.categoryCount + 3,
        );
    }
    tensors.content = { data, shape: [s.rows, s.content] };
  }
  if (s.affinity > 0) {
    const categories = new Int32Array(s.rows);
    const prices = new Float32Array(s.rows).fill(0.5);
    categories.set(items.categories);
    prices.set(items.prices);
    tensors.categories = { data: categories, shape: [s.rows] };
    tensors.prices = { data: prices, shape: [1, s.rows] };
    if (s.profile > 0) {
      const words = new Float32Array(s.rows * s.profile);
      words.set(items.text);
      tensors.text = { data: words, shape: [s.rows, s.profile] };
    }
  }
  return tensors;
}

/** Bytes the kernels need: five arrays of every parameter and table, and the gathered rows of a batch. */
function memoryFor(
  specs: ReturnType<typeof networkParameters>,
  s: NetworkShape,
  tables: number,
  n: number,
): number {
  const dense = Object.values(specs).reduce(
    (sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1) + 16,
    0,
  );
  const table = s.rows * (s.width + 1) + 16;
  const gathered = n * (s.options * tables + s.history) * (s.width + 1);
  const indices = n * (s.options + s.history) + s.rows * tables;
  return 4 * (5 * dense + 5 * tables * table + gathered + indices) + 2 ** 16;
}
