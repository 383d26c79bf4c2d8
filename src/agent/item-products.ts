import { loadKernels } from '../math/index.ts';

/** Numbers of one block of results: 4 MB. */
const block = 1 << 20;

/**
 * The products of shoppers' rows with every item's row, `size` numbers each: what agents of factors and of texts score a
 * catalogue with, in WebAssembly and single precision. The items' rows lie in memory of their own, filled again when
 * they have moved.
 */
export interface ItemProducts {
  fill(items: ArrayLike<number>): void;
  /** out[row x n + item] = row . item, for `m` rows. */
  of(rows: ArrayLike<number>, m: number, out: Float32Array): void;
}

export function itemProducts(n: number, size: number): ItemProducts {
  const width = Math.ceil(size / 4) * 4;
  const most = Math.max(2, Math.min(256, Math.floor(block / Math.max(1, n))));
  const kernels = loadKernels({ bytes: 4 * (n * width + most * (n + width)) + 1024 });
  const table = kernels.floats(n * width);
  const shoppers = kernels.floats(most * width);
  const results = kernels.floats(most * n);
  const padRows = (rows: ArrayLike<number>, from: number, count: number, to: Float32Array): void => {
    for (let row = 0; row < count; row++) {
      const at = (from + row) * size;
      for (let c = 0; c < size; c++) to[row * width + c] = rows[at + c]!;
    }
  };
  return {
    fill: (items) => padRows(items, 0, n, table),
    of(rows, m, out) {
      for (let from = 0; from < m; from += most) {
        const count = Math.min(most, m - from);
        padRows(rows, from, count, shoppers);
        kernels.products(shoppers, count, table, n, width, results);
        out.set(results.subarray(0, count * n), from * n);
      }
    },
  };
}
