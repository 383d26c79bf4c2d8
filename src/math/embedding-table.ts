import type { Rng } from '../core/index.ts';
import type { Kernels } from './kernels/kernels.ts';
import { type AdamOptions, adamDefaults } from './optimiser.ts';

/**
 * One learned row of numbers for each of many items. A step touches only the rows of its batch, so the graph gives out
 * gradients of gathered rows, `accumulate` adds them up by row, and `step` moves only the rows touched:
 *
 *     values    [ row 0 | row 1 | row 2 | ... ]          gathered 2, 0, 2  ->  touched { 2, 0 }
 *
 * Adam's moments of a row stand still while it is not touched ("lazy" Adam), its bias correction counts all steps.
 */
export interface EmbeddingTable {
  readonly rows: number;
  readonly width: number;
  readonly values: Float32Array;
  /**
   * Adds one row gradient for each index: indices.length x width. Negative indices are left out. Both arrays must lie
   * in the kernels' memory.
   */
  accumulate(indices: Int32Array, rowGradients: Float32Array): void;
  /** Sum of squares of what was accumulated, for clipping by the global norm. */
  squaredNorm(): number;
  /**
   * Moves the touched rows by Adam, or by plain gradient descent, with gradients times `scale`, and gives them the length `length`
   * where it is not 0; forgets which they were.
   */
  step(by: 'adam' | 'sgd', options: AdamOptions, scale?: number, length?: number): void;
  readonly state: { readonly steps: Float64Array; readonly moments: readonly Float32Array[] };
}

/** Rows start normal with standard deviation `spread`. */
export function embeddingTable(
  rows: number,
  width: number,
  spread: number,
  rng: Rng,
  kernels: Kernels,
): EmbeddingTable {
  const values = kernels.floats(rows * width);
  for (let i = 0; i < values.length; i++) values[i] = spread * rng.normal();
  const gradients = kernels.floats(rows * width);
  const m = kernels.floats(rows * width);
  const v = kernels.floats(rows * width);
  const steps = new Float64Array(1);
  const touched = kernels.ints(rows);
  const isTouched = new Uint8Array(rows);
  let count = 0;
  return {
    rows,
    width,
    values,
    state: { steps, moments: [m, v] },
    accumulate(indices, rowGradients) {
      for (const row of indices) {
        if (row < 0 || isTouched[row] === 1) continue;
        isTouched[row] = 1;
        touched[count++] = row;
      }
      kernels.scatterAddRows(gradients, indices, rowGradients, width);
    },
    squaredNorm() {
      let sum = 0;
      for (let i = 0; i < count; i++) {
        const from = touched[i]! * width;
        for (let j = from; j < from + width; j++) sum += gradients[j]! * gradients[j]!;
      }
      return sum;
    },
    step(by, options, scale = 1, length = 0) {
      steps[0]!++;
      const moved = touched.subarray(0, count);
      if (by === 'adam') {
        const step = { ...adamDefaults, ...options, step: steps[0]!, scale };
        kernels.adamRows(values, m, v, gradients, moved, width, step);
      } else {
        for (const row of moved) {
          const part = [values, gradients].map((array) => array.subarray(row * width, (row + 1) * width));
          kernels.sgd(part[0]!, part[1]!, options.learningRate, scale);
          part[1]!.fill(0);
        }
      }
      for (const row of moved) {
        isTouched[row] = 0;
        if (length > 0) giveLength(values.subarray(row * width, (row + 1) * width), length);
      }
      count = 0;
    },
  };
}

/** A row of zeros has no direction and stays. */
function giveLength(row: Float32Array, length: number): void {
  let square = 0;
  for (const value of row) square += value * value;
  if (square > 0) for (let i = 0; i < row.length; i++) row[i]! *= length / Math.sqrt(square);
}
