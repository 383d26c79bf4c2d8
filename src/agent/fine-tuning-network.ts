import {
  add,
  concat,
  div,
  type Graph,
  gatherColumns,
  gatherRows,
  gradientOutputs,
  graph,
  huber,
  linear,
  linearTransposed,
  logSoftmax,
  logSumExp,
  mean,
  mul,
  type ParameterSpec,
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
import {
  bestAction,
  type Catalogue,
  catalogueInputs,
  firstLayer,
  type NetworkShape,
  networkParameters,
  type State,
  scoreAll,
  scoreOptions,
  stateInputs,
  tableNames,
  type Weights,
} from './dqn-network.ts';
import { type Encode, keepAll, type TransformerShape } from './transformer-network.ts';

/**
 * A transformer over the history (transformer-network.ts), or a recurrent network in its place (recurrent-network.ts), as the
 * state of a Q-network (dqn-network.ts), learned together:
 *
 *   tokens -> transformer -> h . item row = next logit of each item             "self-supervised head": what comes next
 *                            h --------+
 *   dense numbers of the observation --> Q-network -> Q(s, item), choice logit  the heads of reinforcement learning
 *                next logit of each item, one weight a head ---^
 *
 * So the heads begin with what the transformer knows of every item, and their gradients reach the transformer.
 * Where there is no history h is 0.
 */
export interface FineTuningShape {
  /** The transformer, of `places` tokens. */
  readonly body: TransformerShape;
  /** Its layers, or those of what stands in its place. */
  readonly network: { readonly parameters: Readonly<Record<string, ParameterSpec>>; readonly encode: Encode };
  /** `dense` counts the observation's numbers without h. */
  readonly heads: NetworkShape;
  /** Weight of the self-supervised loss. */
  readonly nextWeight: number;
  /** Weight of CQL's penalty on values of what was not done. */
  readonly conservative: number;
  /** The transformer stays as it was taught: nothing is differentiated by it. */
  readonly frozen: boolean;
  /** Weights the self-supervised loss by the advantage of what was taken (SA2C). */
  readonly advantage: boolean;
}

/** Parameters of the heads; the transformer's are `bodyParameters`. */
export function headParameters({ heads, body }: FineTuningShape): Record<string, ParameterSpec> {
  return {
    ...networkParameters({ ...heads, dense: heads.dense + body.width }),
    ...Object.fromEntries(
      tableNames(heads).map((name) => [`${name}.next`, { shape: [1], start: name === 'choice' ? 0.5 : 0 }]),
    ),
  };
}

/** The transformer's parameters; the last one reads the content of its items, where they have some. */
export function bodyParameters({ heads, body, network }: FineTuningShape): Record<string, ParameterSpec> {
  return {
    ...network.parameters,
    ...(heads.content > 0 && {
      content: { shape: [heads.content, body.width], start: { normal: 0.1 } },
    }),
  };
}

/** The parameters a graph declares. */
export interface Learned {
  readonly body: Parameters;
  readonly heads: Parameters;
}

/** A training step: which of the batch's inputs it reads, and what it gives out beside the gradients of parameters. */
export interface StepGraph {
  readonly bytes: Uint8Array;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** The head's table whose whole gradient it gives out as `rows.all`. */
  readonly wholeTable?: 'q';
}

/** Everything learned, as values of a graph. */
export interface FineTuningWeights {
  readonly body: Weights;
  /** [items, width] */
  readonly table: Value;
  /** With the tables of the heads, and the weight of the next logit as the last of the crossed ones. */
  readonly heads: Weights;
}

export function weightInputs(
  g: Graph,
  s: FineTuningShape,
  of: Learned,
  prefix: string,
): { readonly all: FineTuningWeights; readonly body: Weights; readonly heads: Weights } {
  const body = parameterInputs(g, of.body, `${prefix}body.`);
  const heads = parameterInputs(g, of.heads, prefix);
  const table = g.input(`${prefix}table.items`, [s.body.items, s.body.width]);
  const rows = Object.fromEntries(
    tableNames(s.heads).map((name) => [
      `table.${name}`,
      g.input(`${prefix}table.${name}`, [s.heads.rows, s.heads.width + 1]),
    ]),
  );
  const crossed = Object.fromEntries(
    tableNames(s.heads).map((name) => [
      `${name}.crossed`,
      concat([heads[`${name}.crossed`]!, heads[`${name}.next`]!], 0),
    ]),
  );
  return { all: { body, table, heads: { ...heads, ...rows, ...crossed } }, body, heads };
}

/** What the transformer makes of n histories. */
interface Attention {
  /** Gathered rows of the tokens: ask for their gradient. */
  readonly tokenRows: Value;
  /** [n, width], 0 where there is no history. */
  readonly hidden: Value;
  /** [n, items]: how likely each item is to be next, as logits and as log-probabilities. */
  readonly logits: Value;
  readonly next: Value;
}

/** The inputs of n histories (history-tokens.ts). */
interface Histories {
  readonly tokens: Value;
  readonly kinds: Value | undefined;
  readonly padding: Value;
  readonly known: Value;
}

export const historyInputs = (g: Graph, body: TransformerShape, n: number, prefix: string): Histories => ({
  tokens: g.input(`${prefix}tokens`, [n * body.places], 'int32'),
  kinds: body.kinds > 0 ? g.input(`${prefix}kinds`, [n * body.places, body.kinds]) : undefined,
  padding: g.input(`${prefix}padding`, [n, 1, 1, body.places]),
  known: g.input(`${prefix}known`, [n, 1]),
});

function attention(
  s: FineTuningShape,
  n: number,
  { tokens, kinds, padding, known }: Histories,
  w: { readonly body: Weights; readonly table: Value },
  catalogue: Catalogue,
): Attention {
  const { places, width } = s.body;
  const tokenRows = gatherRows(w.table, tokens);
  const { content } = w.body;
  const read = (rows: Value, of: Value): Value => (content ? add(rows, linear(of, content)) : rows);
  const token = content ? read(tokenRows, gatherRows(catalogue.content!, tokens)) : tokenRows;
  const items = content ? read(w.table, slice(catalogue.content!, 0, 0, s.body.items)) : w.table;
  const history = { items: tokens, kinds, padding };
  const all = s.network.encode(w.body, s.body, token, history, n, places, keepAll);
  const newest = slice(reshape(all, [n, places, width]), 1, places - 1, places);
  const hidden = mul(reshape(newest, [n, width]), known);
  const logits = linearTransposed(hidden, items);
  return { tokenRows, hidden, logits, next: logSoftmax(logits) };
}

/** The inputs of n observations. */
export interface Observed {
  readonly histories: Histories;
  readonly base: State;
}

export const observedInputs = (
  g: Graph,
  s: FineTuningShape,
  n: number,
  prefix: string,
  catalogue: Catalogue,
): Observed => ({
  histories: historyInputs(g, s.body, n, prefix),
  base: stateInputs(g, s.heads, n, prefix, catalogue),
});

/** The heads' state: what is observed, widened by what the transformer says. */
export function attendedState(
  g: Graph,
  s: FineTuningShape,
  n: number,
  { histories, base }: Observed,
  w: FineTuningWeights,
  catalogue: Catalogue,
): State & Attention {
  const read = attention(s, n, histories, w, catalogue);
  const seen = s.frozen
    ? { ...read, hidden: stopGradient(read.hidden), next: stopGradient(read.next) }
    : read;
  const above = add(seen.next, Math.log(s.body.items));
  const ofNothing = s.heads.rows - s.body.items;
  const crossing = ofNothing > 0 ? concat([above, g.constant(0, [n, ofNothing])], 1) : above;
  return {
    ...base,
    ...seen,
    dense: concat([base.dense, seen.hidden], 1),
    crossed: [...base.crossed, crossing],
  };
}

/** Scores n observations: `scores` [n, items] of the best action, its `value` [n, 1], and `next` [n, items], logits. */
export function fineTuningScoring(s: FineTuningShape, of: Learned, n: number): Uint8Array {
  const g = graph();
  const { all } = weightInputs(g, s, of, '');
  const catalogue = catalogueInputs(g, s.heads);
  const state = attendedState(g, s, n, observedInputs(g, s, n, '', catalogue), all, catalogue);
  const { scores, value } = bestAction(s.heads, all.heads, all.heads, state, catalogue);
  g.output('scores', scores);
  g.output('value', value);
  g.output('next', state.logits);
  return g.bytes();
}

/** One step of the self-supervised head alone. Inputs: the state's, `taken` (int32) and `takenWeight` [n, 1]. */
export function preTraining(s: FineTuningShape, of: Pick<Learned, 'body'>, n: number): Uint8Array {
  const g = graph();
  const body = parameterInputs(g, of.body, 'body.');
  const table = g.input('table.items', [s.body.items, s.body.width]);
  const seen = attention(s, n, historyInputs(g, s.body, n, ''), { body, table }, catalogueInputs(g, s.heads));
  const { loss } = nextLoss(g, seen, n);
  g.output('nextLoss', loss);
  outputGradients(g, loss, { body, heads: {} }, [
    ['tokens', seen.tokenRows],
    ['items', table],
  ]);
  return g.bytes();
}

/** Mean surprise at what was taken, and the surprise of each row. */
export function nextLoss(g: Graph, state: Attention, n: number): { loss: Value; each: Value; weight: Value } {
  const taken = g.input('taken', [n, 1], 'int32');
  const weight = g.input('takenWeight', [n, 1]);
  const each = mul(gatherColumns(state.next, taken), weight);
  return { loss: mul(sum(each), -1), each, weight };
}

/** Differentiates by both sets of parameters, and by rows. */
export function outputGradients(
  g: Graph,
  loss: Value,
  { body, heads }: { readonly body: Weights; readonly heads: Weights },
  rows: readonly [string, Value][],
): void {
  const prefixed = Object.fromEntries(Object.entries(body).map(([name, value]) => [`body.${name}`, value]));
  const found = gradientOutputs(
    g,
    loss,
    { ...prefixed, ...heads },
    rows.map(([, value]) => value),
  );
  rows.forEach(([name], i) => {
    g.output(`rows.${name}`, found[i]!);
  });
}

/**
 * One step of everything on n transitions: the losses of dqn-network.ts with the same inputs, and the self-supervised one.
 * Outputs: `loss`, `error`, `choiceLoss`, `nextLoss`, gradients of the parameters (the transformer's under `body.`), of the
 * gathered rows, and of the whole item table (`rows.items`).
 */
export function fineTuningStep(s: FineTuningShape, of: Learned, n: number): StepGraph {
  const g = graph();
  const { heads: h } = s;
  const online = weightInputs(g, s, of, '');
  const target = weightInputs(g, s, of, 'target.').all;
  const catalogue = catalogueInputs(g, h);
  const options = [n, h.options];
  const actions = g.input('actions', [n * h.options], 'int32');
  const credit = g.input('credit', options);

  const next = observedInputs(g, s, n, 'next.', catalogue);
  const after = attendedState(g, s, n, next, target, catalogue);
  const forbidden = h.mode === 'choice' ? g.input('forbidden', [n, h.items]) : undefined;
  // Of double Q-learning the online network, its transformer too, chooses what the target values.
  const choosing = h.double
    ? { weights: online.all.heads, state: attendedState(g, s, n, next, online.all, catalogue) }
    : { weights: target.heads, state: after };
  const future = bestAction(
    h,
    choosing.weights,
    target.heads,
    choosing.state,
    catalogue,
    forbidden,
    after,
  ).value;
  const y = stopGradient(add(g.input('reward', options), mul(g.input('discount', [n, 1]), future)));

  const w = online.all.heads;
  const state = attendedState(g, s, n, observedInputs(g, s, n, '', catalogue), online.all, catalogue);
  const { h: h1, raw: historyRows } = firstLayer(w, h, state, catalogue);
  const q = scoreOptions(w, h, 'q', h1, state, catalogue, actions);
  const error = sub(q.scores, y);
  const tdLoss = mul(sum(mul(h.loss === 'huber' ? huber(error) : square(error), credit)), 1 / n);
  g.output('error', sum(mul(error, credit), { axes: [1] }));
  g.output('loss', tdLoss);
  let loss = tdLoss;
  if (h.shrinkage > 0) {
    const rows = reshape(q.raw, [n, h.options, h.width + 1]);
    const size = mul(mul(sum(square(rows), { axes: [2] }), credit), g.input('pull', options));
    loss = add(loss, mul(sum(size), h.shrinkage / (2 * n)));
  }
  if (s.conservative > 0) {
    // Conservative Q-learning (Kumar et al. 2020): what was not done is worth no more than what was.
    const every = slice(scoreAll(w, h, 'q', h1, state, catalogue), 1, 0, h.items);
    const above = mul(sub(logSumExp(every), q.scores), credit);
    loss = add(loss, mul(sum(above), s.conservative / n));
  }

  const rows: [string, Value][] = [['q', q.raw]];
  if (h.mode === 'slateq') {
    const choice = scoreOptions(w, h, 'choice', h1, state, catalogue, actions);
    const place = concat([w.position!, g.constant(0, [1])], 0);
    const closed = mul(sub(g.input('open', options), 1), 1e9);
    const logits = add(add(choice.scores, place), closed);
    const choiceLoss = mean(sub(logSumExp(logits), sum(mul(logits, credit), { axes: [1], keep: true })));
    g.output('choiceLoss', choiceLoss);
    let penalised = choiceLoss;
    if (h.choiceShrinkage > 0) {
      const sizes = sum(square(reshape(choice.raw, [n, h.options, h.width + 1])), { axes: [2] });
      const pulled = mul(sum(mul(sizes, g.input('choicePull', options))), h.choiceShrinkage / (2 * n));
      penalised = add(choiceLoss, pulled);
    }
    loss = add(loss, mul(penalised, h.choiceWeight));
    rows.push(['choice', choice.raw]);
  }
  const self = nextLoss(g, state, n);
  g.output('nextLoss', self.loss);
  if (s.frozen) {
    // What comes next is not learned any more.
  } else if (s.advantage) {
    // What was taken against the mean of all items (Xin et al. 2022, eq. 8 and 9, there against a sample). What turned out
    // worse than that counts 0: pushing a probability down has no end. Advantages are in units of their mean.
    const every = slice(scoreAll(w, h, 'q', h1, state, catalogue), 1, 0, h.items);
    const own = sum(mul(q.scores, g.input('takenHot', options)), { axes: [1], keep: true });
    const above = relu(sub(own, mean(every, { axes: [1], keep: true })));
    const typical = add(sum(mul(above, self.weight)), 1e-6);
    const warm = g.input('warm', [1]);
    const weight = stopGradient(add(mul(div(above, typical), sub(g.constant(1, [1]), warm)), warm));
    loss = add(loss, mul(sum(mul(self.each, weight)), -s.nextWeight));
  } else loss = add(loss, mul(self.loss, s.nextWeight));
  if (historyRows) rows.push(['history', historyRows]);
  if (!s.frozen) rows.push(['tokens', state.tokenRows], ['items', online.all.table]);
  outputGradients(g, loss, s.frozen ? { body: {}, heads: online.heads } : online, rows);
  const slates = h.mode === 'slateq';
  return {
    bytes: g.bytes(),
    inputs: [
      ...['actions', 'credit', 'reward', 'discount', 'taken', 'takenWeight'],
      ...(slates ? ['open'] : []),
      ...(forbidden ? ['forbidden'] : []),
      ...(h.shrinkage > 0 ? ['pull'] : []),
      ...(slates && h.choiceShrinkage > 0 ? ['choicePull'] : []),
      ...(s.advantage && !s.frozen ? ['takenHot', 'warm'] : []),
    ],
    outputs: [
      ...['loss', 'error', 'nextLoss'],
      ...(slates ? ['choiceLoss'] : []),
      ...rows.map(([name]) => `rows.${name}`),
    ],
  };
}
