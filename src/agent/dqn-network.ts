import {
  add,
  argMax,
  concat,
  type Graph,
  gatherColumns,
  gatherRows,
  gradientOutputs,
  graph,
  huber,
  linear,
  linearTransposed,
  logSumExp,
  max,
  mean,
  mul,
  type Parameters,
  parameterInputs,
  relu,
  reshape,
  slice,
  square,
  stopGradient,
  sub,
  sum,
  type Value,
} from '../math/index.ts';
import { affinities } from './dqn-encoder.ts';
import { bestSlate } from './slate-value.ts';

/**
 * The Q-network as graphs: one for a training step, one for scoring.
 *
 *   dense ----------------+
 *   history -> item rows,  > concat -> relu layer -> relu layer -> [h, 1] . item row  = Q(s, item)
 *   weighted and summed --+                    \--> relu layer -> [h, 1] . item row  = choice logit   (SlateQ only)
 *
 * The last layer is the item embedding itself, one row (and in its last column a bias) for each item, so a step costs
 * a product with all rows only where the target needs all values. Where items have content, content x matrix is added
 * to their rows; a few crossed numbers (was it in the history, does its category match, how far is its price) enter
 * with a learned weight each ("wide and deep", Cheng et al. 2016).
 */
export interface NetworkShape {
  /** How actions relate to items: one item; a slate learned by SlateQ; a slate whose items are learned one by one. */
  readonly mode: 'choice' | 'slateq' | 'top-k';
  /** Rows of the item table: items, and in SlateQ one more for choosing nothing. */
  readonly rows: number;
  readonly items: number;
  /** Columns the loss looks at: 1, or the slots of the slate, and in SlateQ one more for choosing nothing. */
  readonly options: number;
  readonly slots: number;
  readonly dense: number;
  readonly history: number;
  readonly affinity: number;
  readonly profile: number;
  readonly content: number;
  readonly hidden: number;
  readonly width: number;
  readonly dueling: boolean;
  readonly double: boolean;
  readonly loss: 'mse' | 'huber';
  readonly choiceWeight: number;
  /** Precision of the normal prior of the value rows: as if each had been seen to be zero this many times. */
  readonly shrinkage: number;
  /** The same for the rows of the choice model, in units of its loss. */
  readonly choiceShrinkage: number;
}

/** Parameters beside the item rows. */
export function networkParameters(
  s: NetworkShape,
): Record<string, { shape: number[]; start: 'he' | 'glorot' | number }> {
  const inputs = s.dense + (s.history > 0 ? s.width + 1 : 0);
  const crossed = (s.history > 0 ? 1 : 0) + (s.affinity > 0 ? affinities + 1 : 0) + (s.profile > 0 ? 1 : 0);
  const head = (name: string): ReturnType<typeof networkParameters> => ({
    [`${name}.w`]: { shape: [s.hidden, s.width], start: 'he' },
    [`${name}.b`]: { shape: [s.width], start: 0 },
    ...(s.content > 0 && {
      [`${name}.content`]: { shape: [s.content, s.width + 1], start: 'glorot' as const },
    }),
    ...(crossed > 0 && { [`${name}.crossed`]: { shape: [crossed], start: 0 } }),
  });
  return {
    w1: { shape: [inputs, s.hidden], start: 'he' },
    b1: { shape: [s.hidden], start: 0 },
    ...head('q'),
    ...(s.dueling && {
      'value.w': { shape: [s.width, 1], start: 'glorot' as const },
      'value.b': { shape: [1], start: 0 },
    }),
    ...(s.mode === 'slateq' && { ...head('choice'), position: { shape: [s.slots], start: 0 } }),
  };
}

/** The item tables of a network: one for values, in SlateQ another for the choice model. */
export const tableNames = (s: NetworkShape): readonly ('q' | 'choice')[] =>
  s.mode === 'slateq' ? ['q', 'choice'] : ['q'];

/** Everything that is learned (or its frozen copy), as values of a graph. */
export type Weights = Readonly<Record<string, Value>>;

