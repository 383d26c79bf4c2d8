// The layers of small networks: rows times a matrix, the way back, and tanh. All widths are multiples of 4, and where
// rows are taken four at a time so is their number: no loop has a rest. Four rows by eight columns are summed in eight
// registers, which is as many as an FMA's latency needs.

/** sum + a b, in one rounding where this build has relaxed SIMD and the processor an FMA; else in two. */
// @ts-ignore: decorator
@inline
export function fused(sum: v128, a: v128, b: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, sum) : f32x4.add(sum, f32x4.mul(a, b));
}

/** The sum of four lanes, in the order the plain twin adds them. */
// @ts-ignore: decorator
@inline
export function lanes(sum: v128): f32 {
  return f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 1) + (f32x4.extract_lane(sum, 2) + f32x4.extract_lane(sum, 3));
}

/** out = x w + start, or where `h` is given (x w) (1 - h^2): what a layer that answered h = tanh(..) hands back. */
export function affine(x: usize, rows: i32, inputs: i32, w: usize, start: usize, outputs: i32, h: usize, out: usize): void {
  const xs = <usize>inputs << 2, ws = <usize>outputs << 2;
  for (let i = 0; i < rows; i += 4) {
    let j: usize = 0;
    for (; j + 32 <= ws; j += 32) eightColumns(x, xs, w + j, ws, start ? start + j : 0, h ? h + j : 0, out + j);
    if (j < ws) fourColumns(x, xs, w + j, ws, start ? start + j : 0, h ? h + j : 0, out + j);
    x += 4 * xs;
    out += 4 * ws;
    if (h) h += 4 * ws;
  }
}

// @ts-ignore: decorator
@inline
function eightColumns(x: usize, xs: usize, w: usize, ws: usize, start: usize, h: usize, out: usize): void {
  let a0 = f32x4.splat(0), a1 = a0;
  if (start) {
    a0 = v128.load(start);
    a1 = v128.load(start, 16);
  }
  let b0 = a0, b1 = a1, c0 = a0, c1 = a1, d0 = a0, d1 = a1;
  const end = x + xs;
  for (; x < end; x += 4) {
    const w0 = v128.load(w), w1 = v128.load(w, 16);
    const a = v128.load32_splat(x), b = v128.load32_splat(x + xs);
    a0 = fused(a0, a, w0);
    a1 = fused(a1, a, w1);
    b0 = fused(b0, b, w0);
    b1 = fused(b1, b, w1);
    const c = v128.load32_splat(x + 2 * xs), d = v128.load32_splat(x + 3 * xs);
    c0 = fused(c0, c, w0);
    c1 = fused(c1, c, w1);
    d0 = fused(d0, d, w0);
    d1 = fused(d1, d, w1);
    w += ws;
  }
  put(out, a0, h, 0);
  put(out, a1, h, 16);
  put(out, b0, h, ws);
  put(out, b1, h, ws + 16);
  put(out, c0, h, 2 * ws);
  put(out, c1, h, 2 * ws + 16);
  put(out, d0, h, 3 * ws);
  put(out, d1, h, 3 * ws + 16);
}

// @ts-ignore: decorator
@inline
function fourColumns(x: usize, xs: usize, w: usize, ws: usize, start: usize, h: usize, out: usize): void {
  let a = f32x4.splat(0);
  if (start) a = v128.load(start);
  let b = a, c = a, d = a;
  const end = x + xs;
  for (; x < end; x += 4) {
    const one = v128.load(w);
    a = fused(a, v128.load32_splat(x), one);
    b = fused(b, v128.load32_splat(x + xs), one);
    c = fused(c, v128.load32_splat(x + 2 * xs), one);
    d = fused(d, v128.load32_splat(x + 3 * xs), one);
    w += ws;
  }
  put(out, a, h, 0);
  put(out, b, h, ws);
  put(out, c, h, 2 * ws);
  put(out, d, h, 3 * ws);
}

// @ts-ignore: decorator
@inline
function put(out: usize, sum: v128, h: usize, at: usize): void {
  if (h) {
    const y = v128.load(h + at);
    sum = f32x4.mul(sum, f32x4.sub(f32x4.splat(1), f32x4.mul(y, y)));
  }
  v128.store(out + at, sum);
}

/** w += x^T d and bias += the sums of d's columns: a layer's gradients. Any number of rows. */
export function addOuter(x: usize, rows: i32, inputs: i32, d: usize, outputs: i32, w: usize, bias: usize): void {
  const xs = <usize>inputs << 2, ds = <usize>outputs << 2;
  for (let j: usize = 0; j < ds; j += 16) {
    let sum = v128.load(bias + j), p = d + j;
    for (let i = 0; i < rows; i++) {
      sum = f32x4.add(sum, v128.load(p));
      p += ds;
    }
    v128.store(bias + j, sum);
  }
  for (let k: usize = 0; k < xs; k += 16) {
    let j: usize = 0;
    for (; j + 32 <= ds; j += 32) outerEight(x + k, xs, rows, d + j, ds, w + j);
    if (j < ds) outerFour(x + k, xs, rows, d + j, ds, w + j);
    w += 4 * ds;
  }
}

