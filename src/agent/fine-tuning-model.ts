import { type ItemFeatures, type Rng, TendrilError } from '../core/index.ts';
import {
  type Engine,
  gradientTensors,
  loadKernels,
  type ParameterSpec,
  parameterTensors,
  type Tensor,
  type Tensors,
} from '../math/index.ts';
import { type Encoded, type Encoder, encodedRows } from './dqn-encoder.ts';
import { catalogueTensors, stateTensors, type TrainingBatch } from './dqn-model.ts';
import { tableNames } from './dqn-network.ts';
import { type FineTuningShape, type Learned, preTraining, type StepGraph } from './fine-tuning-network.ts';
import {
  type FineTuningNumbers,
  fineTuningNumbers,
  type LearningRates,
  roomForNumbers,
} from './fine-tuning-numbers.ts';
import { foldedContent, withoutContent } from './folded-content.ts';
import type { HistoryReader, Tokens } from './history-tokens.ts';
import { nextSearch } from './next-search.ts';
import { oneAtATime } from './one-at-a-time.ts';
import type { Policy } from './policy.ts';

/** The transformer with its heads, their numbers, and the compiled graphs that read and write them in place. */
export interface FineTuningModel {
  readonly batch: FineTuningBatch;
  readonly numbers: FineTuningNumbers;
  /** One step of the self-supervised head alone; answers its loss. */
  preTrain(): Promise<number>;
  /** One step of everything. Nothing moves where the engine fails, or by a loss that is no number (`bad-setting`). */
  update(): Promise<Updated>;
  /** Scores n observations, n x items each; what the state is worth, n. The arrays are new. */
  score(observations: Float32Array, n: number): Promise<Scored>;
  /** The best items by `next` alone. */
  readonly bestNext: NonNullable<Policy['best']>;
}

/** What a step reads: fill it, then `update`. */
export interface FineTuningBatch extends Omit<TrainingBatch, 'importance'> {
  readonly tokensBefore: Tokens;
  readonly tokensAfter: Tokens;
  /** n: the item taken, and the weight of its surprise; 0 where nothing was. */
  readonly taken: Int32Array;
  readonly takenWeight: Float32Array;
  /** n x options: 1 at the item taken. */
  readonly takenHot: Float32Array;
  /** One number: share of the self-supervised loss that is not weighted by advantages yet. */
  readonly warm: Float32Array;
  /** n x options: log-probability of each slot given the earlier ones, under the policy that showed it. */
  readonly behaviour: Float32Array;
  /** n: 1 where that is known. */
  readonly propensity: Float32Array;
  /** n x items: 0 where it was allowed to be shown, else a number below any logit. */
  readonly closed: Float32Array;
  /** n: 1 where the whole slate is learned from, because nothing of it was answered to. */
  readonly unanswered: Float32Array;
  /** n: weight of the critic's error. */
  readonly valued: Float32Array;
}

interface Updated {
  readonly loss: number;
  readonly choiceLoss: number;
  readonly nextLoss: number;
  /** Of an actor-critic, else 0. */
  readonly valueLoss: number;
  readonly entropy: number;
  /** Temporal-difference error of each row. The array is reused. */
  readonly errors: Float32Array;
  /** Of an actor-critic: pi / beta of each row, at most the cap. The array is reused. */
  readonly weights: Float32Array;
}

interface Scored {
  readonly scores: Float32Array;
  /** Logits. */
  readonly next: Float32Array;
  readonly values: Float32Array;
}

/** What an algorithm is to this model: what its heads are made of, and its graphs. */
export interface Graphs {
  readonly headSpecs: Readonly<Record<string, ParameterSpec>>;
  step(shape: FineTuningShape, of: Learned, n: number): StepGraph;
  /** Outputs `scores` and `next` [n, items], `value` [n, 1]. */
  scoring(shape: FineTuningShape, of: Learned, n: number): Uint8Array;
}

interface FineTuningOptions extends LearningRates {
  readonly shape: FineTuningShape;
  readonly graphs: Graphs;
  readonly encoder: Encoder;
  readonly histories: HistoryReader;
  readonly items: ItemFeatures | undefined;
  readonly contentText: boolean;
  readonly engine: Engine;
  readonly rng: Rng;
  readonly batchSize: number;
}

/** Observations scored in one run; more are scored in several. */
const mostRows = 256;

