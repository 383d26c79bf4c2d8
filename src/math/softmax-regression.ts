import { type Rng, shuffle } from '../core/index.ts';
import { plainKernels } from './kernels/plain-kernels.ts';
import { adam } from './optimiser.ts';

const [passes, batch, learningRate, penalty] = [20, 128, 0.01, 1e-4];

/**
 * Multinomial logistic regression: answers weights, classes x width, so that the chance of class c is proportional to
 * exp(w_c . x). `inputs` is n x width, about standardised, with a column of ones; `labels` are class numbers. 20 passes of
 * Adam in batches of 128, its step falling to 0 in a straight line, and a small pull towards 0.
 */
export function softmaxRegression(
  inputs: Float32Array,
  width: number,
  labels: Int32Array,
  classes: number,
  rng: Rng,
): Float32Array {
  const n = labels.length;
  const weights = new Float32Array(classes * width);
  const gradient = new Float32Array(weights.length);
  const optimiser = adam(weights.length, { learningRate }, plainKernels());
  const chances = new Float64Array(classes);
  const order = Int32Array.from({ length: n }, (_, i) => i);
  for (let pass = 0; pass < passes; pass++) {
    shuffle(order, rng);
    for (let from = 0; from < n; from += batch) {
      const size = Math.min(batch, n - from);
      for (let k = 0; k < weights.length; k++) gradient[k] = penalty * weights[k]!;
      for (const row of order.subarray(from, from + size)) {
        classChances(weights, inputs, row * width, width, 1, chances);
        for (let c = 0; c < classes; c++) {
          const slope = (chances[c]! - (labels[row] === c ? 1 : 0)) / size;
          for (let j = 0; j < width; j++) gradient[c * width + j]! += slope * inputs[row * width + j]!;
        }
      }
      optimiser.step(weights, gradient, 1, learningRate * (1 - (pass + from / n) / passes));
    }
  }
  return weights;
}

/** The chances of all classes for the row that begins at `at`: softmax(w x / temperature). */
export function classChances(
  weights: Float32Array,
  inputs: Float32Array,
  at: number,
  width: number,
  temperature: number,
  out: Float64Array,
): void {
  const classes = out.length;
  let top = -Infinity;
  for (let c = 0; c < classes; c++) {
    let sum = 0;
    for (let j = 0; j < width; j++) sum += weights[c * width + j]! * inputs[at + j]!;
    out[c] = sum / temperature;
    top = Math.max(top, out[c]!);
  }
  let total = 0;
  for (let c = 0; c < classes; c++) {
    out[c] = Math.exp(out[c]! - top);
    total += out[c]!;
  }
  for (let c = 0; c < classes; c++) out[c]! /= total;
}

/**
 * The temperature, 1/8 to 8, at which what was fitted says best (mean -log chance) what came of rows it was not fitted on
 * (Guo et al. 2017, "On Calibration of Modern Neural Networks"); 1 for no rows. By golden section: the loss is convex in
 * 1 / temperature.
 */
export function fittedTemperature(
  weights: Float32Array,
  inputs: Float32Array,
  width: number,
  labels: Int32Array,
  classes: number,
): number {
  if (labels.length === 0) return 1;
  const chances = new Float64Array(classes);
  const lossAt = (sharpness: number): number => {
    let loss = 0;
    labels.forEach((label, row) => {
      classChances(weights, inputs, row * width, width, 1 / sharpness, chances);
      loss -= Math.log(Math.max(1e-12, chances[label]!));
    });
    return loss;
  };
  const golden = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [1 / 8, 8];
  for (let step = 0; step < 24; step++) {
    const [a, b] = [high - golden * (high - low), low + golden * (high - low)];
    if (lossAt(a) <= lossAt(b)) high = b;
    else low = a;
  }
  return 2 / (low + high);
}
