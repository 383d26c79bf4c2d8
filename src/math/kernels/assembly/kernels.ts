// AssemblyScript, compiled to WebAssembly SIMD by scripts/build-kernels.ts. Addresses are bytes; every array begins at
// a multiple of 16 unless it is a subarray, and SIMD loads need no alignment. The loops are those of ../plain-kernels.ts.

import { lanes } from './dense';

export { addOuter, affine, tanhAll, transpose } from './dense';
export { dotRows, scanInt8 } from './scan';
export { sparseProduct } from './sparse-product';
export { sumRows } from './sum-rows';

export function sgd(theta: usize, gradient: usize, n: i32, rate: f32): void {
  const rates = f32x4.splat(rate);
  const whole = theta + ((<usize>n & ~3) << 2);
  const end = theta + (<usize>n << 2);
  while (theta < whole) {
    v128.store(theta, f32x4.sub(v128.load(theta), f32x4.mul(rates, v128.load(gradient))));
    theta += 16;
    gradient += 16;
  }
  while (theta < end) {
    store<f32>(theta, load<f32>(theta) - rate * load<f32>(gradient));
    theta += 4;
    gradient += 4;
  }
}

export function approach(mean: usize, values: usize, n: i32, rate: f64): void {
  const rates = f64x2.splat(rate);
  const whole = mean + ((<usize>n & ~3) << 2);
  const end = mean + (<usize>n << 2);
  while (mean < whole) {
    const to = v128.load(values), from = v128.load(mean);
    const low = f64x2.promote_low_f32x4(from);
    const high = f64x2.promote_low_f32x4(i32x4.shuffle(from, from, 2, 3, 2, 3));
    const toLow = f64x2.promote_low_f32x4(to);
    const toHigh = f64x2.promote_low_f32x4(i32x4.shuffle(to, to, 2, 3, 2, 3));
    const first = f32x4.demote_f64x2_zero(f64x2.add(low, f64x2.mul(rates, f64x2.sub(toLow, low))));
    const second = f32x4.demote_f64x2_zero(f64x2.add(high, f64x2.mul(rates, f64x2.sub(toHigh, high))));
    v128.store(mean, i32x4.shuffle(first, second, 0, 1, 4, 5));
    mean += 16;
    values += 16;
  }
  while (mean < end) {
    const from = <f64>load<f32>(mean);
    store<f32>(mean, <f32>(from + rate * (<f64>load<f32>(values) - from)));
    mean += 4;
    values += 4;
  }
}

/** A mean gradient below this is none: it moves nothing that can be told, and would otherwise stay just above 0 for ever. */
const leastMoment: f32 = 1e-30;

export function adam(
  theta: usize, m: usize, v: usize, gradient: usize, n: i32,
  stepSize: f32, rootScale: f32, beta1: f32, rest1: f32, beta2: f32, rest2: f32, epsilon: f32, scale: f32,
): void {
  const stepSizes = f32x4.splat(stepSize), rootScales = f32x4.splat(rootScale), epsilons = f32x4.splat(epsilon);
  const betas1 = f32x4.splat(beta1), rests1 = f32x4.splat(rest1);
  const betas2 = f32x4.splat(beta2), rests2 = f32x4.splat(rest2), scales = f32x4.splat(scale);
  const leasts = f32x4.splat(leastMoment), nothing = f32x4.splat(0);
  const whole = theta + ((<usize>n & ~3) << 2);
  const end = theta + (<usize>n << 2);
  while (theta < whole) {
    const g = f32x4.mul(v128.load(gradient), scales);
    const mean = f32x4.add(f32x4.mul(betas1, v128.load(m)), f32x4.mul(rests1, g));
    const first = v128.andnot(mean, f32x4.lt(f32x4.abs(mean), leasts));
    const second = f32x4.add(f32x4.mul(betas2, v128.load(v)), f32x4.mul(f32x4.mul(rests2, g), g));
    v128.store(m, first);
    v128.store(v, second);
    // Most of a ReLU network has had no gradient for long: no root and no quotient for what stays where it is.
    if (v128.any_true(first)) {
      const root = f32x4.add(f32x4.mul(f32x4.sqrt(second), rootScales), epsilons);
      // Without an epsilon 0 / 0 stands where there is neither moment.
      const move = v128.and(f32x4.div(f32x4.mul(stepSizes, first), root), f32x4.ne(first, nothing));
      v128.store(theta, f32x4.sub(v128.load(theta), move));
    }
    theta += 16; m += 16; v += 16; gradient += 16;
  }
  while (theta < end) {
    const g = load<f32>(gradient) * scale;
    const mean = beta1 * load<f32>(m) + rest1 * g;
    const first: f32 = Mathf.abs(mean) < leastMoment ? 0 : mean;
    const second = beta2 * load<f32>(v) + rest2 * g * g;
    store<f32>(m, first);
    store<f32>(v, second);
    if (first != 0) {
      const root = Mathf.sqrt(second) * rootScale + epsilon;
      store<f32>(theta, load<f32>(theta) - stepSize * first / root);
    }
    theta += 4; m += 4; v += 4; gradient += 4;
  }
}

export function adamRows(
  theta: usize, m: usize, v: usize, gradient: usize, rows: usize, n: i32, width: i32,
  stepSize: f32, rootScale: f32, beta1: f32, rest1: f32, beta2: f32, rest2: f32, epsilon: f32, scale: f32,
): void {
  for (let i = 0; i < n; i++) {
    const at = <usize>load<u32>(rows + (<usize>i << 2)) * (<usize>width << 2);
    adam(
      theta + at, m + at, v + at, gradient + at, width,
      stepSize, rootScale, beta1, rest1, beta2, rest2, epsilon, scale,
    );
    memory.fill(gradient + at, 0, <usize>width << 2);
  }
}

