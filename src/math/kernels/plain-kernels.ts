import { densePlain } from './dense-plain.ts';
import {
  type AdamStep,
  adamFactors,
  type Kernels,
  productsFit,
  sparseProductSizes,
  sumRowsFit,
  sumRowsWidth as width16,
} from './kernels.ts';

const f = Math.fround;

/** A mean gradient below this is none: it moves nothing that can be told, and would otherwise stay just above 0 for ever. */
const leastMoment = f(1e-30);

/**
 * The kernels in plain TypeScript: what each one means, and the fallback where there is no WebAssembly. Every operation
 * is rounded to single precision in the order the SIMD code has it, so that the two agree bit for bit, but for sparse
 * products of at most four columns, which SIMD adds up in lanes.
 */
export function plainKernels(): Kernels {
  return {
    id: 'plain',
    floats: (n) => new Float32Array(n),
    doubles: (n) => new Float64Array(n),
    ints: (n) => new Int32Array(n),
    bytes: (n) => new Int8Array(n),
    ...densePlain,

    sgd(theta, gradient, learningRate, scale = 1) {
      const rate = f(learningRate * scale);
      for (let i = 0; i < theta.length; i++) theta[i] = theta[i]! - f(rate * gradient[i]!);
    },

    approach(mean, values, rate) {
      for (let i = 0; i < mean.length; i++) mean[i] = mean[i]! + rate * (values[i]! - mean[i]!);
    },

    adam(theta, m, v, gradient, step) {
      adamRange(theta, m, v, gradient, 0, theta.length, step);
    },

    adamRows(theta, m, v, gradient, rows, width, step) {
      for (const row of rows) {
        adamRange(theta, m, v, gradient, row * width, (row + 1) * width, step);
        gradient.fill(0, row * width, (row + 1) * width);
      }
    },

    scatterAddRows(target, rows, values, width) {
      for (let i = 0; i < rows.length; i++) {
        const row = rows[i]!;
        if (row < 0) continue;
        for (let j = 0; j < width; j++) target[row * width + j]! += values[i * width + j]!;
      }
    },

    distinctRows(rows, marks, out) {
      let n = 0;
      for (const row of rows) {
        if (row < 0 || marks[row]) continue;
        marks[row] = 1;
        out[n++] = row;
      }
      for (let i = 0; i < n; i++) marks[out[i]!] = 0;
      return n;
    },

    sumOfSquares(values) {
      // Eight lanes, as in SIMD: sums of doubles depend on their order.
      const [a, b, c, d, e, f, g, h] = [0, 1, 2, 3, 4, 5, 6, 7].map((lane) => {
        let sum = 0;
        for (let i = lane; i < (values.length & ~7); i += 8) sum += values[i]! * values[i]!;
        return sum;
      }) as [number, number, number, number, number, number, number, number];
      let sum = a + c + (e + g) + (b + d + (f + h));
      for (let i = values.length & ~7; i < values.length; i++) sum += values[i]! * values[i]!;
      return sum;
    },

    squaresTo(values, out) {
      out[0] = this.sumOfSquares(values);
    },

    products(a, m, b, n, width, out) {
      productsFit(a, m, b, n, width, out);
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < n; j++) {
          const sums = new Float32Array(4);
          for (let c = 0; c < width; c++)
            sums[c % 4] = sums[c % 4]! + f(a[i * width + c]! * b[j * width + c]!);
          out[i * n + j] = f(sums[0]! + sums[1]!) + f(sums[2]! + sums[3]!);
        }
      }
    },

    sparseProduct(product) {
      const { m, k, n } = sparseProductSizes(product);
      const { a, b, start, gate, rectify = false, out } = product;
      const [aRow, bRow] = [a.stride ?? a.columns, b.stride ?? b.columns];
      const sums = new Float32Array(n);
      for (let i = 0; i < m; i++) {
        sums.fill(0);
        if (start) sums.set(start.subarray(0, n));
        for (let j = 0; j < k; j++) {
          const x = a.values[a.transposed ? j * aRow + i : i * aRow + j]!;
          if (x === 0) continue;
          for (let c = 0; c < n; c++)
            sums[c] = sums[c]! + f(x * b.values[b.transposed ? c * bRow + j : j * bRow + c]!);
        }
        for (let c = 0; c < n; c++) {
          const sum = rectify ? Math.max(sums[c]!, 0) : sums[c]!;
          out[i * n + c] = !gate || gate[i * n + c]! > 0 ? sum : 0;
        }
      }
    },

    sumRows(offsets, columns, values, out) {
      const n = sumRowsFit(offsets, columns, values, out);
      for (let i = 0; i < n; i++) {
        const to = i * width16;
        out.fill(0, to, to + width16);
        for (let p = offsets[i]!; p < offsets[i + 1]!; p++) {
          const from = columns[p]! * width16;
          for (let c = 0; c < width16; c++) out[to + c]! += values[from + c]!;
        }
      }
    },

    scanInt8(query, items, scales, shift, threshold, rows, bounds) {
      const width = query.length;
      const [added, least] = [f(shift), f(threshold)];
      let n = 0;
      for (let i = 0; i < scales.length; i++) {
        let dot = 0;
        for (let j = 0, at = i * width; j < width; j++, at++) dot += query[j]! * items[at]!;
        const bound = f(f(f(dot) + added) * scales[i]!);
        if (!(bound > least)) continue;
        rows[n] = i;
        bounds[n++] = bound;
      }
      return n;
    },

    dotRows(query, values, rows, out) {
      const width = query.length;
      const whole = width & ~3;
      for (let i = 0; i < rows.length; i++) {
        const sums = [0, 0, 0, 0];
        for (let j = 0, at = rows[i]! * width; j < width; j++, at++)
          sums[j < whole ? j & 3 : 0]! += query[j]! * values[at]!;
        out[i] = sums[0]! + sums[1]! + (sums[2]! + sums[3]!);
      }
    },
  };
}

function adamRange(
  theta: Float32Array,
  m: Float32Array,
  v: Float32Array,
  gradient: Float32Array,
  from: number,
  to: number,
  step: AdamStep,
): void {
  const factors = adamFactors(step);
  const stepSize = f(factors.stepSize);
  const rootScale = f(factors.rootScale);
  const scale = f(step.scale ?? 1);
  const beta1 = f(step.beta1);
  const beta2 = f(step.beta2);
  const rest1 = f(1 - step.beta1);
  const rest2 = f(1 - step.beta2);
  const epsilon = f(step.epsilon);
  for (let i = from; i < to; i++) {
    const g = f(gradient[i]! * scale);
    const mean = f(f(beta1 * m[i]!) + f(rest1 * g));
    const first = Math.abs(mean) < leastMoment ? 0 : mean;
    const second = f(f(beta2 * v[i]!) + f(f(rest2 * g) * g));
    m[i] = first;
    v[i] = second;
    if (first !== 0)
      theta[i] = theta[i]! - f(f(stepSize * first) / f(f(f(Math.sqrt(second)) * rootScale) + epsilon));
  }
}
