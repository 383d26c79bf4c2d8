import type { Value } from './graph.ts';

/**
 * Rows of a table by number: table [rows, width], indices (int32, any shape) -> [...indices, width].
 *
 * The table's own gradient is never made: it would be a full table of zeros for a few rows. Ask `gradients` for the
 * gradient of the *result*, one row for each index, and add those rows up outside (embedding-table.ts).
 */
export function gatherRows(table: Value, indices: Value): Value {
  const shape = [...indices.shape, table.shape[1]!];
  return table.graph.node('Gather', [table, indices], shape, { axis: 0 });
}

/** x [rows, columns] at one column a row: indices (int32) [rows, picks] -> [rows, picks]. */
export function gatherColumns(x: Value, indices: Value): Value {
  const { graph } = x;
  const y = graph.node('GatherElements', [x, indices], indices.shape, { axis: 1 });
  return graph.differentiable(y, [
    [
      x,
      (d) => {
        const zeros = graph.node('Expand', [graph.constant(0), graph.integers(x.shape)], x.shape);
        return graph.node('ScatterElements', [zeros, indices, d], x.shape, { axis: 1, reduction: 'add' });
      },
    ],
  ]);
}

/** Column of the largest number in each row, [rows, columns] -> [rows, 1], as int32. Ties go to the lowest column. */
export function argMax(x: Value): Value {
  const shape = [x.shape[0]!, 1];
  const [found] = x.graph.nodes('ArgMax', [x], [{ shape, type: 'int64' }], { axis: 1, keepdims: 1 });
  return x.graph.nodes('Cast', [found!], [{ shape, type: 'int32' }], { to: 6 })[0]!;
}

/** The k largest of each row in descending order and where they stand (int32): [rows, columns] -> [rows, k] twice. */
export function topK(x: Value, k: number): { readonly values: Value; readonly columns: Value } {
  const { graph } = x;
  const shape = [x.shape[0]!, k];
  const [values, found] = graph.nodes(
    'TopK',
    [x, graph.integers([k])],
    [{ shape }, { shape, type: 'int64' }],
    { axis: 1, largest: 1, sorted: 1 },
  );
  return {
    values: values!,
    columns: graph.nodes('Cast', [found!], [{ shape, type: 'int32' }], { to: 6 })[0]!,
  };
}