export interface State {
  readonly dense: Value;
  readonly history: Value | undefined;
  readonly weights: Value | undefined;
  /** Crossed numbers of each item, [n, rows] each. */
  readonly crossed: readonly Value[];
}

/** Declares the inputs of n encoded observations. */
export function stateInputs(
  g: Graph,
  s: NetworkShape,
  n: number,
  prefix: string,
  catalogue: Catalogue,
): State {
  const dense = g.input(`${prefix}dense`, [n, s.dense]);
  if (s.history === 0) return { dense, history: undefined, weights: undefined, crossed: [] };
  const history = g.input(`${prefix}history`, [n, s.history], 'int32');
  const weights = g.input(`${prefix}weights`, [n, s.history]);
  const all = [n, s.rows];
  const zeros = g.node('Expand', [g.constant(0), g.integers(all)], all);
  const seen = g.node('ScatterElements', [zeros, history, weights], all, { axis: 1, reduction: 'add' });
  if (s.affinity === 0) return { dense, history, weights, crossed: [seen] };
  const affinity = g.input(`${prefix}affinity`, [n, affinities * s.affinity]);
  const fits = Array.from({ length: affinities }, (_, i) => {
    const one = slice(affinity, 1, i * s.affinity, (i + 1) * s.affinity);
    return g.node('Gather', [one, catalogue.categories!], all, { axis: 1 });
  });
  const price = g.input(`${prefix}price`, [n, 1]);
  const away = g.node('Abs', [sub(catalogue.prices!, price)], all);
  const crossed = [seen, ...fits, away];
  if (s.profile > 0)
    crossed.push(linearTransposed(g.input(`${prefix}profile`, [n, s.profile]), catalogue.text!));
  return { dense, history, weights, crossed };
}

/** What is known of the items and does not change. */
export interface Catalogue {
  readonly content: Value | undefined;
  readonly categories: Value | undefined;
  readonly prices: Value | undefined;
  readonly text: Value | undefined;
}

export const catalogueInputs = (g: Graph, s: NetworkShape): Catalogue => ({
  content: s.content > 0 ? g.input('content', [s.rows, s.content]) : undefined,
  categories: s.affinity > 0 ? g.input('categories', [s.rows], 'int32') : undefined,
  prices: s.affinity > 0 ? g.input('prices', [1, s.rows]) : undefined,
  text: s.profile > 0 ? g.input('text', [s.rows, s.profile]) : undefined,
});

/** Rows of an item table with their content added; `raw` is what the table's own gradient belongs to. */
function itemRows(
  w: Weights,
  table: string,
  { content }: Catalogue,
  indices: Value,
): { raw: Value; rows: Value } {
  const raw = gatherRows(w[`table.${table}`]!, indices);
  const matrix = w[`${table}.content`];
  return { raw, rows: matrix ? add(raw, linear(gatherRows(content!, indices), matrix)) : raw };
}

const wholeTable = (w: Weights, table: string, { content }: Catalogue): Value => {
  const matrix = w[`${table}.content`];
  return matrix ? add(linear(content!, matrix), w[`table.${table}`]!) : w[`table.${table}`]!;
};

/** The first ReLU layer; `raw` are the gathered history rows. */
export function firstLayer(
  w: Weights,
  s: NetworkShape,
  state: State,
  catalogue: Catalogue,
): { h: Value; raw: Value | undefined } {
  if (!state.history) return { h: relu(linear(state.dense, w.w1!, w.b1!)), raw: undefined };
  const n = state.dense.shape[0]!;
  const table = s.mode === 'slateq' ? 'choice' : 'q';
  const { raw, rows } = itemRows(w, table, catalogue, reshape(state.history, [n * s.history]));
  const weighted = mul(
    reshape(rows, [n, s.history, s.width + 1]),
    reshape(state.weights!, [n, s.history, 1]),
  );
  const x = concat([state.dense, sum(weighted, { axes: [1] })], 1);
  return { h: relu(linear(x, w.w1!, w.b1!)), raw };
}

