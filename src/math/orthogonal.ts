import type { Rng } from '../core/index.ts';

/**
 * A matrix [inputs, outputs] whose rows (or columns, whichever are fewer) are perpendicular and `gain` long: normal
 * numbers, made so one after the other (Gram-Schmidt). Signals neither fade nor grow on the way through such layers.
 */
export function orthogonal(inputs: number, outputs: number, gain: number, rng: Rng): Float64Array {
  const tall = inputs >= outputs;
  const [count, length] = tall ? [outputs, inputs] : [inputs, outputs];
  const vectors: Float64Array[] = [];
  for (let i = 0; i < count; i++) {
    const vector = Float64Array.from({ length }, () => rng.normal());
    // Twice, for what rounding left over.
    for (let pass = 0; pass < 2; pass++)
      for (const other of vectors) {
        const shadow = dot(vector, other);
        for (let j = 0; j < length; j++) vector[j]! -= shadow * other[j]!;
      }
    const size = Math.sqrt(dot(vector, vector));
    vectors.push(vector.map((x) => x / size));
  }
  const matrix = new Float64Array(inputs * outputs);
  vectors.forEach((vector, i) => {
    vector.forEach((x, j) => {
      matrix[tall ? j * outputs + i : i * outputs + j] = gain * x;
    });
  });
  return matrix;
}

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
