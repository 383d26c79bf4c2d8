// A sparse matrix of ones and zeros times a dense one of 16 columns: row i of out is the sum of the rows of `values` that
// columns[offsets[i] .. offsets[i + 1]] names, gathered in four registers. The loop is that of ../plain-kernels.ts.

export function sumRows(offsets: usize, columns: usize, n: i32, values: usize, out: usize): void {
  let place = columns + (<usize>load<u32>(offsets) << 2);
  for (let i = 0; i < n; i++) {
    offsets += 4;
    const end = columns + (<usize>load<u32>(offsets) << 2);
    let a = f32x4.splat(0), b = a, c = a, d = a;
    while (place < end) {
      const row = values + (<usize>load<u32>(place) << 6);
      a = f32x4.add(a, v128.load(row));
      b = f32x4.add(b, v128.load(row, 16));
      c = f32x4.add(c, v128.load(row, 32));
      d = f32x4.add(d, v128.load(row, 48));
      place += 4;
    }
    v128.store(out, a);
    v128.store(out, b, 16);
    v128.store(out, c, 32);
    v128.store(out, d, 48);
    out += 64;
  }
}