/** [h, 1] of one head, and what all items share: the state's value where the network is dueling. */
function head(
  w: Weights,
  s: NetworkShape,
  name: 'q' | 'choice',
  h1: Value,
  catalogue: Catalogue,
): { h: Value; shared: Value | undefined } {
  const h = relu(linear(h1, w[`${name}.w`]!, w[`${name}.b`]!));
  const wide = concat([h, h.graph.constant(1, [h.shape[0]!, 1])], 1);
  if (!s.dueling || name !== 'q') return { h: wide, shared: undefined };
  // Q = V + A - mean A (Wang et al. 2016, eq. 9); the mean row is taken as given.
  const average = stopGradient(mean(wholeTable(w, 'q', catalogue), { axes: [0], keep: true }));
  const meanAdvantage = sum(mul(wide, average), { axes: [1], keep: true });
  return { h: wide, shared: sub(linear(h, w['value.w']!, w['value.b']!), meanAdvantage) };
}

const crossedSum = (w: Weights, name: string, crossed: readonly Value[]): Value | undefined =>
  crossed
    .map((feature, i) => mul(feature, slice(w[`${name}.crossed`]!, 0, i, i + 1)))
    .reduce<Value | undefined>((sofar, term) => (sofar ? add(sofar, term) : term), undefined);

/** One number for every item: [n, rows]. */
export function scoreAll(
  w: Weights,
  s: NetworkShape,
  name: 'q' | 'choice',
  h1: Value,
  state: State,
  catalogue: Catalogue,
): Value {
  const { h, shared } = head(w, s, name, h1, catalogue);
  const crossed = crossedSum(w, name, state.crossed);
  let scores = linearTransposed(h, wholeTable(w, name, catalogue));
  if (crossed) scores = add(scores, crossed);
  return shared ? add(scores, shared) : scores;
}

/** One number for each option of a row: actions [n x options] -> [n, options]. */
export function scoreOptions(
  w: Weights,
  s: NetworkShape,
  name: 'q' | 'choice',
  h1: Value,
  state: State,
  catalogue: Catalogue,
  actions: Value,
): { scores: Value; raw: Value } {
  const n = h1.shape[0]!;
  const { h, shared } = head(w, s, name, h1, catalogue);
  const { raw, rows } = itemRows(w, name, catalogue, actions);
  const products = mul(reshape(rows, [n, s.options, s.width + 1]), reshape(h, [n, 1, s.width + 1]));
  let scores = sum(products, { axes: [2] });
  const picks = reshape(actions, [n, s.options]);
  const crossed = crossedSum(
    w,
    name,
    state.crossed.map((feature) => gatherColumns(feature, picks)),
  );
  if (crossed) scores = add(scores, crossed);
  return { scores: shared ? add(scores, shared) : scores, raw };
}

function weightInputs(
  g: Graph,
  s: NetworkShape,
  of: Parameters,
  prefix: string,
): { dense: Weights; all: Weights } {
  const dense = parameterInputs(g, of, prefix);
  const tables = Object.fromEntries(
    tableNames(s).map((name) => [`table.${name}`, g.input(`${prefix}table.${name}`, [s.rows, s.width + 1])]),
  );
  return { dense, all: { ...dense, ...tables } };
}

/**
 * What the best action in each state is worth by `judge`, and the scores it is the best of, by `w`; of choices the best one
 * allowed. `seen` is the state as `judge` sees it, where the two see it differently.
 */
export function bestAction(
  s: NetworkShape,
  w: Weights,
  judge: Weights,
  state: State,
  catalogue: Catalogue,
  forbidden?: Value,
  seen: State = state,
): { value: Value; scores: Value } {
  const h1 = firstLayer(w, s, state, catalogue).h;
  const all = scoreAll(w, s, 'q', h1, state, catalogue);
  const q = forbidden ? add(all, forbidden) : all;
  const judged = (): Value =>
    scoreAll(judge, s, 'q', firstLayer(judge, s, seen, catalogue).h, seen, catalogue);
  if (s.mode === 'slateq') {
    const logits = scoreAll(w, s, 'choice', h1, state, catalogue);
    return bestSlate(q, logits, w.position!, w === judge ? q : judged());
  }
  if (w === judge) return { value: max(q, { axes: [1], keep: true }), scores: q };
  return { value: gatherColumns(judged(), argMax(q)), scores: q };
}

