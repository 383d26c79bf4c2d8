// out = start + a b for an `a` of which many numbers are zero, as after a ReLU: these cost nothing. Each row of `a`
// becomes a list of numbers and where their rows of b are; then, for 32 columns of b at a time, copied side by side so
// that they stay in the first cache, eight registers gather what the list says. The loops are those of ../plain-kernels.ts.

import { fused, lanes } from './dense';

/** Bytes of a row of 32 columns. */
const wide: usize = 128;

/**
 * Room: the copied columns (k rows); a row each of start, gate and out where fewer than 32 columns are left; a table of
 * 16 shuffles; how many each list holds; the lists (m times k + 4 places, as many numbers).
 */
export function sparseProduct(
  a: usize, aRow: usize, aColumn: usize, m: i32, k: i32, b: usize, bRow: usize, bColumn: usize, n: i32,
  start: usize, gate: usize, rectify: bool, out: usize, room: usize,
): void {
  if (n <= narrow && aColumn == 4 && bRow == 4 && !gate)
    return dots(a, aRow, m, k, b, bColumn, n, start, rectify, out);
  const startRow = room + <usize>k * wide, gateRow = startRow + wide, outRow = gateRow + wide;
  const table = outRow + wide, counts = table + 256, lists = counts + (<usize>m << 2);
  const list = <usize>(k + 4) << 2, numbers = <usize>m * list;
  // A single row reads b where it is: copying would cost more than it saves.
  const copies = m > 1 || bColumn != 4 || (n & 31) != 0;
  fillTable(table);
  listNonZeros(a, aRow, aColumn, m, k, copies ? wide : bRow, table, counts, lists);
  const row = <usize>n << 2;
  for (let from = 0; from < n; from += 32) {
    const columns = min(32, n - from), at = <usize>from << 2;
    const whole = columns == 32;
    const block = copies ? room : b + at;
    if (copies) copyColumns(b + <usize>from * bColumn, bRow, bColumn, k, columns, room);
    memory.fill(startRow, 0, wide);
    if (start) copyRow(startRow, start + at, columns);
    for (let i: usize = 0; i < <usize>m; i++) {
      const to = out + i * row + at;
      const open = gate ? (whole ? gate + i * row + at : gateRow) : 0;
      if (gate && !whole) copyRow(gateRow, gate + i * row + at, columns);
      const places = lists + i * list;
      const end = places + (<usize>load<u32>(counts + (i << 2)) << 2);
      gather(places, end, numbers, block, startRow, open, rectify, whole ? to : outRow);
      if (!whole) copyRow(to, outRow, columns);
    }
  }
}

/** Bytes that move the lanes of each of the 16 sets of four to the front. */
function fillTable(table: usize): void {
  for (let set: usize = 0; set < 16; set++) {
    let to = table + (set << 4);
    for (let lane: u32 = 0; lane < 4; lane++) {
      store<u32>(to, 0x03020100 + lane * 0x04040404);
      to += ((set >> lane) & 1) << 2;
    }
  }
}

// @ts-ignore: decorator
@inline
function append(to: usize, numbers: usize, four: v128, places: v128, table: usize): usize {
  const set = <usize>i32x4.bitmask(f32x4.ne(four, f32x4.splat(0)));
  const order = v128.load(table + (set << 4));
  v128.store(to, i8x16.swizzle(places, order));
  v128.store(to + numbers, i8x16.swizzle(four, order));
  return to + (<usize>popcnt<u32>(<u32>set) << 2);
}

// @ts-ignore: decorator
@inline
function appendOne(to: usize, numbers: usize, x: f32, place: usize): usize {
  store<u32>(to, <u32>place);
  store<f32>(to + numbers, x);
  return to + (<usize>(x != 0) << 2);
}

