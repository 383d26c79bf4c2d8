import { fours } from './kernels/dense-kernels.ts';
import type { Kernels } from './kernels/kernels.ts';
import type { ParameterSpec, Parameters } from './parameters.ts';

/**
 * A small network of tanh layers and a linear last one, forward and backward, on the kernels alone:
 *
 *   h_0 = x     h_k = tanh(h_k-1 w_k + b_k)     y = h_n-1 w_n + b_n
 *
 * For networks this small a graph engine spends most of its time between the operations. Rows are taken a block at a
 * time, few enough that all of a block stays in the processor's caches on the way there and back.
 *
 * Widths are rounded up to multiples of 4 (`fours`); what is beyond a layer's own is zero and stays so: its weights start
 * at zero, its tanh is 0, and as nothing reads it no gradient reaches it.
 */
export interface TanhTower {
  /** Numbers of a stored row of the output. */
  readonly width: number;
  /** Room for `blockRows` rows of the output, and of the loss's gradient by it: zero beyond the outputs, for who writes it. */
  readonly y: Float32Array;
  readonly dy: Float32Array;
  /** From the first rows (a multiple of 4) of the x it was made with to y. */
  forward(rows: number): void;
  /** Adds to the parameters' gradients what dy comes to, of the rows that were last sent forward. */
  backward(rows: number): void;
  /** To be called whenever the parameters changed, before `backward`. */
  refresh(): void;
}

/** Rows that go through at once. */
export const blockRows = 64;

/** What a tower's parameters are: for widths [inputs, ..., outputs] `name.w1`, `name.b1` ...; orthogonal, `gain` for the last. */
export function towerParameters(
  name: string,
  widths: readonly number[],
  gain: number,
): Record<string, ParameterSpec> {
  const specs: Record<string, ParameterSpec> = {};
  for (let k = 1; k < widths.length; k++) {
    const [inputs, outputs] = [widths[k - 1]!, widths[k]!];
    specs[`${name}.w${k}`] = {
      shape: [inputs, outputs],
      start: { orthogonal: k < widths.length - 1 ? Math.SQRT2 : gain },
      within: [fours(inputs), fours(outputs)],
    };
    specs[`${name}.b${k}`] = { shape: [outputs], start: 0, within: [fours(outputs)] };
  }
  return specs;
}

interface Layer {
  readonly w: Float32Array;
  readonly b: Float32Array;
  readonly dw: Float32Array;
  readonly db: Float32Array;
  /** w, transposed. */
  readonly wT: Float32Array;
  readonly inputs: number;
  /** What it answers, and the gradient before its tanh. */
  readonly h: Float32Array;
  readonly d: Float32Array;
}

/** `x` has room for `blockRows` rows of fours(inputs) numbers. */
export function tanhTower(kernels: Kernels, of: Parameters, name: string, x: Float32Array): TanhTower {
  const layers: Layer[] = [];
  for (let k = 1; ; k++) {
    const found = of.entries.find((entry) => entry.name === `${name}.w${k}`);
    const bias = of.entries.find((entry) => entry.name === `${name}.b${k}`);
    if (!found || !bias) break;
    const part = (from: Float32Array, { offset, size }: { offset: number; size: number }): Float32Array =>
      from.subarray(offset, offset + size);
    layers.push({
      w: part(of.values, found),
      b: part(of.values, bias),
      dw: part(of.gradients, found),
      db: part(of.gradients, bias),
      wT: kernels.floats(found.size),
      inputs: found.shape[0]!,
      h: kernels.floats(blockRows * bias.size),
      d: kernels.floats(blockRows * bias.size),
    });
  }
  const last = layers.length - 1;
  const { h: y, d: dy, b } = layers[last]!;
  return {
    width: b.length,
    y,
    dy,
    forward(rows) {
      for (let k = 0; k <= last; k++) {
        const { w, b: bias, h } = layers[k]!;
        kernels.affine(k === 0 ? x : layers[k - 1]!.h, rows, w, bias, k < last, h);
      }
    },
    backward(rows) {
      for (let k = last; k >= 0; k--) {
        const { d, dw, db, wT, inputs } = layers[k]!;
        const before = layers[k - 1];
        kernels.addOuter(before?.h ?? x, rows, d, dw, db);
        if (before) kernels.backThroughTanh(d, rows, wT, inputs, before.h, before.d);
      }
    },
    refresh() {
      for (const { w, wT, inputs } of layers) kernels.transpose(w, inputs, w.length / inputs, wT);
    },
  };
}
