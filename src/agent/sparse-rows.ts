/**
 * A sparse matrix of item by item as compressed rows: the entries of row i are `offsets[i] .. offsets[i + 1]` of
 * `columns` and `values`. Count models keep what follows what, or what goes with what, in one of these.
 */
export interface SparseRows {
  readonly n: number;
  readonly offsets: Int32Array;
  readonly columns: Int32Array;
  readonly values: Float32Array;
}

/**
 * Builds row after row (Gustavson 1978): `fill(i, add)` adds weights to columns of row i in any order, as often as it
 * likes; they are summed in one dense scratch row whose touched columns are remembered.
 */
export function sparseRows(
  n: number,
  fill: (row: number, add: (column: number, weight: number) => void) => void,
): SparseRows {
  const offsets = new Int32Array(n + 1);
  let columns = new Int32Array(1024);
  let values = new Float32Array(1024);
  let size = 0;
  const sums = new Float64Array(n);
  const touched = new Int32Array(n);
  const seen = new Uint8Array(n);
  let count = 0;
  const add = (column: number, weight: number): void => {
    if (!seen[column]) {
      seen[column] = 1;
      touched[count++] = column;
    }
    sums[column]! += weight;
  };
  for (let i = 0; i < n; i++) {
    count = 0;
    fill(i, add);
    while (size + count > columns.length) {
      columns = grown(columns, new Int32Array(2 * columns.length));
      values = grown(values, new Float32Array(2 * values.length));
    }
    for (let t = 0; t < count; t++) {
      const column = touched[t]!;
      columns[size] = column;
      values[size++] = sums[column]!;
      sums[column] = 0;
      seen[column] = 0;
    }
    offsets[i + 1] = size;
  }
  return { n, offsets, columns: columns.slice(0, size), values: values.slice(0, size) };
}

export const emptyRows = (n: number): SparseRows => sparseRows(n, () => {});

/** The sum of two matrices of one size. */
export function addRows(a: SparseRows, b: SparseRows): SparseRows {
  return sparseRows(a.n, (row, add) => {
    for (const rows of [a, b]) {
      for (let p = rows.offsets[row]!; p < rows.offsets[row + 1]!; p++)
        add(rows.columns[p]!, rows.values[p]!);
    }
  });
}

/** out += weight x row. */
export function addRowTo(out: Float32Array, rows: SparseRows, row: number, weight: number): void {
  const end = rows.offsets[row + 1]!;
  for (let p = rows.offsets[row]!; p < end; p++) out[rows.columns[p]!]! += weight * rows.values[p]!;
}

/** The entries of `items` grouped by item: those of item i are `entries[starts[i]] .. entries[starts[i + 1] - 1]`. */
export function entriesByItem(
  items: Int32Array,
  itemCount: number,
): { readonly starts: Int32Array; readonly entries: Int32Array } {
  const starts = new Int32Array(itemCount + 1);
  for (const item of items) starts[item + 1]!++;
  for (let i = 0; i < itemCount; i++) starts[i + 1]! += starts[i]!;
  const next = starts.slice();
  const entries = new Int32Array(items.length);
  for (let p = 0; p < items.length; p++) entries[next[items[p]!]!++] = p;
  return { starts, entries };
}

/** The shopper of each entry. */
export function rowOfEntry(offsets: Int32Array): Int32Array {
  const rows = new Int32Array(offsets[offsets.length - 1]!);
  for (let u = 0; u + 1 < offsets.length; u++) rows.fill(u, offsets[u]!, offsets[u + 1]!);
  return rows;
}

function grown<A extends Int32Array | Float32Array>(from: A, to: A): A {
  to.set(from as never);
  return to;
}