/** Scores n observations: outputs `scores` [n, items] and `value` [n, 1]. */
export function scoringGraph(s: NetworkShape, of: Parameters, n: number): Uint8Array {
  const g = graph();
  const { all } = weightInputs(g, s, of, '');
  const catalogue = catalogueInputs(g, s);
  const { scores, value } = bestAction(s, all, all, stateInputs(g, s, n, '', catalogue), catalogue);
  g.output('scores', scores);
  g.output('value', value);
  return g.bytes();
}

/**
 * One training step on n transitions. Inputs beside the states: `actions` (item rows, n x options), `credit` (1 for the
 * options that are learned on, 0 else), `open` (0 for empty slots), `reward`, `discount`, `forbidden` (of choices), `importance`.
 * Outputs: `loss`, `error` (temporal-difference error of each row), `choiceLoss`, the gradients of the parameters and
 * those of the gathered rows (`rows.q`, `rows.choice`, `rows.history`).
 */
export function trainingGraph(s: NetworkShape, of: Parameters, n: number): Uint8Array {
  const g = graph();
  const online = weightInputs(g, s, of, '');
  const target = weightInputs(g, s, of, 'target.').all;
  const catalogue = catalogueInputs(g, s);
  const options = [n, s.options];
  const actions = g.input('actions', [n * s.options], 'int32');
  const credit = g.input('credit', options);
  const importance = g.input('importance', [n, 1]);

  const after = stateInputs(g, s, n, 'next.', catalogue);
  const forbidden = s.mode === 'choice' ? g.input('forbidden', [n, s.items]) : undefined;
  const future = bestAction(s, s.double ? online.all : target, target, after, catalogue, forbidden).value;
  const y = add(g.input('reward', options), mul(g.input('discount', [n, 1]), future));

  const state = stateInputs(g, s, n, '', catalogue);
  const { h, raw: historyRows } = firstLayer(online.all, s, state, catalogue);
  const q = scoreOptions(online.all, s, 'q', h, state, catalogue, actions);
  const error = sub(q.scores, stopGradient(y));
  const losses = s.loss === 'huber' ? huber(error) : square(error);
  let loss = mul(sum(mul(mul(losses, credit), importance)), 1 / n);
  g.output('error', sum(mul(error, credit), { axes: [1] }));
  g.output('loss', loss);
  if (s.shrinkage > 0) {
    const rows = reshape(q.raw, [n, s.options, s.width + 1]);
    const size = mul(mul(sum(square(rows), { axes: [2] }), credit), g.input('pull', options));
    loss = add(loss, mul(sum(size), s.shrinkage / (2 * n)));
  }

  const rowsWanted: [string, Value][] = [['q', q.raw]];
  if (s.mode === 'slateq') {
    const choice = scoreOptions(online.all, s, 'choice', h, state, catalogue, actions);
    const place = concat([online.all.position!, g.constant(0, [1])], 0);
    const closed = mul(sub(g.input('open', options), 1), 1e9);
    const logits = add(add(choice.scores, place), closed);
    const crossEntropy = sub(logSumExp(logits), sum(mul(logits, credit), { axes: [1], keep: true }));
    const choiceLoss = mean(crossEntropy);
    g.output('choiceLoss', choiceLoss);
    let penalised = choiceLoss;
    if (s.choiceShrinkage > 0) {
      const rows = sum(square(reshape(choice.raw, [n, s.options, s.width + 1])), { axes: [2] });
      const size = mul(sum(mul(rows, g.input('choicePull', options))), s.choiceShrinkage / (2 * n));
      penalised = add(choiceLoss, size);
    }
    loss = add(loss, mul(penalised, s.choiceWeight));
    rowsWanted.push(['choice', choice.raw]);
  }
  if (historyRows) rowsWanted.push(['history', historyRows]);
  const found = gradientOutputs(
    g,
    loss,
    online.dense,
    rowsWanted.map(([, raw]) => raw),
  );
  rowsWanted.forEach(([name], i) => {
    g.output(`rows.${name}`, found[i]!);
  });
  return g.bytes();
}