// @ts-ignore: decorator
@inline
function outerEight(x: usize, xs: usize, rows: i32, d: usize, ds: usize, w: usize): void {
  let a0 = v128.load(w), a1 = v128.load(w, 16), b0 = v128.load(w + ds), b1 = v128.load(w + ds, 16);
  let c0 = v128.load(w + 2 * ds), c1 = v128.load(w + 2 * ds, 16);
  let d0 = v128.load(w + 3 * ds), d1 = v128.load(w + 3 * ds, 16);
  for (let i = 0; i < rows; i++) {
    const y0 = v128.load(d), y1 = v128.load(d, 16);
    const a = v128.load32_splat(x), b = v128.load32_splat(x, 4);
    a0 = fused(a0, a, y0);
    a1 = fused(a1, a, y1);
    b0 = fused(b0, b, y0);
    b1 = fused(b1, b, y1);
    const c = v128.load32_splat(x, 8), e = v128.load32_splat(x, 12);
    c0 = fused(c0, c, y0);
    c1 = fused(c1, c, y1);
    d0 = fused(d0, e, y0);
    d1 = fused(d1, e, y1);
    x += xs;
    d += ds;
  }
  v128.store(w, a0);
  v128.store(w, a1, 16);
  v128.store(w + ds, b0);
  v128.store(w + ds, b1, 16);
  v128.store(w + 2 * ds, c0);
  v128.store(w + 2 * ds, c1, 16);
  v128.store(w + 3 * ds, d0);
  v128.store(w + 3 * ds, d1, 16);
}

// @ts-ignore: decorator
@inline
function outerFour(x: usize, xs: usize, rows: i32, d: usize, ds: usize, w: usize): void {
  let a = v128.load(w), b = v128.load(w + ds), c = v128.load(w + 2 * ds), e = v128.load(w + 3 * ds);
  for (let i = 0; i < rows; i++) {
    const y = v128.load(d);
    a = fused(a, v128.load32_splat(x), y);
    b = fused(b, v128.load32_splat(x, 4), y);
    c = fused(c, v128.load32_splat(x, 8), y);
    e = fused(e, v128.load32_splat(x, 12), y);
    x += xs;
    d += ds;
  }
  v128.store(w, a);
  v128.store(w + ds, b);
  v128.store(w + 2 * ds, c);
  v128.store(w + 3 * ds, e);
}

/** The matrix w, rows x columns, as columns x rows. */
export function transpose(w: usize, rows: i32, columns: i32, out: usize): void {
  const ws = <usize>columns << 2, os = <usize>rows << 2;
  const wholeRows = os & ~15, wholeColumns = ws & ~15;
  for (let i: usize = 0; i < wholeRows; i += 16) {
    for (let j: usize = 0; j < wholeColumns; j += 16) {
      const at = w + (i >> 2) * ws + j, to = out + (j >> 2) * os + i;
      const a = v128.load(at), b = v128.load(at + ws), c = v128.load(at + 2 * ws), d = v128.load(at + 3 * ws);
      const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5), cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
      const ab2 = v128.shuffle<i32>(a, b, 2, 6, 3, 7), cd2 = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
      v128.store(to, v128.shuffle<i32>(ab, cd, 0, 1, 4, 5));
      v128.store(to + os, v128.shuffle<i32>(ab, cd, 2, 3, 6, 7));
      v128.store(to + 2 * os, v128.shuffle<i32>(ab2, cd2, 0, 1, 4, 5));
      v128.store(to + 3 * os, v128.shuffle<i32>(ab2, cd2, 2, 3, 6, 7));
    }
  }
  // What is left of rows and columns, one at a time.
  for (let i: usize = 0; i < os; i += 4)
    for (let j = i < wholeRows ? wholeColumns : 0; j < ws; j += 4)
      store<f32>(out + (j >> 2) * os + i, load<f32>(w + (i >> 2) * ws + j));
}

/**
 * tanh in place, n a multiple of 4: the odd rational function of degree 13 / 6 that Eigen and XLA use for single
 * precision. Its numbers are passed four times each, to be read as operands: as constants they would be made anew at
 * every use, which takes three times as long.
 */
export function tanhAll(values: usize, n: i32, c: usize): void {
  const end = values + (<usize>n << 2);
  for (; values < end; values += 16) {
    const x = f32x4.pmin(f32x4.pmax(v128.load(values), v128.load(c)), v128.load(c, 16));
    const s = f32x4.mul(x, x);
    let p = fused(v128.load(c, 48), s, v128.load(c, 32));
    let q = fused(v128.load(c, 160), s, v128.load(c, 144));
    p = fused(v128.load(c, 64), s, p);
    q = fused(v128.load(c, 176), s, q);
    p = fused(v128.load(c, 80), s, p);
    q = fused(v128.load(c, 192), s, q);
    p = fused(v128.load(c, 96), s, p);
    p = fused(v128.load(c, 112), s, p);
    p = fused(v128.load(c, 128), s, p);
    v128.store(values, f32x4.div(f32x4.mul(x, p), q));
  }
}
