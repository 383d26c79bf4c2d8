import type { Scores } from './policy.ts';

/** Of n rows with a number for each choice those of the candidates, in their order; all where none are given. */
export function candidateScores(
  values: Float32Array,
  n: number,
  choices: number,
  candidates: Int32Array | undefined,
): Scores {
  if (!candidates) return { n, choices, values };
  const wanted = candidates.length;
  const some = new Float32Array(n * wanted);
  for (let row = 0; row < n; row++)
    for (let c = 0; c < wanted; c++) some[row * wanted + c] = values[row * choices + candidates[c]!]!;
  return { n, choices: wanted, values: some };
}
