import type { Value } from './graph.ts';

/**
 * Cross-entropy of rows against a table, where the choices are the table's rows:
 *
 *   loss = sum over i of weight_i x -log softmax(x_i . table)[target_i]
 *
 * x [n, width], table [rows, width], targets (int32) [n], weights [n, 1]; no gradient flows to the weights. The n x rows
 * numbers are touched by two products and one softmax each way and by nothing else: with
 *
 *   d x = weight x (p table - targetRow)      d table = p^T (weight x)      d targetRow = -weight x
 *
 * the one-hot row is never made. `targetRows` are the gathered rows of the targets: ask `gradients` for theirs and add them
 * up by row outside (embedding-table.ts), beside that of `table`, which holds all the rest.
 */
export function tableCrossEntropy(
  x: Value,
  table: Value,
  targets: Value,
  weights: Value,
): { readonly loss: Value; readonly targetRows: Value } {
  const [n, width] = x.shape as [number, number];
  const rows = table.shape[0]!;
  if (table.shape[1] !== width || targets.shape.join() !== `${n}` || weights.shape.join() !== `${n},1`)
    throw new RangeError(
      `tableCrossEntropy: [${x.shape}], table [${table.shape}], targets [${targets.shape}], weights [${weights.shape}] do not fit`,
    );
  const { graph } = x;
  const targetRows = graph.node('Gather', [table, targets], [n, width], { axis: 0 });
  const logits = graph.node('Gemm', [x, table], [n, rows], { transB: 1 });
  const p = graph.node('Softmax', [logits], [n, rows], { axis: 1 });
  const column = graph.node('Reshape', [targets, graph.integers([n, 1])], [n, 1]);
  const right = graph.nodes('GatherElements', [p, column], [{ shape: [n, 1] }], { axis: 1 })[0]!;
  const weighted = (rows_: Value, d: Value): Value =>
    graph.node('Mul', [rows_, graph.node('Mul', [weights, d], [n, 1])], rows_.shape);
  const loss = weightedSurprise(right, weights);
  graph.differentiable(loss, [
    [
      x,
      (d) => {
        const expected = graph.node('Gemm', [p, table], x.shape);
        return weighted(graph.node('Sub', [expected, targetRows], x.shape), d);
      },
    ],
    [table, (d) => graph.node('Gemm', [p, weighted(x, d)], table.shape, { transA: 1 })],
    [targetRows, (d) => graph.node('Neg', [weighted(x, d)], x.shape)],
  ]);
  return { loss, targetRows };
}

/**
 * The same against a sample of the table: the target's row and k rows that all share, drawn uniformly (sampled softmax,
 * Bengio & Senecal 2008), each of which stands for `others` / k of the rows beside the target's (the "log Q correction", the
 * same for all where draws are uniform), so that the loss is about that against all of them; 1 where left out. Where a drawn row
 * is the target's own ("accidental hit"), which others leave out, it counts as both: in the mean the gradient keeps its direction
 * and is shorter by no more than k / rows. `targetRows` [n, width], `sampled` [k, width], both gathered.
 *
 * The right one is kept out of the n x k numbers, which are then touched by two products and one softmax S alone. With
 * lse = log sum exp(x . sampled), had from the largest of them and the largest of S, and
 * gap = lse + log(others / k) - x . targetRow:
 *
 *   loss = sum of weight softplus(gap)      pull = weight sigmoid(gap)
 *   d x = pull (S sampled - targetRow)      d sampled = S^T (pull x)      d targetRow = -pull x
 */
export function sampledCrossEntropy(
  x: Value,
  targetRows: Value,
  sampled: Value,
  weights: Value,
  others = sampled.shape[0]!,
): Value {
  const [n, width] = x.shape as [number, number];
  const k = sampled.shape[0]!;
  if (targetRows.shape.join() !== x.shape.join() || sampled.shape[1] !== width)
    throw new RangeError(
      `sampledCrossEntropy: [${x.shape}], targets [${targetRows.shape}], sampled [${sampled.shape}] do not fit`,
    );
  const { graph } = x;
  const column = (operator: string, ...inputs: Value[]): Value => graph.node(operator, inputs, [n, 1]);
  const overRow = (operator: string, value: Value): Value =>
    graph.node(operator, [value, graph.integers([1])], [n, 1], { keepdims: 1 });
  const own = overRow('ReduceSum', graph.node('Mul', [x, targetRows], x.shape));
  const logits = graph.node('Gemm', [x, sampled], [n, k], { transB: 1 });
  const share = graph.node('Softmax', [logits], [n, k], { axis: 1 });
  const logSum = column('Sub', overRow('ReduceMax', logits), column('Log', overRow('ReduceMax', share)));
  const whole = column('Add', logSum, graph.constant(Math.log(others / k)));
  const gap = column('Sub', whole, own);
  const loss = graph.node(
    'ReduceSum',
    [column('Mul', column('Softplus', gap), weights), graph.integers([0, 1])],
    [],
    { keepdims: 0 },
  );
  const pull = (d: Value): Value =>
    column('Mul', column('Sigmoid', gap), graph.node('Mul', [weights, d], [n, 1]));
  const pulled = (d: Value): Value => graph.node('Mul', [x, pull(d)], x.shape);
  return graph.differentiable(loss, [
    [
      x,
      (d) => {
        const expected = graph.node('Gemm', [share, sampled], x.shape);
        return graph.node('Mul', [graph.node('Sub', [expected, targetRows], x.shape), pull(d)], x.shape);
      },
    ],
    [targetRows, (d) => graph.node('Neg', [pulled(d)], x.shape)],
    [sampled, (d) => graph.node('Gemm', [share, pulled(d)], sampled.shape, { transA: 1 })],
  ]);
}

/** sum of weight x -log p, [] ; a probability that underflows counts as 1e-30. */
function weightedSurprise(p: Value, weights: Value): Value {
  const { graph } = p;
  const safe = graph.node('Max', [p, graph.constant(1e-30)], p.shape);
  const logs = graph.node('Mul', [graph.node('Log', [safe], p.shape), weights], p.shape);
  return graph.node(
    'Neg',
    [graph.node('ReduceSum', [logs, graph.integers([0, 1])], [], { keepdims: 0 })],
    [],
  );
}
