import {
  add,
  type Graph,
  gatherRows,
  gradientOutputs,
  graph,
  layerNorm,
  linear,
  linearTransposed,
  matmul,
  mul,
  type ParameterSpec,
  type Parameters,
  parameterInputs,
  relu,
  reshape,
  sampledCrossEntropy,
  slice,
  softmax,
  tableCrossEntropy,
  transpose,
  type Value,
} from '../math/index.ts';
import { typeCount, withTypeLoss } from './next-type-head.ts';

/**
 * A causal transformer over a shopper's history (Vaswani et al. 2017; for shoppers Kang & McAuley 2018, "SASRec"), as
 * graphs: one for a training step on `rows` histories of `length` places, one for scoring.
 *
 *   item row x sqrt(width) + place (+ kind of event)                      [rows x length, width]
 *   blocks times:  x + attention(norm(x)),  x + inner layer(norm(x))      each sees itself and what came before
 *   norm -> h;  score of an item = h . item row
 *
 * Histories end at the last place, so that the newest interaction always has the same one; what pads a shorter one stands
 * before it and is hidden from attention.
 */
export interface TransformerShape {
  readonly items: number;
  /** Columns of what a token says beside its item (token-parts.ts): kinds of events first; 0 where nothing is read. */
  readonly kinds: number;
  /** Places of the longest history. */
  readonly places: number;
  readonly width: number;
  readonly heads: number;
  readonly blocks: number;
  readonly inner: number;
  /** Rows of the table that the loss compares the right one with, shared by a batch; 0 for the whole table. */
  readonly negatives: number;
  /** Weight of the loss of a head for the next event's type (next-type-head.ts); missing or 0 for no such head. */
  readonly typeLoss?: number;
}

/** Parameters beside the item table. */
export function transformerParameters(s: TransformerShape): Record<string, ParameterSpec> {
  const { width, inner } = s;
  const specs: Record<string, ParameterSpec> = {
    places: { shape: [s.places, width], start: { normal: 0.02 } },
    ...(s.kinds > 0 && { kinds: { shape: [s.kinds, width], start: { normal: 0.02 } } }),
    'norm.gain': { shape: [width], start: 1 },
    'norm.bias': { shape: [width], start: 0 },
  };
  for (let block = 0; block < s.blocks; block++) {
    const named: Record<string, ParameterSpec> = {
      'norm1.gain': { shape: [width], start: 1 },
      'norm1.bias': { shape: [width], start: 0 },
      query: { shape: [width, width], start: { uniform: 1 / Math.sqrt(width) } },
      key: { shape: [width, width], start: { uniform: 1 / Math.sqrt(width) } },
      value: { shape: [width, width], start: { uniform: 1 / Math.sqrt(width) } },
      out: { shape: [width, width], start: { uniform: 1 / Math.sqrt(width) } },
      'norm2.gain': { shape: [width], start: 1 },
      'norm2.bias': { shape: [width], start: 0 },
      w1: { shape: [width, inner], start: { uniform: 1 / Math.sqrt(width) } },
      b1: { shape: [inner], start: 0 },
      w2: { shape: [inner, width], start: { uniform: 1 / Math.sqrt(inner) } },
      b2: { shape: [width], start: 0 },
    };
    for (const [name, spec] of Object.entries(named)) specs[`${block}.${name}`] = spec;
  }
  return specs;
}

export type Weights = Readonly<Record<string, Value>>;

/** Multiplies by an input `keep.<name>`: 0 where a number is dropped, 1 / (1 - dropout) else. */
export type Drop = (x: Value, name: string) => Value;
export const keepAll: Drop = (x) => x;

/** Numbers dropped in one step at each place dropout acts, by the name of its input. */
export function dropoutShapes(s: TransformerShape, rows: number, length: number): Record<string, number[]> {
  const n = rows * length;
  const shapes: Record<string, number[]> = { 'keep.in': [n, s.width] };
  for (let block = 0; block < s.blocks; block++) {
    shapes[`keep.${block}.attended`] = [n, s.width];
    shapes[`keep.${block}.inner`] = [n, s.inner];
    shapes[`keep.${block}.out`] = [n, s.width];
  }
  return shapes;
}

