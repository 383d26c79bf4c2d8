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

/**
 * A causal transformer over a shopper's history (Vaswani et al. 2017; for shoppers Kang & McAuley 2018, "SASRec"), as
 * graphs: one for a training step on `rows` histories of `length` places, one for scoring.
 *
 *   item row x sqrt(width) + place (+ kind of event)                      [rows x length, width]
 *   blocks times:  x + attention(norm(x)),  x + inner layer(norm(x))      each sees itself and what came before
 *   norm -> h;  score of an item = h . item row
 *
 * Histories begin at place 0, so what pads a shorter one comes after it, where causal attention never looks.
 */
export interface TransformerShape {
  readonly items: number;
  /** Kinds of events that are told apart, 0 where they are not read. */
  readonly kinds: number;
  /** Places of the longest history. */
  readonly places: number;
  readonly width: number;
  readonly heads: number;
  readonly blocks: number;
  readonly inner: number;
  /** Rows of the table that the loss compares the right one with, shared by a batch; 0 for the whole table. */
  readonly negatives: number;
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
      query: { shape: [width, width], start: 'glorot' },
      key: { shape: [width, width], start: 'glorot' },
      value: { shape: [width, width], start: 'glorot' },
      out: { shape: [width, width], start: 'glorot' },
      'norm2.gain': { shape: [width], start: 1 },
      'norm2.bias': { shape: [width], start: 0 },
      w1: { shape: [width, inner], start: 'he' },
      b1: { shape: [inner], start: 0 },
      w2: { shape: [inner, width], start: 'glorot' },
      b2: { shape: [width], start: 0 },
    };
    for (const [name, spec] of Object.entries(named)) specs[`${block}.${name}`] = spec;
  }
  return specs;
}

type Weights = Readonly<Record<string, Value>>;

/** Multiplies by an input `keep.<name>`: 0 where a number is dropped, 1 / (1 - dropout) else. */
type Drop = (x: Value, name: string) => Value;
const keepAll: Drop = (x) => x;

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

/** h [rows x length, width] from item rows; `kinds` is one-hot. */
function encode(
  w: Weights,
  s: TransformerShape,
  itemRows: Value,
  kinds: Value | undefined,
  rows: number,
  length: number,
  drop: Drop,
): Value {
  const n = rows * length;
  const placed = add(
    reshape(mul(itemRows, Math.sqrt(s.width)), [rows, length, s.width]),
    slice(w.places!, 0, 0, length),
  );
  let x = reshape(placed, [n, s.width]);
  if (kinds) x = add(x, linear(kinds, w.kinds!));
  x = drop(x, 'keep.in');
  const later = itemRows.graph.constant(causalMask(length), [length, length]);
  for (let block = 0; block < s.blocks; block++) {
    const own = (name: string): Value => w[`${block}.${name}`]!;
    const before = layerNorm(x, own('norm1.gain'), own('norm1.bias'));
    const heads = (name: string): Value => {
      const all = reshape(linear(before, own(name)), [rows, length, s.heads, s.width / s.heads]);
      return s.heads === 1 ? reshape(all, [rows, 1, length, s.width]) : transpose(all, [0, 2, 1, 3]);
    };
    const scale = 1 / Math.sqrt(s.width / s.heads);
    const attention = softmax(add(matmul(heads('query'), heads('key'), { transposeB: true, scale }), later));
    const seen = matmul(attention, heads('value'));
    const joined = reshape(s.heads === 1 ? seen : transpose(seen, [0, 2, 1, 3]), [n, s.width]);
    x = add(x, drop(linear(joined, own('out')), `keep.${block}.attended`));
    const between = layerNorm(x, own('norm2.gain'), own('norm2.bias'));
    const inner = drop(relu(linear(between, own('w1'), own('b1'))), `keep.${block}.inner`);
    x = add(x, drop(linear(inner, own('w2'), own('b2')), `keep.${block}.out`));
  }
  return layerNorm(x, w['norm.gain']!, w['norm.bias']!);
}

/** 0 where place j is seen from place i (j <= i), far below else. */
const causalMask = (length: number): Float32Array =>
  Float32Array.from({ length: length ** 2 }, (_, at) => (at % length > Math.floor(at / length) ? -1e9 : 0));

const historyInputs = (
  g: Graph,
  s: TransformerShape,
  n: number,
): { readonly items: Value; readonly kinds: Value | undefined } => ({
  items: g.input('history.items', [n], 'int32'),
  kinds: s.kinds > 0 ? g.input('history.kinds', [n, s.kinds]) : undefined,
});

/**
 * One training step. Inputs: `history.items`, `history.kinds` (one-hot), `targets` (int32) and `weights` [rows x length, 1], the dropout's, and
 * `negatives` where there are. Outputs: `loss`, the gradients of the parameters, and row gradients of the table: `rows.items`,
 * `rows.targets`, and `rows.negatives` or, of every row, `rows.table`.
 */
export function transformerTraining(
  s: TransformerShape,
  of: Parameters,
  rows: number,
  length: number,
  dropout: boolean,
): Uint8Array {
  const g = graph();
  const w = parameterInputs(g, of);
  const table = g.input('table', [s.items, s.width]);
  const n = rows * length;
  const { items, kinds } = historyInputs(g, s, n);
  const targets = g.input('targets', [n], 'int32');
  const weights = g.input('weights', [n, 1]);
  const itemRows = gatherRows(table, items);
  const drop: Drop = (x, name) => mul(x, g.input(name, x.shape));
  const h = encode(w, s, itemRows, kinds, rows, length, dropout ? drop : keepAll);
  const rowsWanted: [string, Value][] = [['items', itemRows]];
  let loss: Value;
  if (s.negatives > 0) {
    const targetRows = gatherRows(table, targets);
    const sampled = gatherRows(table, g.input('negatives', [s.negatives], 'int32'));
    loss = sampledCrossEntropy(h, targetRows, sampled, weights);
    rowsWanted.push(['targets', targetRows], ['negatives', sampled]);
  } else {
    const made = tableCrossEntropy(h, table, targets, weights);
    loss = made.loss;
    rowsWanted.push(['targets', made.targetRows], ['table', table]);
  }
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

/** Scores of every item after the last interaction: inputs as before and `last` (its place in the flat list); output `scores`. */
export function transformerScoring(
  s: TransformerShape,
  of: Parameters,
  rows: number,
  length: number,
): Uint8Array {
  const g = graph();
  const w = parameterInputs(g, of);
  const table = g.input('table', [s.items, s.width]);
  const { items, kinds } = historyInputs(g, s, rows * length);
  const h = encode(w, s, gatherRows(table, items), kinds, rows, length, keepAll);
  const last = gatherRows(h, g.input('last', [rows], 'int32'));
  g.output('scores', linearTransposed(last, table));
  return g.bytes();
}
