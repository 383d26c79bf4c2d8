import {
  add,
  concat,
  gatherColumns,
  gatherRows,
  gradientOutputs,
  graph,
  linear,
  linearTransposed,
  logSoftmax,
  mul,
  type ParameterSpec,
  type Parameters,
  parameterInputs,
  reshape,
  slice,
  sum,
  type Value,
} from '../math/index.ts';
import {
  keepAll,
  type TransformerShape,
  transformerEncode,
  transformerParameters,
  type Weights,
} from './transformer-network.ts';

/**
 * The network of `decision-transformer`: what a shopper did so far, and last of all a token of what is observed now and of the
 * return to come; its output says what was done.
 *
 *   item 1, item 2, ... item t, [ observed, return-to-go ]  ->  transformer  ->  h of the last one
 *   logit of an item = (h x (1 + return-to-go x scale)) . item row
 *
 * The scale (Perez et al. 2018, "FiLM") is not in the paper: with it a logit can turn its sign with the return, which small
 * networks often did not learn without.
 */
export interface DecisionShape {
  /** Of one place more than the history has. */
  readonly body: TransformerShape;
  /** Numbers observed beside the history. */
  readonly dense: number;
  /** Columns of the items' content, 0 for none. */
  readonly content: number;
}

export const decisionParameters = ({
  body,
  dense,
  content,
}: DecisionShape): Record<string, ParameterSpec> => ({
  ...transformerParameters(body),
  // Tokens are scaled by sqrt(width), as item rows are.
  'return.w': { shape: [1, body.width], start: { normal: 0.1 } },
  'scale.w': { shape: [1, body.width], start: { normal: 0.1 } },
  ...(dense > 0 && { 'observed.w': { shape: [dense, body.width], start: { normal: 0.02 } } }),
  ...(content > 0 && { 'content.w': { shape: [content, body.width], start: { normal: 0.1 } } }),
});

/** What is asked of n moments. */
export interface Moment {
  /** [n x (places - 1), width] rows of the history's items. */
  readonly items: Value;
  /** [n, places - 1, kinds], one-hot. */
  readonly kinds: Value | undefined;
  /** [n, places - 1]: 0 where a place is taken, -1e9 where not. */
  readonly padding: Value;
  readonly dense: Value;
  /** [n, 1], in standard deviations of the returns. */
  readonly toGo: Value;
}

/** h [n, width] of the last token. */
export function decisionState(w: Weights, { body, dense }: DecisionShape, at: Moment): Value {
  const { places, width, kinds } = body;
  const n = at.toGo.shape[0]!;
  const g = at.toGo.graph;
  const wanted = linear(at.toGo, w['return.w']!);
  const token = dense > 0 ? add(wanted, linear(at.dense, w['observed.w']!)) : wanted;
  const rows = concat([reshape(at.items, [n, places - 1, width]), reshape(token, [n, 1, width])], 1);
  const history = {
    items: rows,
    kinds: at.kinds && reshape(concat([at.kinds, g.constant(0, [n, 1, kinds])], 1), [n * places, kinds]),
    padding: reshape(concat([at.padding, g.constant(0, [n, 1])], 1), [n, 1, 1, places]),
  };
  const flat = reshape(rows, [n * places, width]);
  const all = transformerEncode(w, body, flat, history, n, places, keepAll);
  const last = reshape(slice(reshape(all, [n, places, width]), 1, places - 1, places), [n, width]);
  return mul(last, add(linear(at.toGo, w['scale.w']!), 1));
}

/**
 * One step on n moments. Inputs beside the parameters: `table`, `content`, `tokens`, `history.kinds`, `padding`, `dense`, `toGo`, `actions`
 * (int32) and `weights` [n, 1]. Outputs: `loss`, gradients, and those of the rows gathered (`rows.tokens`) and of all (`rows.table`).
 */
export function decisionTraining(of: Parameters, s: DecisionShape, n: number): Uint8Array {
  const g = graph();
  const w = parameterInputs(g, of);
  const { items, kinds, width } = s.body;
  const places = s.body.places - 1;
  const table = g.input('table', [items, width]);
  const content = s.content > 0 ? g.input('content', [items, s.content]) : undefined;
  const withContent = (rows: Value, its: Value | undefined): Value =>
    its ? add(rows, linear(its, w['content.w']!)) : rows;
  const tokens = g.input('tokens', [n * places], 'int32');
  const rows = gatherRows(table, tokens);
  const h = decisionState(w, s, {
    items: withContent(rows, content && gatherRows(content, tokens)),
    kinds: kinds > 0 ? g.input('history.kinds', [n, places, kinds]) : undefined,
    padding: g.input('padding', [n, places]),
    dense: g.input('dense', [n, s.dense]),
    toGo: g.input('toGo', [n, 1]),
  });
  const logits = linearTransposed(h, withContent(table, content));
  const said = gatherColumns(logSoftmax(logits), g.input('actions', [n, 1], 'int32'));
  const loss = mul(sum(mul(said, g.input('weights', [n, 1]))), -1);
  g.output('loss', loss);
  const [ofTokens, ofTable] = gradientOutputs(g, loss, w, [rows, table]);
  g.output('rows.tokens', ofTokens!);
  g.output('rows.table', ofTable!);
  return g.bytes();
}