/** h [rows x length, width], the state after each place, from item rows; of the newest place alone [rows, width]. */
export type Encode = (
  w: Weights,
  s: TransformerShape,
  itemRows: Value,
  history: HistoryInputs,
  rows: number,
  length: number,
  drop: Drop,
  newestOnly?: boolean,
) => Value;

export const transformerEncode: Encode = (
  w,
  s,
  itemRows,
  { kinds, padding },
  rows,
  length,
  drop,
  newestOnly = false,
) => {
  const n = rows * length;
  const placed = add(
    reshape(mul(itemRows, Math.sqrt(s.width)), [rows, length, s.width]),
    slice(w.places!, 0, s.places - length, s.places),
  );
  let x = reshape(placed, [n, s.width]);
  if (kinds) x = add(x, linear(kinds, w.kinds!));
  x = drop(x, 'keep.in');
  const hidden = add(padding, itemRows.graph.constant(causalMask(length), [length, length]));
  for (let block = 0; block < s.blocks; block++) {
    const own = (name: string): Value => w[`${block}.${name}`]!;
    const before = layerNorm(x, own('norm1.gain'), own('norm1.bias'));
    const heads = (name: string, of = before): Value => {
      const places = of.shape[0]! / rows;
      const all = reshape(linear(of, own(name)), [rows, places, s.heads, s.width / s.heads]);
      return s.heads === 1 ? reshape(all, [rows, 1, places, s.width]) : transpose(all, [0, 2, 1, 3]);
    };
    // What the last block makes of earlier places nobody reads, where the newest alone is asked for; it sees all of them.
    const last = newestOnly && block === s.blocks - 1;
    const asking = last ? newestOf(before, rows, length) : before;
    if (last) x = newestOf(x, rows, length);
    const scale = 1 / Math.sqrt(s.width / s.heads);
    const near = matmul(heads('query', asking), heads('key'), { transposeB: true, scale });
    const attention = softmax(add(near, last ? padding : hidden));
    const seen = matmul(attention, heads('value'));
    const joined = reshape(s.heads === 1 ? seen : transpose(seen, [0, 2, 1, 3]), x.shape);
    x = add(x, drop(linear(joined, own('out')), `keep.${block}.attended`));
    const between = layerNorm(x, own('norm2.gain'), own('norm2.bias'));
    const inner = drop(relu(linear(between, own('w1'), own('b1'))), `keep.${block}.inner`);
    x = add(x, drop(linear(inner, own('w2'), own('b2')), `keep.${block}.out`));
  }
  return layerNorm(x, w['norm.gain']!, w['norm.bias']!);
};

/** Rows of the newest place of each history, [rows, width]. */
const newestOf = (x: Value, rows: number, length: number): Value => {
  const width = x.shape[1]!;
  return reshape(slice(reshape(x, [rows, length, width]), 1, length - 1, length), [rows, width]);
};

/** Added to the weight of a place in attention that must not be seen. */
export const hiddenPlace = -1e9;

/** 0 where place j is seen from place i (j <= i), far below else. */
const causalMask = (length: number): Float32Array =>
  Float32Array.from({ length: length ** 2 }, (_, at) =>
    at % length > Math.floor(at / length) ? hiddenPlace : 0,
  );

export interface HistoryInputs {
  readonly items: Value;
  /** One-hot. */
  readonly kinds: Value | undefined;
  readonly padding: Value;
}

const historyInputs = (g: Graph, s: TransformerShape, rows: number, length: number): HistoryInputs => ({
  items: g.input('history.items', [rows * length], 'int32'),
  kinds: s.kinds > 0 ? g.input('history.kinds', [rows * length, s.kinds]) : undefined,
  padding: g.input('history.padding', [rows, 1, 1, length]),
});

/**
 * One training step. Inputs: `history.items`, `history.kinds` (one-hot), `history.padding` (0 at a place that is taken,
 * `hiddenPlace` at one that is not), `targets` (int32) and `weights` [rows x length, 1], the dropout's, and `negatives`
 * where there are; `types` [rows x length, types], weights by the next type, where it is foretold. Outputs: `loss`, the gradients of the parameters, and row gradients of the table: `rows.items`,
 * `rows.targets`, and `rows.negatives` or, of every row, `rows.table`.
 */