/** What is not zero in each row: where its row of b begins, `stride` bytes a row, and itself. */
function listNonZeros(
  a: usize, aRow: usize, aColumn: usize, m: i32, k: i32, stride: usize, table: usize, counts: usize, lists: usize,
): void {
  const list = <usize>(k + 4) << 2, numbers = <usize>m * list;
  const whole = <usize>k & ~3;
  const begin = i32x4.mul(i32x4(0, 1, 2, 3), i32x4.splat(<i32>stride)), step = i32x4.splat(<i32>stride << 2);
  let i: usize = 0;
  if (aRow == 4)
    // Columns of four rows at a time are turned in registers.
    for (; i + 4 <= <usize>m; i += 4) {
      const at = a + (i << 2), first = lists + i * list;
      let to0 = first, to1 = to0 + list, to2 = to1 + list, to3 = to2 + list;
      let places = begin;
      for (let j: usize = 0; j < whole; j += 4) {
        const p = at + j * aColumn, q = p + aColumn;
        const x = v128.load(p), y = v128.load(q), z = v128.load(q + aColumn), w = v128.load(q + 2 * aColumn);
        const low = v128.shuffle<f32>(x, y, 0, 4, 1, 5), high = v128.shuffle<f32>(x, y, 2, 6, 3, 7);
        const low2 = v128.shuffle<f32>(z, w, 0, 4, 1, 5), high2 = v128.shuffle<f32>(z, w, 2, 6, 3, 7);
        to0 = append(to0, numbers, v128.shuffle<f32>(low, low2, 0, 1, 4, 5), places, table);
        to1 = append(to1, numbers, v128.shuffle<f32>(low, low2, 2, 3, 6, 7), places, table);
        to2 = append(to2, numbers, v128.shuffle<f32>(high, high2, 0, 1, 4, 5), places, table);
        to3 = append(to3, numbers, v128.shuffle<f32>(high, high2, 2, 3, 6, 7), places, table);
        places = i32x4.add(places, step);
      }
      for (let j = whole; j < <usize>k; j++) {
        const p = at + j * aColumn;
        to0 = appendOne(to0, numbers, load<f32>(p), j * stride);
        to1 = appendOne(to1, numbers, load<f32>(p, 4), j * stride);
        to2 = appendOne(to2, numbers, load<f32>(p, 8), j * stride);
        to3 = appendOne(to3, numbers, load<f32>(p, 12), j * stride);
      }
      const count = counts + (i << 2);
      store<u32>(count, <u32>((to0 - first) >> 2));
      store<u32>(count, <u32>((to1 - first - list) >> 2), 4);
      store<u32>(count, <u32>((to2 - first - 2 * list) >> 2), 8);
      store<u32>(count, <u32>((to3 - first - 3 * list) >> 2), 12);
    }
  for (; i < <usize>m; i++) {
    const at = a + i * aRow, first = lists + i * list;
    let to = first;
    let places = begin;
    let j: usize = 0;
    if (aColumn == 4)
      for (; j < whole; j += 4) {
        to = append(to, numbers, v128.load(at + (j << 2)), places, table);
        places = i32x4.add(places, step);
      }
    for (; j < <usize>k; j++) to = appendOne(to, numbers, load<f32>(at + j * aColumn), j * stride);
    store<u32>(counts + (i << 2), <u32>((to - first) >> 2));
  }
}

// @ts-ignore: decorator
@inline
function copyRow(to: usize, from: usize, columns: i32): void {
  for (let c: usize = 0; c < <usize>columns; c++) store<f32>(to + (c << 2), load<f32>(from + (c << 2)));
}

/** 32 columns of b side by side, zeros where it has fewer. */
function copyColumns(b: usize, bRow: usize, bColumn: usize, k: i32, columns: i32, block: usize): void {
  const end = block + <usize>k * wide;
  if (columns < 32) memory.fill(block, 0, <usize>k * wide);
  if (bColumn == 4 && columns == 32) {
    for (let to = block; to < end; to += wide) {
      for (let c: usize = 0; c < wide; c += 16) v128.store(to + c, v128.load(b + c));
      b += bRow;
    }
    return;
  }
  let c: usize = 0;
  if (bRow == 4)
    // Four rows at a time are turned in registers.
    for (; c + 4 <= <usize>columns; c += 4) {
      const p = b + c * bColumn, q = p + bColumn, r = q + bColumn, s = r + bColumn;
      let to = block + (c << 2);
      let j: usize = 0;
      for (; j + 4 <= <usize>k; j += 4) {
        const at = j << 2;
        const x = v128.load(p + at), y = v128.load(q + at), z = v128.load(r + at), w = v128.load(s + at);
        const low = v128.shuffle<f32>(x, y, 0, 4, 1, 5), high = v128.shuffle<f32>(x, y, 2, 6, 3, 7);
        const low2 = v128.shuffle<f32>(z, w, 0, 4, 1, 5), high2 = v128.shuffle<f32>(z, w, 2, 6, 3, 7);
        v128.store(to, v128.shuffle<f32>(low, low2, 0, 1, 4, 5));
        v128.store(to, v128.shuffle<f32>(low, low2, 2, 3, 6, 7), 128);
        v128.store(to, v128.shuffle<f32>(high, high2, 0, 1, 4, 5), 256);
        v128.store(to, v128.shuffle<f32>(high, high2, 2, 3, 6, 7), 384);
        to += 4 * wide;
      }
      for (; j < <usize>k; j++)
        for (let d: usize = 0; d < 4; d++)
          store<f32>(block + j * wide + ((c + d) << 2), load<f32>(b + (c + d) * bColumn + (j << 2)));
    }
  for (; c < <usize>columns; c++)
    for (let j: usize = 0; j < <usize>k; j++)
      store<f32>(block + j * wide + (c << 2), load<f32>(b + c * bColumn + j * bRow));
}

