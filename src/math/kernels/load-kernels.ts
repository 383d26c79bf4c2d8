import { type DenseWasm, denseWasm, tanhRoom } from './dense-wasm.ts';
import {
  type AdamStep,
  adamFactors,
  type Kernels,
  type Matrix,
  productsFit,
  sparseProductSizes,
  sumRowsFit,
} from './kernels.ts';
import { kernelsWasm, kernelsWasmFused, kernelsWasmShared } from './kernels-wasm.data.ts';

/**
 * The kernels in WebAssembly SIMD, with a memory of their own of `bytes` (256 MB where left out, at most 4 GB). The
 * memory is never grown, so views stay valid; it is not shared, so engines accept views on it; and the operating
 * system provides a page only when it is first written, so a generous size costs address space, not memory.
 * `fused`: products are added in one rounding; where left out, if this runtime knows how (relaxed SIMD).
 */
export function loadKernels(options: { readonly bytes?: number; readonly fused?: boolean } = {}): Kernels {
  const { bytes = 256 * 2 ** 20 } = options;
  const pages = pagesFor(bytes);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const fused = options.fused ?? knowsFused();
  const wasm = new WebAssembly.Instance(compiled(fused ? 'fused' : 'plain'), { env: { memory } })
    .exports as unknown as KernelExports;
  return kernelsOn(arraysIn(memory), wasm, fused ? 'wasm fused' : 'wasm');
}

export const pagesFor = (bytes: number): number => Math.ceil(bytes / 65536) + 1;

/** Arrays that lie in a kernels' memory, and where they lie there. */
export interface KernelArrays extends Pick<Kernels, 'floats' | 'doubles' | 'ints' | 'bytes'> {
  at(view: { readonly buffer: unknown; readonly byteOffset: number }): number;
}

export function arraysIn({ buffer }: WebAssembly.Memory): KernelArrays {
  // Address 0 stays unused; arrays begin on cache lines.
  let free = 64;
  const take = (size: number): number => {
    const at = free;
    if (at + size > buffer.byteLength) {
      throw new RangeError(
        `the kernels' memory of ${buffer.byteLength} bytes has ${buffer.byteLength - at} left, ${size} are needed: ask loadKernels for more`,
      );
    }
    free = Math.ceil((at + size) / 64) * 64;
    return at;
  };
  return {
    floats: (n) => new Float32Array(buffer, take(n * 4), n),
    doubles: (n) => new Float64Array(buffer, take(n * 8), n),
    ints: (n) => new Int32Array(buffer, take(n * 4), n),
    bytes: (n) => new Int8Array(buffer, take(n), n),
    at(view) {
      if (view.buffer !== buffer)
        throw new TypeError('the array does not lie in the memory of these kernels');
      return view.byteOffset;
    },
  };
}

/** The contract over these exports, or over what notes their calls for another thread. */
export function kernelsOn({ at, ...arrays }: KernelArrays, wasm: KernelExports, id: string): Kernels {
  return {
    id,
    ...arrays,
    ...denseWasm(wasm, at, arrays.floats(tanhRoom)),

    sgd(theta, gradient, learningRate, scale = 1) {
      sameLength(theta, gradient);
      wasm.sgd(at(theta), at(gradient), theta.length, learningRate * scale);
    },

    approach(mean, values, rate) {
      sameLength(mean, values);
      wasm.approach(at(mean), at(values), mean.length, rate);
    },

    adam(theta, m, v, gradient, step) {
      sameLength(theta, m, v, gradient);
      wasm.adam(at(theta), at(m), at(v), at(gradient), theta.length, ...factorsOf(step));
    },

    adamRows(theta, m, v, gradient, rows, width, step) {
      sameLength(theta, m, v, gradient);
      rowsWithin(rows, theta.length / width);
      wasm.adamRows(at(theta), at(m), at(v), at(gradient), at(rows), rows.length, width, ...factorsOf(step));
    },

    scatterAddRows(target, rows, values, width) {
      rowsBelow(rows, target.length / width);
      if (values.length < rows.length * width)
        throw new RangeError('there are fewer values than rows x width');
      wasm.scatterAddRows(at(target), at(rows), rows.length, at(values), width);
    },

    distinctRows(rows, marks, out) {
      rowsBelow(rows, marks.length);
      if (out.length < Math.min(rows.length, marks.length)) throw new RangeError('out is too short');
      return wasm.distinctRows(at(rows), rows.length, at(marks), at(out));
    },

    sumOfSquares: (values) => wasm.sumOfSquares(at(values), values.length),

    squaresTo(values, out) {
      if (out.length < 1) throw new RangeError('out is too short');
      wasm.squaresTo(at(values), values.length, at(out));
    },

    products(a, m, b, n, width, out) {
      productsFit(a, m, b, n, width, out);
      wasm.products(at(a), m, at(b), n, width, at(out));
    },

    sparseProduct(product) {
      const { m, k, n } = sparseProductSizes(product);
      const { a, b, start, gate, rectify = false, out, room } = product;
      wasm.sparseProduct(
        at(a.values),
        ...strides(a),
        m,
        k,
        at(b.values),
        ...strides(b),
        n,
        start ? at(start) : 0,
        gate ? at(gate) : 0,
        rectify ? 1 : 0,
        at(out),
        at(room),
      );
    },

    sumRows(offsets, columns, values, out) {
      const n = sumRowsFit(offsets, columns, values, out);
      wasm.sumRows(at(offsets), at(columns), n, at(values), at(out));
    },

    scanInt8(query, items, scales, shift, threshold, rows, bounds) {
      const [width, n] = [query.length, scales.length];
      if (width % 64 !== 0) throw new RangeError(`a row has ${width} columns, not a multiple of 64`);
      if (n % 4 !== 0 || items.length < n * width || rows.length < n || bounds.length < n + 3)
        throw new RangeError(`${n} rows of ${width} do not fit the arrays`);
      return wasm.scanInt8(
        at(query),
        width,
        at(items),
        at(scales),
        n,
        shift,
        threshold,
        at(rows),
        at(bounds),
      );
    },

    dotRows(query, values, rows, out) {
      rowsWithin(rows, values.length / query.length);
      if (out.length < rows.length) throw new RangeError('out is too short');
      wasm.dotRows(at(query), query.length, at(values), at(rows), rows.length, at(out));
    },
  };
}

