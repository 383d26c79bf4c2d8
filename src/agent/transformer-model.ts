import { gapBucket, type Rng, type Sequences } from '../core/index.ts';
import {
  adam,
  clipScale,
  type Engine,
  embeddingTable,
  gradientTensors,
  loadKernels,
  type ParameterSpec,
  parameters,
  parameterTensors,
  type Tensor,
  type Tensors,
} from '../math/index.ts';
import { nextTypeParameters, typeCount, withoutTypeHead } from './next-type-head.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { roundedLength, rowsFor, type WindowBatch } from './sequence-windows.ts';
import type { TokenParts } from './token-parts.ts';
import {
  dropoutShapes,
  type Encode,
  hiddenPlace,
  type TransformerShape,
  transformerFile,
  transformerParameters,
  transformerScoring,
  transformerState,
  transformerTraining,
} from './transformer-network.ts';

/** The network with its numbers, its optimiser, and a compiled graph for each length that came up. */
export interface TransformerModel {
  /** Back to the numbers it began with. */
  reset(): void;
  /** One step of Adam on a batch; answers the mean loss of its targets, in nats. */
  update(sequences: Sequences, batch: WindowBatch): Promise<number>;
  /** Scores of all items, rows x items, for histories (oldest first) of at least one item. */
  score(histories: readonly History[]): Promise<Float32Array>;
  /** The network as it is now, for one history at a time, over a copy of its item table. */
  reader(rows: Float32Array): StateReader;
  /** The network as it is now, weights inside (`transformerFile`). */
  onnx(): Uint8Array;
  /** The network's parameters and its item table, live. */
  readonly weights: readonly [parameters: Float32Array, table: Float32Array];
  /** Every array a restored run needs, by name; live. */
  readonly state: Readonly<Record<string, Float32Array | Float64Array>>;
}

/** A copy of a network that later learning does not change. */
export interface StateReader {
  /** The state after a history of at least one item, `width` numbers. */
  stateOf(history: History): Promise<Float32Array>;
  /** Gives its memory back, after what was asked before; nothing may be asked after it. Rejects where the engine does. */
  release(): Promise<void>;
}

/** Entries from .. to of item numbers, and of their kinds where those are read. */
export interface History {
  readonly items: Int32Array;
  /** Codes of the kinds of events. */
  readonly kinds?: Uint8Array | Int32Array;
  /** Buckets of the pause before each; that of the oldest is not looked at. */
  readonly gaps?: Int32Array;
}

export interface TransformerOptions {
  readonly shape: TransformerShape;
  /** What fills the `shape.kinds` columns of a token. */
  readonly parts: TokenParts;
  readonly engine: Engine;
  readonly rng: Rng;
  readonly batchSize: number;
  readonly learningRate: number;
  /** Step size of the item rows, as a share of `learningRate`. */
  readonly rowRate: number;
  /** Length that each step gives the item rows it moves; 0 leaves them as long as they become. */
  readonly rowLength: number;
  readonly dropout: number;
  readonly clipNorm: number;
  readonly threads: number;
  /** Another network over the same inputs; the transformer where left out. */
  readonly network?: SequenceNetwork;
}

/** What makes states of a history's rows: its parameters, where dropout acts, and the graph. */
export interface SequenceNetwork {
  readonly parameters: Readonly<Record<string, ParameterSpec>>;
  dropoutShapes(rows: number, length: number): Record<string, number[]>;
  readonly encode?: Encode;
}

/** Histories scored in one run. */
export const mostScored = 64;