// @ts-ignore: decorator
@inline
function keep(sum: v128, gate: usize, rectify: bool, to: usize): void {
  if (rectify) sum = f32x4.max(sum, f32x4.splat(0));
  if (gate) sum = v128.and(sum, f32x4.gt(v128.load(gate), f32x4.splat(0)));
  v128.store(to, sum);
}

function gather(
  list: usize, end: usize, numbers: usize, block: usize, start: usize, gate: usize, rectify: bool, to: usize,
): void {
  let s0 = v128.load(start), s1 = v128.load(start, 16), s2 = v128.load(start, 32), s3 = v128.load(start, 48);
  let s4 = v128.load(start, 64), s5 = v128.load(start, 80), s6 = v128.load(start, 96), s7 = v128.load(start, 112);
  for (; list < end; list += 4) {
    const at = block + <usize>load<u32>(list);
    const x = v128.load_splat<f32>(list + numbers);
    s0 = fused(s0, x, v128.load(at));
    s1 = fused(s1, x, v128.load(at, 16));
    s2 = fused(s2, x, v128.load(at, 32));
    s3 = fused(s3, x, v128.load(at, 48));
    s4 = fused(s4, x, v128.load(at, 64));
    s5 = fused(s5, x, v128.load(at, 80));
    s6 = fused(s6, x, v128.load(at, 96));
    s7 = fused(s7, x, v128.load(at, 112));
  }
  const step: usize = gate ? 16 : 0;
  keep(s0, gate, rectify, to);
  keep(s1, gate + step, rectify, to + 16);
  keep(s2, gate + 2 * step, rectify, to + 32);
  keep(s3, gate + 3 * step, rectify, to + 48);
  keep(s4, gate + 4 * step, rectify, to + 64);
  keep(s5, gate + 5 * step, rectify, to + 80);
  keep(s6, gate + 6 * step, rectify, to + 96);
  keep(s7, gate + 7 * step, rectify, to + 112);
}

/** So few columns would leave most of eight registers empty. */
const narrow: i32 = 4;

/** start + a b where the rows of a and the columns of b are each side by side: zeros of a are multiplied like all else. */
function dots(
  a: usize, aRow: usize, m: i32, k: i32, b: usize, bColumn: usize, n: i32, start: usize, rectify: bool, out: usize,
): void {
  const end = <usize>k << 2, whole = end & ~15, pairs = end & ~31;
  for (let i = 0; i < m; i++) {
    for (let c = 0; c < n; c++) {
      const column = b + <usize>c * bColumn;
      let even = f32x4.splat(0), odd = even;
      let at: usize = 0;
      for (; at < pairs; at += 32) {
        even = fused(even, v128.load(a + at), v128.load(column + at));
        odd = fused(odd, v128.load(a + at, 16), v128.load(column + at, 16));
      }
      if (at < whole) even = fused(even, v128.load(a + at), v128.load(column + at));
      let sum = lanes(f32x4.add(even, odd));
      for (at = whole; at < end; at += 4) sum += load<f32>(a + at) * load<f32>(column + at);
      if (start) sum += load<f32>(start + (<usize>c << 2));
      store<f32>(out, rectify ? max<f32>(sum, 0) : sum);
      out += 4;
    }
    a += aRow;
  }
}