export function scatterAddRows(target: usize, rows: usize, n: i32, values: usize, width: i32): void {
  const size = <usize>width << 2;
  const wholeSize = size & ~15;
  for (let i = 0; i < n; i++) {
    const row = load<i32>(rows + (<usize>i << 2));
    if (row < 0) {
      values += size;
      continue;
    }
    let to = target + <usize>row * size;
    const whole = to + wholeSize;
    const end = to + size;
    while (to < whole) {
      v128.store(to, f32x4.add(v128.load(to), v128.load(values)));
      to += 16;
      values += 16;
    }
    while (to < end) {
      store<f32>(to, load<f32>(to) + load<f32>(values));
      to += 4;
      values += 4;
    }
  }
}

export function distinctRows(rows: usize, n: i32, marks: usize, out: usize): i32 {
  let found = 0;
  for (let i = 0; i < n; i++) {
    const row = load<i32>(rows + (<usize>i << 2));
    if (row < 0 || load<u8>(marks + <usize>row)) continue;
    store<u8>(marks + <usize>row, 1);
    store<i32>(out + (<usize>found << 2), row);
    found++;
  }
  for (let i = 0; i < found; i++) store<u8>(marks + <usize>load<i32>(out + (<usize>i << 2)), 0);
  return found;
}

/** In eight lanes: four sums of two are under way at a time. */
export function sumOfSquares(values: usize, n: i32): f64 {
  let a = f64x2.splat(0), b = a, c = a, d = a;
  const whole = values + ((<usize>n & ~7) << 2);
  const end = values + (<usize>n << 2);
  while (values < whole) {
    a = plusSquares(a, v128.load64_zero(values));
    b = plusSquares(b, v128.load64_zero(values, 8));
    c = plusSquares(c, v128.load64_zero(values, 16));
    d = plusSquares(d, v128.load64_zero(values, 24));
    values += 32;
  }
  const sums = f64x2.add(f64x2.add(a, b), f64x2.add(c, d));
  let sum = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
  while (values < end) {
    const one = <f64>load<f32>(values);
    sum += one * one;
    values += 4;
  }
  return sum;
}

export function squaresTo(values: usize, n: i32, out: usize): void {
  store<f64>(out, sumOfSquares(values, n));
}

// @ts-ignore: decorator
@inline
function plusSquares(sum: v128, two: v128): v128 {
  const x = f64x2.promote_low_f32x4(two);
  return f64x2.add(sum, f64x2.mul(x, x));
}

// @ts-ignore: decorator
@inline
function plus(sum: v128, a: v128, b: v128): v128 {
  return f32x4.add(sum, f32x4.mul(a, b));
}

/** Rows of b in pieces that stay in the first cache while all rows of a pass. */
export function products(a: usize, m: i32, b: usize, n: i32, width: i32, out: usize): void {
  const bytes = <usize>width << 2;
  const piece = max(4, (16384 / <i32>bytes) & ~3);
  for (let from = 0; from < n; from += piece) {
    const rows = min(piece, n - from);
    const at = out + (<usize>from << 2);
    const row = b + <usize>from * bytes;
    for (let i = 0; i < m; i += 2) {
      // An odd last row is its own neighbour.
      const next = i + 1 < m ? i + 1 : i;
      const x = a + <usize>i * bytes, y = a + <usize>next * bytes;
      const first = at + ((<usize>i * <usize>n) << 2), second = at + ((<usize>next * <usize>n) << 2);
      pairProducts(x, y, row, rows, bytes, first, second);
    }
  }
}

/** Two rows against four at a time: eight sums in registers, each number loaded used four or two times. */
function pairProducts(x: usize, y: usize, b: usize, n: i32, bytes: usize, first: usize, second: usize): void {
  let j = 0;
  let p = b;
  for (; j + 3 < n; j += 4) {
    const q = p + bytes, r = q + bytes, s = r + bytes;
    let x0 = f32x4.splat(0), x1 = x0, x2 = x0, x3 = x0, y0 = x0, y1 = x0, y2 = x0, y3 = x0;
    for (let at: usize = 0; at < bytes; at += 16) {
      const u = v128.load(x + at), v = v128.load(y + at);
      const b0 = v128.load(p + at), b1 = v128.load(q + at), b2 = v128.load(r + at), b3 = v128.load(s + at);
      x0 = plus(x0, u, b0);
      y0 = plus(y0, v, b0);
      x1 = plus(x1, u, b1);
      y1 = plus(y1, v, b1);
      x2 = plus(x2, u, b2);
      y2 = plus(y2, v, b2);
      x3 = plus(x3, u, b3);
      y3 = plus(y3, v, b3);
    }
    store<f32>(first, lanes(x0));
    store<f32>(first, lanes(x1), 4);
    store<f32>(first, lanes(x2), 8);
    store<f32>(first, lanes(x3), 12);
    store<f32>(second, lanes(y0));
    store<f32>(second, lanes(y1), 4);
    store<f32>(second, lanes(y2), 8);
    store<f32>(second, lanes(y3), 12);
    first += 16;
    second += 16;
    p = s + bytes;
  }
  for (; j < n; j++) {
    let x0 = f32x4.splat(0), y0 = x0;
    for (let at: usize = 0; at < bytes; at += 16) {
      const b0 = v128.load(p + at);
      x0 = plus(x0, v128.load(x + at), b0);
      y0 = plus(y0, v128.load(y + at), b0);
    }
    store<f32>(first, lanes(x0));
    store<f32>(second, lanes(y0));
    first += 4;
    second += 4;
    p += bytes;
  }
}
