import { type DenseKernels, foursFit, rowsFit, tableFits, tanhNumbers } from './dense-kernels.ts';

/** The exports of assembly/dense.ts; arrays are addresses, 0 for none. */
export interface DenseWasm {
  affine(
    ...args: [
      x: number,
      rows: number,
      inputs: number,
      w: number,
      start: number,
      outputs: number,
      h: number,
      out: number,
    ]
  ): void;
  addOuter(
    x: number,
    rows: number,
    inputs: number,
    d: number,
    outputs: number,
    w: number,
    bias: number,
  ): void;
  transpose(w: number, rows: number, columns: number, out: number): void;
  tanhAll(values: number, n: number, numbers: number): void;
}

/** `numbers` are those of tanh, four times each, in the kernels' memory; `at` is where an array lies there. */
export function denseWasm(
  wasm: DenseWasm,
  at: (array: Float32Array) => number,
  numbers: Float32Array,
): DenseKernels {
  const { limit, p, q } = tanhNumbers;
  [-limit, limit, ...p, ...q].forEach((number, i) => {
    numbers.fill(number, 4 * i, 4 * i + 4);
  });
  return {
    affine(x, rows, w, bias, squash, out) {
      const outputs = bias.length;
      const inputs = w.length / outputs;
      foursFit(rows, inputs, x);
      foursFit(rows, outputs, out);
      wasm.affine(at(x), rows, inputs, at(w), at(bias), outputs, 0, at(out));
      if (squash) wasm.tanhAll(at(out), rows * outputs, at(numbers));
    },
    backThroughTanh(d, rows, wT, width, h, out) {
      foursFit(rows, wT.length / width, d);
      foursFit(rows, width, h);
      foursFit(rows, width, out);
      wasm.affine(at(d), rows, wT.length / width, at(wT), 0, width, at(h), at(out));
    },
    addOuter(x, rows, d, w, bias) {
      const inputs = w.length / bias.length;
      rowsFit(rows, inputs, x);
      rowsFit(rows, bias.length, d);
      wasm.addOuter(at(x), rows, inputs, at(d), bias.length, at(w), at(bias));
    },
    transpose(w, rows, columns, out) {
      tableFits(rows, columns, w);
      tableFits(rows, columns, out);
      wasm.transpose(at(w), rows, columns, at(out));
    },
  };
}

/** Numbers of room for those of tanh. */
export const tanhRoom = 4 * (2 + tanhNumbers.p.length + tanhNumbers.q.length);