export async function fineTuningModel(given: FineTuningOptions): Promise<FineTuningModel> {
  const { shape, graphs, encoder, histories, engine, batchSize: n } = given;
  const { heads: h, body: b } = shape;
  const names = tableNames(h);
  const width = h.width + 1;
  const options = n * h.options;
  const places = n * b.places;
  const gathered = (names.length * options + n * h.history + h.rows) * width + (places + b.items) * b.width;
  const indices = options + n * h.history + 3 * places + b.items;
  const kernels = loadKernels({
    bytes: 4 * (roomForNumbers(shape, graphs.headSpecs) + gathered + indices) + 2 ** 16,
  });
  const numbers = fineTuningNumbers(shape, graphs.headSpecs, given, given.rng, kernels);
  const { body, heads, items, tables } = numbers;
  const of = { body, heads };
  const step = graphs.step(shape, of, n);
  const catalogue = catalogueTensors(h, given.items, given.contentText);
  // Scoring reads tables that hold their content.
  const { content, ...scoredCatalogue } = catalogue;
  const folded = foldedContent(engine, numbers.tensors('mean', ''), content, numbers.version);
  const bare = { ...shape, heads: { ...h, content: 0 } };
  const bareOf = { body: withoutContent(body), heads: withoutContent(heads) };

  const batch: FineTuningBatch = {
    before: encodedRows(encoder, n),
    after: encodedRows(encoder, n),
    tokensBefore: histories.room(n),
    tokensAfter: histories.room(n),
    actions: kernels.ints(options),
    credit: new Float32Array(options),
    open: new Float32Array(options).fill(1),
    reward: new Float32Array(options),
    discount: new Float32Array(n),
    forbidden: new Float32Array(step.inputs.includes('forbidden') ? n * h.items : 0),
    pull: new Float32Array(options),
    choicePull: new Float32Array(options),
    taken: new Int32Array(n),
    takenWeight: new Float32Array(n),
    takenHot: new Float32Array(options),
    behaviour: new Float32Array(options),
    propensity: new Float32Array(n),
    closed: new Float32Array(step.inputs.includes('closed') ? n * h.items : 0),
    unanswered: new Float32Array(n),
    valued: new Float32Array(n),
    warm: new Float32Array(1),
  };
  const told = {
    loss: scalar(),
    choiceLoss: scalar(),
    nextLoss: scalar(),
    valueLoss: scalar(),
    entropy: scalar(),
  };
  const errors = new Float32Array(n);
  const weights = new Float32Array(n);
  const gradientRows = (count: number, size: number): Tensor => ({
    data: kernels.floats(count * size),
    shape: [count, size],
  });
  const rowGradients: Record<string, Tensor> = {
    ...Object.fromEntries(names.map((name) => [name, gradientRows(options, width)])),
    ...(h.history > 0 && { history: gradientRows(n * h.history, width) }),
    ...(step.wholeTable && { all: gradientRows(h.rows, width) }),
    tokens: gradientRows(places, b.width),
    items: gradientRows(b.items, b.width),
  };
  const seenItems = kernels.ints(n * h.history);
  const tokensSeen = kernels.ints(places);
  const everyItem = kernels.ints(b.items);
  for (let i = 0; i < b.items; i++) everyItem[i] = i;
  const rowsOf = (name: string): Float32Array => rowGradients[name]!.data as Float32Array;

  const wide = [n, h.options];
  const own: Record<string, Tensor> = {
    actions: { data: batch.actions, shape: [options] },
    ...Object.fromEntries(
      (['credit', 'open', 'reward', 'pull', 'choicePull', 'takenHot', 'behaviour'] as const).map((name) => [
        name,
        { data: batch[name], shape: wide },
      ]),
    ),
    discount: { data: batch.discount, shape: [n, 1] },
    forbidden: { data: batch.forbidden, shape: [n, h.items] },
    taken: { data: batch.taken, shape: [n, 1] },
    takenWeight: { data: batch.takenWeight, shape: [n, 1] },
    warm: { data: batch.warm, shape: [1] },
    propensity: { data: batch.propensity, shape: [n, 1] },
    closed: { data: batch.closed, shape: [n, h.items] },
    unanswered: { data: batch.unanswered, shape: [n, 1] },
    valued: { data: batch.valued, shape: [n, 1] },
  };
  const bound: Record<string, Tensor> = {
    ...told,
    error: { data: errors, shape: [n] },
    weight: { data: weights, shape: [n] },
    ...Object.fromEntries(Object.entries(rowGradients).map(([name, tensor]) => [`rows.${name}`, tensor])),
  };
  const bodyGradients = Object.fromEntries(
    Object.entries(gradientTensors(body)).map(([name, tensor]) => [
      name.replace('gradient.', 'gradient.body.'),
      tensor,
    ]),
  );
  const run = (await engine.compile(step.bytes)).bind(
    {
      ...numbers.tensors('learned', ''),
      ...numbers.tensors('frozen', 'target.'),
      ...catalogue,
      ...stateTensors(h, batch.before, n, ''),
      ...stateTensors(h, batch.after, n, 'next.'),
      ...histories.tensors(batch.tokensBefore, n, ''),
      ...histories.tensors(batch.tokensAfter, n, 'next.'),
      ...picked(own, step.inputs),
    },
    {
      ...(!shape.frozen && bodyGradients),
      ...gradientTensors(heads),
      ...picked(bound, step.outputs),
    },
  );
  let alone: (() => Promise<void>) | undefined;
  const checkLoss = (): void => {
    const loss = Object.values(told).reduce((sum, { data }) => sum + data[0]!, 0);
    if (!Number.isFinite(loss))
      throw new TendrilError('bad-setting', `the loss became ${loss}; accepted: smaller learning rates`);
  };

  /** Adds up by row what the graph says of the tokens and of every item. */
  function accumulateItems(): void {
    const { tokens, padding } = batch.tokensBefore;
    for (let at = 0; at < places; at++) tokensSeen[at] = padding[at] === 0 ? tokens[at]! : -1;
    items.accumulate(tokensSeen, rowsOf('tokens'));
    items.accumulate(everyItem, rowsOf('items'));
  }

  const scorers = new Map<number, Scorer>();
  const compileScorer = async (rows: number): Promise<Scorer> => {
    const inputs = encodedRows(encoder, rows);
    const tokens = histories.room(rows);
    const out = {
      scores: new Float32Array(rows * b.items),
      next: new Float32Array(rows * b.items),
      values: new Float32Array(rows),
    };
    const program = await engine.compile(graphs.scoring(bare, bareOf, rows));
    const score = program.bind(
      {
        ...folded.tensors,
        ...scoredCatalogue,
        ...stateTensors(h, inputs, rows, ''),
        ...histories.tensors(tokens, rows, ''),
      },
      {
        scores: { data: out.scores, shape: [rows, b.items] },
        next: { data: out.next, shape: [rows, b.items] },
        value: { data: out.values, shape: [rows, 1] },
      },
    );
    return { inputs, tokens, out, run: score };
  };
  const scorerFor = async (rows: number): Promise<Scorer> => {
    const made = scorers.get(rows) ?? (await compileScorer(rows));
    scorers.set(rows, made);
    return made;
  };

  const inTurn = oneAtATime();
  return {
    batch,
    numbers,
    bestNext: nextSearch(shape, bareOf.body, folded, numbers.version, histories, engine, inTurn),
    preTrain: () =>
      inTurn(async () => {
        alone ??= (await engine.compile(preTraining(shape, of, n))).bind(
          {
            ...parameterTensors(body, 'body.'),
            ...catalogue,
            'table.items': { data: items.values, shape: [b.items, b.width] },
            ...histories.tensors(batch.tokensBefore, n, ''),
            ...picked(own, ['taken', 'takenWeight']),
          },
          { ...bodyGradients, ...picked(bound, ['nextLoss', 'rows.tokens', 'rows.items']) },
        );
        await alone();
        checkLoss();
        accumulateItems();
        numbers.step('body');
        return told.nextLoss.data[0]!;
      }),
    update: () =>
      inTurn(async () => {
        await run();
        checkLoss();
        for (const name of names)
          if (step.outputs.includes(`rows.${name}`)) tables[name]!.accumulate(batch.actions, rowsOf(name));
        if (step.wholeTable) tables[step.wholeTable]!.accumulate(everyItem, rowsOf('all'));
        if (h.history > 0) {
          const { history, weights } = batch.before;
          for (let i = 0; i < seenItems.length; i++) seenItems[i] = weights[i]! > 0 ? history[i]! : -1;
          tables[h.mode === 'slateq' ? 'choice' : 'q']!.accumulate(seenItems, rowsOf('history'));
        }
        if (!shape.frozen) accumulateItems();
        numbers.step(shape.frozen ? 'heads' : 'all');
        const [loss, choiceLoss, nextLoss, valueLoss, entropy] = (
          ['loss', 'choiceLoss', 'nextLoss', 'valueLoss', 'entropy'] as const
        ).map((name) => told[name].data[0]!) as [number, number, number, number, number];
        return { loss, choiceLoss, nextLoss, valueLoss, entropy, errors, weights };
      }),
    score: (observations, count) =>
      inTurn(async () => {
        const result = {
          scores: new Float32Array(count * b.items),
          next: new Float32Array(count * b.items),
          values: new Float32Array(count),
        };
        const size = observations.length / count;
        for (let done = 0; done < count; ) {
          const rows = Math.min(count - done, mostRows);
          const scorer = await scorerFor(2 ** Math.ceil(Math.log2(rows)));
          const some = observations.subarray(done * size, (done + rows) * size);
          encoder.encode(some, rows, scorer.inputs);
          histories.read(some, rows, scorer.tokens);
          await folded.renew();
          await scorer.run();
          result.scores.set(scorer.out.scores.subarray(0, rows * b.items), done * b.items);
          result.next.set(scorer.out.next.subarray(0, rows * b.items), done * b.items);
          result.values.set(scorer.out.values.subarray(0, rows), done);
          done += rows;
        }
        return result;
      }),
  };
}

interface Scorer {
  readonly inputs: Encoded;
  readonly tokens: Tokens;
  readonly out: Scored;
  readonly run: () => Promise<void>;
}

const scalar = (): { data: Float32Array; shape: number[] } => ({ data: new Float32Array(1), shape: [] });

const picked = (from: Readonly<Record<string, Tensor>>, names: readonly string[]): Tensors =>
  Object.fromEntries(names.map((name) => [name, from[name]!]));
