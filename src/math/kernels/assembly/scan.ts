// A query against very many rows of bytes, then against a few rows of numbers (../top-k-index.ts). The loops are those of
// ../plain-kernels.ts; what the first one answers is whole numbers, equal in every build.

/** Four sums that together are the product of 64 query bytes (-127 .. 127) and 64 row bytes (0 .. 127). */
// @ts-ignore: decorator
@inline
function dot64(ones: v128, query: usize, row: usize): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) {
    // Pairs are added in 16 bits, four of them before they are widened: the query is small enough for that.
    const a = i16x8.relaxed_dot_i8x16_i7x16_s(v128.load(query), v128.load(row));
    const b = i16x8.relaxed_dot_i8x16_i7x16_s(v128.load(query, 16), v128.load(row, 16));
    const c = i16x8.relaxed_dot_i8x16_i7x16_s(v128.load(query, 32), v128.load(row, 32));
    const d = i16x8.relaxed_dot_i8x16_i7x16_s(v128.load(query, 48), v128.load(row, 48));
    return i32x4.dot_i16x8_s(i16x8.add(i16x8.add(a, b), i16x8.add(c, d)), ones);
  }
  let sum = i32x4.splat(0);
  for (let at: usize = 0; at < 64; at += 8)
    sum = i32x4.add(sum, i32x4.dot_i16x8_s(v128.load_ext<i8>(query + at), v128.load_ext<i8>(row + at)));
  return sum;
}

/** Four rows are summed up, bounded and compared as one. */
export function scanInt8(
  query: usize, width: i32, items: usize, scales: usize, n: i32, shift: f32, threshold: f32, rows: usize, bounds: usize,
): i32 {
  // Ones that the compiler does not know for a constant, which it would make anew at every use.
  const ones = i16x8.splat(<i16>min(n, 1));
  const shifts = f32x4.splat(shift), thresholds = f32x4.splat(threshold);
  const w = <usize>width, end = query + w;
  let found: usize = 0;
  for (let i = 0; i < n; i += 4) {
    let a = i32x4.splat(0), b = a, c = a, d = a;
    for (let q = query; q < end; q += 64) {
      a = i32x4.add(a, dot64(ones, q, items));
      b = i32x4.add(b, dot64(ones, q, items + w));
      c = i32x4.add(c, dot64(ones, q, items + 2 * w));
      d = i32x4.add(d, dot64(ones, q, items + 3 * w));
      items += 64;
    }
    items += 3 * w;
    const ab = i32x4.add(v128.shuffle<i32>(a, b, 0, 4, 1, 5), v128.shuffle<i32>(a, b, 2, 6, 3, 7));
    const cd = i32x4.add(v128.shuffle<i32>(c, d, 0, 4, 1, 5), v128.shuffle<i32>(c, d, 2, 6, 3, 7));
    const sums = i32x4.add(v128.shuffle<i32>(ab, cd, 0, 1, 4, 5), v128.shuffle<i32>(ab, cd, 2, 3, 6, 7));
    const four = f32x4.mul(f32x4.add(f32x4.convert_i32x4_s(sums), shifts), v128.load(scales + (<usize>i << 2)));
    let above = i32x4.bitmask(f32x4.gt(four, thresholds));
    while (above) {
      const lane = ctz(above);
      store<i32>(rows + found, i + lane);
      // The lane wanted, from a place that the next one found will overwrite.
      v128.store(bounds + found, four);
      store<f32>(bounds + found, load<f32>(bounds + found + (<usize>lane << 2)));
      found += 4;
      above &= above - 1;
    }
  }
  return <i32>(found >> 2);
}

/**
 * In double precision, a few rows at a time: rows lie anywhere, and memory that is only touched, nothing waiting for it, is
 * fetched many lines at once.
 */
export function dotRows(query: usize, width: i32, values: usize, rows: usize, n: i32, out: usize): void {
  const bytes = <usize>width << 2;
  const end = rows + (<usize>n << 2);
  while (rows < end) {
    const until = min(end, rows + (<usize>max(1, 4096 / width) << 2));
    let touched = 0;
    for (let at = rows; at < until; at += 4) {
      const row = values + <usize>load<u32>(at) * bytes;
      for (let line: usize = 0; line < bytes; line += 64) touched |= load<i32>(row + line);
    }
    // Written where a result follows, so that no compiler leaves the touching out.
    store<i32>(out, touched);
    for (; rows < until; rows += 4) {
      store<f64>(out, dotRow(query, bytes, values + <usize>load<u32>(rows) * bytes));
      out += 8;
    }
  }
}

/** Even columns in one register, odd ones in another, four at a time. */
// @ts-ignore: decorator
@inline
function dotRow(query: usize, bytes: usize, row: usize): f64 {
  const whole = bytes & ~15;
  let low = f64x2.splat(0), high = low;
  for (let at: usize = 0; at < whole; at += 16) {
    const q = v128.load(query + at), x = v128.load(row + at);
    low = f64x2.add(low, f64x2.mul(f64x2.promote_low_f32x4(q), f64x2.promote_low_f32x4(x)));
    const q2 = v128.shuffle<i32>(q, q, 2, 3, 0, 1), x2 = v128.shuffle<i32>(x, x, 2, 3, 0, 1);
    high = f64x2.add(high, f64x2.mul(f64x2.promote_low_f32x4(q2), f64x2.promote_low_f32x4(x2)));
  }
  let first = f64x2.extract_lane(low, 0);
  for (let at = whole; at < bytes; at += 4) first += <f64>load<f32>(query + at) * <f64>load<f32>(row + at);
  return first + f64x2.extract_lane(low, 1) + (f64x2.extract_lane(high, 0) + f64x2.extract_lane(high, 1));
}