export function transformerTraining(
  s: TransformerShape,
  of: Parameters,
  rows: number,
  length: number,
  dropout: boolean,
  encode: Encode = transformerEncode,
): Uint8Array {
  const g = graph();
  const w = parameterInputs(g, of);
  const table = g.input('table', [s.items, s.width]);
  const n = rows * length;
  const history = historyInputs(g, s, rows, length);
  const targets = g.input('targets', [n], 'int32');
  const weights = g.input('weights', [n, 1]);
  const itemRows = gatherRows(table, history.items);
  const drop: Drop = (x, name) => mul(x, g.input(name, x.shape));
  const h = encode(w, s, itemRows, history, rows, length, dropout ? drop : keepAll);
  const rowsWanted: [string, Value][] = [['items', itemRows]];
  let loss: Value;
  if (s.negatives > 0) {
    const targetRows = gatherRows(table, targets);
    const sampled = gatherRows(table, g.input('negatives', [s.negatives], 'int32'));
    loss = sampledCrossEntropy(h, targetRows, sampled, weights, Math.max(1, s.items - 1));
    rowsWanted.push(['targets', targetRows], ['negatives', sampled]);
  } else {
    const made = tableCrossEntropy(h, table, targets, weights);
    loss = made.loss;
    rowsWanted.push(['targets', made.targetRows], ['table', table]);
  }
  if (s.typeLoss) loss = withTypeLoss(loss, h, w, g.input('types', [n, typeCount]));
  g.output('loss', loss);
  const found = gradientOutputs(
    g,
    loss,
    w,
    rowsWanted.map(([, value]) => value),
  );
  rowsWanted.forEach(([name], i) => {
    g.output(`rows.${name}`, found[i]!);
  });
  return g.bytes();
}

/** Scores of every item after the last interaction, `scores` [rows, items]: inputs as before, of the history only. */
export function transformerScoring(
  s: TransformerShape,
  of: Parameters,
  rows: number,
  length: number,
  encode: Encode = transformerEncode,
): Uint8Array {
  const g = graph();
  const w = parameterInputs(g, of);
  const table = g.input('table', [s.items, s.width]);
  g.output('scores', linearTransposed(newestPlace(g, w, s, table, rows, length, encode), table));
  return g.bytes();
}

/**
 * The state of one history of `length` places, `state` [1, width]: an item's score is its product with the item's row.
 * Weights but the table are inside, so that they are laid out once and not given with each answer.
 */
export function transformerState(
  s: TransformerShape,
  of: Parameters,
  length: number,
  encode: Encode = transformerEncode,
): Uint8Array {
  const g = graph();
  const w = constants(g, of);
  const table = g.input('table', [s.items, s.width]);
  g.output('state', newestPlace(g, w, s, table, 1, length, encode));
  return g.bytes();
}

/**
 * The trained network by itself, weights inside: scores of every item, `scores` [1, items], for one history of up to
 * `places` interactions, newest last. Inputs: `history.items` [places] int32 (any number where there is none),
 * `history.padding` [1, 1, 1, places] (0, or `hiddenPlace` where there is none) and, where kinds of events are read,
 * `history.kinds` [places, kinds], one-hot (all 0 where unknown); what follows from the item (`ofItems`) is inside.
 */
export function transformerFile(
  s: TransformerShape,
  of: Parameters,
  rows: Float32Array,
  encode: Encode = transformerEncode,
  ofItems?: Float32Array,
): Uint8Array {
  const g = graph();
  const w = constants(g, of);
  const table = g.constant(rows, [s.items, s.width]);
  const columns = ofItems && g.constant(ofItems, [s.items, s.kinds]);
  g.output('scores', linearTransposed(newestPlace(g, w, s, table, 1, s.places, encode, columns), table));
  return g.bytes();
}

const constants = (g: Graph, of: Parameters): Weights =>
  Object.fromEntries(
    of.entries.map(({ name, shape, offset, size }) => [
      name,
      g.constant(of.values.subarray(offset, offset + size), shape),
    ]),
  );

/** h of the newest interaction, [rows, width]. */
function newestPlace(
  g: Graph,
  w: Weights,
  s: TransformerShape,
  table: Value,
  rows: number,
  length: number,
  encode: Encode,
  ofItems?: Value,
): Value {
  const read = historyInputs(g, s, rows, length);
  const history = {
    ...read,
    kinds: read.kinds && ofItems ? add(read.kinds, gatherRows(ofItems, read.items)) : read.kinds,
  };
  return encode(w, s, gatherRows(table, history.items), history, rows, length, keepAll, true);
}
