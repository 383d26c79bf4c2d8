import { type DenseKernels, foursFit, rowsFit, tableFits, tanhNumbers } from './dense-kernels.ts';

const f = Math.fround;

/** The layers in plain TypeScript, every operation rounded to single precision in the order the SIMD code has it. */
export const densePlain: DenseKernels = {
  affine(x, rows, w, bias, squash, out) {
    const outputs = bias.length;
    const inputs = w.length / outputs;
    foursFit(rows, inputs, x);
    foursFit(rows, outputs, out);
    times(x, rows, inputs, w, outputs, bias, out);
    if (squash) for (let i = 0; i < rows * outputs; i++) out[i] = tanhOf(out[i]!);
  },
  backThroughTanh(d, rows, wT, width, h, out) {
    foursFit(rows, wT.length / width, d);
    foursFit(rows, width, h);
    foursFit(rows, width, out);
    times(d, rows, wT.length / width, wT, width, undefined, out);
    for (let i = 0; i < rows * width; i++) out[i] = out[i]! * f(1 - f(h[i]! * h[i]!));
  },
  addOuter(x, rows, d, w, bias) {
    const outputs = bias.length;
    const inputs = w.length / outputs;
    rowsFit(rows, inputs, x);
    rowsFit(rows, outputs, d);
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < outputs; j++) {
        const slope = d[i * outputs + j]!;
        bias[j] = bias[j]! + slope;
        for (let k = 0; k < inputs; k++)
          w[k * outputs + j] = w[k * outputs + j]! + f(x[i * inputs + k]! * slope);
      }
    }
  },
  transpose(w, rows, columns, out) {
    tableFits(rows, columns, w);
    tableFits(rows, columns, out);
    for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) out[j * rows + i] = w[i * columns + j]!;
  },
};

/** out = x w + start. */
function times(
  x: Float32Array,
  rows: number,
  inputs: number,
  w: Float32Array,
  outputs: number,
  start: Float32Array | undefined,
  out: Float32Array,
): void {
  const sums = new Float32Array(outputs);
  for (let i = 0; i < rows; i++) {
    if (start) sums.set(start);
    else sums.fill(0);
    for (let k = 0; k < inputs; k++)
      for (let j = 0; j < outputs; j++) sums[j] = sums[j]! + f(x[i * inputs + k]! * w[k * outputs + j]!);
    out.set(sums, i * outputs);
  }
}

const single = (numbers: readonly number[]): readonly number[] => numbers.map(f);
const [limit, p, q] = [f(tanhNumbers.limit), single(tanhNumbers.p), single(tanhNumbers.q)];

function tanhOf(given: number): number {
  const x = Math.min(limit, Math.max(-limit, given));
  const square = f(x * x);
  const polynomial = (numbers: readonly number[]): number =>
    numbers.reduce((sum, number) => f(number + f(square * sum)));
  return f(f(x * polynomial(p)) / polynomial(q));
}