export async function transformerModel(given: TransformerOptions): Promise<TransformerModel> {
  const { shape: s, parts, engine, batchSize, dropout, threads, learningRate } = given;
  const network: SequenceNetwork = given.network ?? {
    parameters: transformerParameters(s),
    dropoutShapes: (count, length) => dropoutShapes(s, count, length),
  };
  const { typeLoss = 0 } = s;
  const specs = { ...network.parameters, ...(typeLoss > 0 && nextTypeParameters(s.width)) };
  const rows = (length: number): number => rowsFor(length, batchSize);
  const lengths = Array.from({ length: s.places }, (_, i) => roundedLength(i + 1, s.places));
  const mostPlaces = Math.max(mostScored * s.places, ...lengths.map((length) => rows(length) * length));
  const kernels = loadKernels({ bytes: memoryFor(specs, s, mostPlaces) });
  const of = parameters(specs, given.rng.fork('parameters'), kernels);
  const { trunk, end } = withoutTypeHead(of);
  const table = embeddingTable(s.items, s.width, 0.02, given.rng.fork('table'), kernels);
  const optimiser = adam(of.values.length, { learningRate }, kernels);
  const [moment1, moment2] = optimiser.state.moments as [Float32Array, Float32Array];
  const steps = new Float64Array(1);
  const [firstParameters, firstTable] = [of.values.slice(), table.values.slice()];
  const tableTensor = { data: table.values, shape: [s.items, s.width] };

  // Every length's graph reads and writes the beginning of the same arrays.
  const items = kernels.ints(mostPlaces);
  const targets = kernels.ints(mostPlaces);
  const targetsOrNone = kernels.ints(mostPlaces);
  const weights = new Float32Array(mostPlaces);
  const kinds = new Float32Array(mostPlaces * s.kinds);
  const types = new Float32Array(typeLoss > 0 ? mostPlaces * typeCount : 0);
  const padding = new Float32Array(mostPlaces);
  const negatives = kernels.ints(Math.max(1, s.negatives));
  const itemGradients = kernels.floats(mostPlaces * s.width);
  const targetGradients = kernels.floats(mostPlaces * s.width);
  const otherRows = s.negatives > 0 ? negatives : everyRow(kernels.ints(s.items));
  const otherGradients = kernels.floats(otherRows.length * s.width);
  const lossOut = { data: new Float32Array(1), shape: [] };
  const kept = keptNumbers(dropout, given.rng.fork('dropout'));

  interface Step {
    readonly run: () => Promise<void>;
    readonly masks: readonly Float32Array[];
  }
  const training = new Map<number, Step>();
  const compileStep = async (length: number): Promise<Step> => {
    const count = rows(length);
    const n = count * length;
    const masks: Record<string, Tensor> = {};
    if (dropout > 0)
      for (const [name, shape] of Object.entries(network.dropoutShapes(count, length)))
        masks[name] = { data: new Float32Array(shape[0]! * shape[1]!), shape };
    const graph = transformerTraining(s, of, count, length, dropout > 0, network.encode);
    const program = await engine.compile(graph, { threads });
    const run = program.bind(
      {
        ...parameterTensors(of),
        table: tableTensor,
        ...historyTensors(count, length),
        targets: { data: targets.subarray(0, n), shape: [n] },
        weights: { data: weights.subarray(0, n), shape: [n, 1] },
        ...(typeLoss > 0 && { types: { data: types.subarray(0, n * typeCount), shape: [n, typeCount] } }),
        ...(s.negatives > 0 && { negatives: { data: negatives, shape: [s.negatives] } }),
        ...masks,
      },
      {
        loss: lossOut,
        ...gradientTensors(of),
        'rows.items': { data: itemGradients.subarray(0, n * s.width), shape: [n, s.width] },
        'rows.targets': { data: targetGradients.subarray(0, n * s.width), shape: [n, s.width] },
        [s.negatives > 0 ? 'rows.negatives' : 'rows.table']: {
          data: otherGradients,
          shape: [otherRows.length, s.width],
        },
      },
    );
    return { run, masks: Object.values(masks).map(({ data }) => data as Float32Array) };
  };
  const stepFor = async (length: number): Promise<Step> => {
    const made = training.get(length) ?? (await compileStep(length));
    training.set(length, made);
    return made;
  };
  function historyTensors(count: number, length: number): Tensors {
    const n = count * length;
    return {
      'history.items': { data: items.subarray(0, n), shape: [n] },
      'history.padding': { data: padding.subarray(0, n), shape: [count, 1, 1, length] },
      ...(s.kinds > 0 && { 'history.kinds': { data: kinds.subarray(0, n * s.kinds), shape: [n, s.kinds] } }),
    };
  }

  interface Scorer {
    readonly run: () => Promise<void>;
    readonly scores: Float32Array;
  }
  const scorers = new Map<string, Scorer>();
  const scorerFor = async (count: number, length: number): Promise<Scorer> => {
    const key = `${count}x${length}`;
    const compile = async (): Promise<Scorer> => {
      const scores = new Float32Array(count * s.items);
      const graph = transformerScoring(s, trunk, count, length, network.encode);
      const program = await engine.compile(graph, { threads: 1 });
      const run = program.bind(
        {
          ...parameterTensors(trunk),
          table: tableTensor,
          ...historyTensors(count, length),
        },
        { scores: { data: scores, shape: [count, s.items] } },
      );
      return { run, scores };
    };
    const made = scorers.get(key) ?? (await compile());
    scorers.set(key, made);
    return made;
  };

  const feed = (histories: readonly History[], length: number): void => {
    const n = histories.length * length;
    items.fill(0, 0, n);
    kinds.fill(0, 0, n * s.kinds);
    padding.fill(hiddenPlace, 0, n);
    histories.forEach((history, row) => {
      const begin = (row + 1) * length - history.items.length;
      items.set(history.items, begin);
      padding.fill(0, begin, (row + 1) * length);
      if (s.kinds === 0) return;
      history.items.forEach((item, i) => {
        const gap = i === 0 ? 0 : (history.gaps?.[i] ?? 0);
        parts.mark(kinds, (begin + i) * s.kinds, item, history.kinds?.[i] ?? -1, gap);
      });
    });
  };

  async function update(sequences: Sequences, { length, windows }: WindowBatch): Promise<number> {
    const step = await stepFor(length);
    const n = rows(length) * length;
    items.fill(0, 0, n);
    targets.fill(0, 0, n);
    targetsOrNone.fill(-1, 0, n);
    weights.fill(0, 0, n);
    kinds.fill(0, 0, n * s.kinds);
    padding.fill(hiddenPlace, 0, n);
    types.fill(0, 0, n * typeCount);
    let [wanted, typed] = [0, 0];
    windows.forEach(({ from, to, learnFrom, typesHeldBack }, row) => {
      const end = (row + 1) * length;
      for (let entry = from; entry < to - 1; entry++) {
        const at = end + entry - to + 1;
        items[at] = sequences.items[entry]!;
        padding[at] = 0;
        if (s.kinds > 0) {
          const gap = parts.gaps && entry > from ? pauseBefore(sequences, entry) : 0;
          parts.mark(kinds, at * s.kinds, items[at], sequences.types?.[entry] ?? -1, gap);
        }
        if (entry + 1 < learnFrom) continue;
        targets[at] = targetsOrNone[at] = sequences.items[entry + 1]!;
        weights[at] = 1;
        wanted++;
        if (typeLoss === 0 || typesHeldBack) continue;
        types[at * typeCount + sequences.types![entry + 1]!] = typeLoss;
        typed++;
      }
    });
    for (let at = 0; at < n; at++) weights[at]! /= wanted;
    if (typed > 0) for (let i = 0; i < n * typeCount; i++) types[i]! /= typed;
    const chance = given.rng.fork(steps[0]!++);
    for (let k = 0; k < s.negatives; k++) negatives[k] = chance.int(s.items);
    for (const mask of step.masks) kept(mask, chance);
    await step.run();
    table.accumulate(items.subarray(0, n), itemGradients);
    table.accumulate(targetsOrNone.subarray(0, n), targetGradients);
    table.accumulate(otherRows, otherGradients);
    const square = given.clipNorm > 0 ? kernels.sumOfSquares(of.gradients) + table.squaredNorm() : 0;
    const scale = clipScale(square, given.clipNorm);
    optimiser.step(of.values, of.gradients, scale);
    table.step('adam', { learningRate: learningRate * given.rowRate }, scale, given.rowLength);
    return lossOut.data[0]!;
  }
  async function score(histories: readonly History[]): Promise<Float32Array> {
    const longest = Math.max(...histories.map((history) => history.items.length));
    const length = scoredLength(longest, s.places);
    const { run, scores } = await scorerFor(histories.length, length);
    feed(histories, length);
    await run();
    return scores.slice();
  }
  const alone = oneAtATime();
  function reader(rows: Float32Array): StateReader {
    const graphs = new Map<number, { release(): Promise<void>; run(): Promise<void>; state: Float32Array }>();
    const frozen = { ...trunk, values: of.values.slice() };
    const graphFor = async (length: number) => {
      const state = new Float32Array(s.width);
      const program = await engine.compile(transformerState(s, frozen, length, network.encode), {
        threads: 1,
      });
      const run = program.bind(
        { table: { data: rows, shape: tableTensor.shape }, ...historyTensors(1, length) },
        { state: { data: state, shape: [1, s.width] } },
      );
      const made = { release: () => program.release(), run, state };
      graphs.set(length, made);
      return made;
    };
    return {
      stateOf: (history) =>
        alone(async () => {
          const length = scoredLength(history.items.length, s.places);
          const { run, state } = graphs.get(length) ?? (await graphFor(length));
          feed([history], length);
          await run();
          return state.slice();
        }),
      release: () =>
        alone(async () => {
          await Promise.all([...graphs.values()].map((each) => each.release()));
        }),
    };
  }

  return {
    reset() {
      for (const { steps: count, moments } of [optimiser.state, table.state])
        for (const array of [count, ...moments]) array.fill(0);
      steps.fill(0);
      of.values.set(firstParameters);
      table.values.set(firstTable);
    },
    update: (sequences, batch) => alone(() => update(sequences, batch)),
    score: (histories) => alone(() => score(histories)),
    reader,
    onnx: () => transformerFile(s, trunk, table.values, network.encode, parts.ofItems),
    weights: [of.values, table.values],
    state: {
      steps,
      parameters: of.values.subarray(0, end),
      table: table.values,
      'parameters.steps': optimiser.state.steps,
      'parameters.moment1': moment1.subarray(0, end),
      'parameters.moment2': moment2.subarray(0, end),
      ...(typeLoss > 0 && {
        nextType: of.values.subarray(end),
        'nextType.moment1': moment1.subarray(end),
        'nextType.moment2': moment2.subarray(end),
      }),
      'table.steps': table.state.steps,
      'table.moment1': table.state.moments[0]!,
      'table.moment2': table.state.moments[1]!,
    },
  };
}