const builds = { plain: kernelsWasm, fused: kernelsWasmFused, shared: kernelsWasmShared };

/** Compiled once for all memories. */
const modules = new Map<keyof typeof builds, WebAssembly.Module>();

/** `shared`: fused, for a memory that several threads share. */
export function compiled(build: keyof typeof builds): WebAssembly.Module {
  const known = modules.get(build) ?? new WebAssembly.Module(bytesOf(builds[build]));
  modules.set(build, known);
  return known;
}

let fusedIsValid: boolean | undefined;
export function knowsFused(): boolean {
  fusedIsValid ??= WebAssembly.validate(bytesOf(kernelsWasmFused));
  return fusedIsValid;
}

type Factors = [
  stepSize: number,
  rootScale: number,
  beta1: number,
  rest1: number,
  beta2: number,
  rest2: number,
  epsilon: number,
  scale: number,
];

/** The exports of assembly/kernels.ts; arrays are addresses. */
export interface KernelExports extends DenseWasm {
  sgd(theta: number, gradient: number, n: number, rate: number): void;
  approach(mean: number, values: number, n: number, rate: number): void;
  adam(theta: number, m: number, v: number, gradient: number, n: number, ...factors: Factors): void;
  adamRows(
    ...args: [
      theta: number,
      m: number,
      v: number,
      gradient: number,
      rows: number,
      n: number,
      width: number,
      ...Factors,
    ]
  ): void;
  scatterAddRows(target: number, rows: number, n: number, values: number, width: number): void;
  distinctRows(rows: number, n: number, marks: number, out: number): number;
  sumOfSquares(values: number, n: number): number;
  squaresTo(values: number, n: number, out: number): void;
  products(a: number, m: number, b: number, n: number, width: number, out: number): void;
  sparseProduct(
    ...args: [
      a: number,
      aRow: number,
      aColumn: number,
      m: number,
      k: number,
      b: number,
      bRow: number,
      bColumn: number,
      n: number,
      start: number,
      gate: number,
      rectify: number,
      out: number,
      room: number,
    ]
  ): void;
  sumRows(offsets: number, columns: number, n: number, values: number, out: number): void;
  scanInt8(
    query: number,
    width: number,
    items: number,
    scales: number,
    n: number,
    shift: number,
    threshold: number,
    rows: number,
    bounds: number,
  ): number;
  dotRows(query: number, width: number, values: number, rows: number, n: number, out: number): void;
}

/** Bytes from a row to the next and from a column to the next. */
const strides = ({ columns, stride = columns, transposed }: Matrix): [row: number, column: number] =>
  transposed ? [4, 4 * stride] : [4 * stride, 4];

function factorsOf(step: AdamStep): Factors {
  const { stepSize, rootScale } = adamFactors(step);
  const { beta1, beta2, epsilon, scale = 1 } = step;
  return [stepSize, rootScale, beta1, 1 - beta1, beta2, 1 - beta2, epsilon, scale];
}

// WebAssembly would write outside an array without a word, so what costs little is checked.

function sameLength(first: Float32Array, ...others: readonly Float32Array[]): void {
  for (const other of others) {
    if (other.length !== first.length)
      throw new RangeError(`lengths ${first.length} and ${other.length} differ`);
  }
}

function rowsBelow(rows: Int32Array, count: number): void {
  for (let i = 0; i < rows.length; i++) {
    if (rows[i]! >= count) throw new RangeError(`row ${rows[i]} is not below ${count}`);
  }
}

function rowsWithin(rows: Int32Array, count: number): void {
  for (let i = 0; i < rows.length; i++) {
    if (rows[i]! < 0 || rows[i]! >= count) throw new RangeError(`row ${rows[i]} is not in 0 .. ${count - 1}`);
  }
}

/** Base64 without padding checks: the data module is our own. `atob` is not among the pure rows' words. */
function bytesOf(base64: string): Uint8Array {
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const text = base64.replace(/=+$/, '');
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let bits = 0;
  let held = 0;
  let n = 0;
  for (const digit of text) {
    held = ((held << 6) | digits.indexOf(digit)) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[n++] = (held >> bits) & 255;
    }
  }
  return bytes;
}
