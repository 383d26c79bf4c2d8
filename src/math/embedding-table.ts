import type { Rng } from '../core/index.ts';
import { type AdamOptions, adamLoop } from './optimiser.ts';

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
  /** Adds one row gradient for each index: indices.length x width. */
  accumulate(indices: Int32Array, rowGradients: Float32Array): void;
  /** Sum of squares of what was accumulated, for clipping by the global norm. */
  squaredNorm(): number;
  /** Moves the touched rows by Adam, or by plain gradient descent, with gradients times `factor`; forgets them. */
  step(by: 'adam' | 'sgd', options: AdamOptions, factor?: number): void;
  readonly state: { readonly counters: Float64Array; readonly moments: readonly Float32Array[] };
}

export function embeddingTable(rows: number, width: number, spread: number, rng: Rng): EmbeddingTable {
  const values = Float32Array.from({ length: rows * width }, () => spread * rng.normal());
  const gradients = new Float32Array(rows * width);
  const m = new Float32Array(rows * width);
  const v = new Float32Array(rows * width);
  const counters = new Float64Array(1);
  const touched = new Int32Array(rows);
  const isTouched = new Uint8Array(rows);
  let count = 0;
  return {
    rows,
    width,
    values,
    state: { counters, moments: [m, v] },
    accumulate(indices, rowGradients) {
      for (let i = 0; i < indices.length; i++) {
        const row = indices[i]!;
        if (isTouched[row] === 0) {
          isTouched[row] = 1;
          touched[count++] = row;
        }
        const to = row * width;
        const from = i * width;
        for (let j = 0; j < width; j++) gradients[to + j]! += rowGradients[from + j]!;
      }
    },
    squaredNorm() {
      let sum = 0;
      for (let i = 0; i < count; i++) {
        const from = touched[i]! * width;
        for (let j = from; j < from + width; j++) sum += gradients[j]! * gradients[j]!;
      }
      return sum;
    },
    step(by, options, factor = 1) {
      counters[0]!++;
      for (let i = 0; i < count; i++) {
        const from = touched[i]! * width;
        const to = from + width;
        if (factor !== 1) for (let j = from; j < to; j++) gradients[j]! *= factor;
        if (by === 'adam') adamLoop(values, gradients, m, v, counters[0]!, options, from, to);
        else for (let j = from; j < to; j++) values[j]! -= options.learningRate * gradients[j]!;
        gradients.fill(0, from, to);
        isTouched[touched[i]!] = 0;
      }
      count = 0;
    },
  };
}