/** Its bucket, 0 where times are not known. */
export const pauseBefore = ({ times }: Sequences, entry: number): number =>
  times ? gapBucket(times[entry]! - times[entry - 1]!) : 0;

/** The next power of two from 8, up to `places`: few graphs, so that few answers wait for one to be compiled. */
const scoredLength = (longest: number, places: number): number =>
  Math.min(places, Math.max(8, 2 ** Math.ceil(Math.log2(longest))));

function everyRow(rows: Int32Array): Int32Array {
  for (let i = 0; i < rows.length; i++) rows[i] = i;
  return rows;
}

/** Numbers drawn once; a mask is a stretch of them from a random place, since drawing as many as a step drops costs more than the step. */
const drawn = 2 ** 20;

function keptNumbers(dropout: number, rng: Rng): (mask: Float32Array, chance: Rng) => void {
  const numbers = new Float32Array(dropout > 0 ? drawn : 0);
  for (let i = 0; i < numbers.length; i++) numbers[i] = rng.float() < dropout ? 0 : 1 / (1 - dropout);
  return (mask, chance) => {
    for (let at = 0, from = chance.int(drawn); at < mask.length; from = 0) {
      const some = Math.min(mask.length - at, drawn - from);
      mask.set(numbers.subarray(from, from + some), at);
      at += some;
    }
  };
}

/** Bytes the kernels need: four arrays of every parameter and of the table, and the rows of a batch. */
function memoryFor(specs: SequenceNetwork['parameters'], s: TransformerShape, places: number): number {
  const dense = Object.values(specs).reduce(
    (sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1) + 16,
    0,
  );
  const table = s.items * s.width;
  const others = s.negatives > 0 ? s.negatives : s.items;
  const batch = places * (3 + 2 * s.width) + others * (1 + s.width);
  return 4 * (4 * dense + 4 * table + s.items + batch) + 2 ** 16;
}
