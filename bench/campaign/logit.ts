/** Customers alike: their features (the first is 1), how many they are and how many of them did it. */
export interface Group {
  readonly x: readonly number[];
  readonly n: number;
  readonly y: number;
}

/** Weights of logit(p) = x . w of largest likelihood, by Newton's steps. A trace of ridge keeps empty columns at 0. */
export function fitLogit(groups: readonly Group[]): number[] {
  const width = groups[0]!.x.length;
  let weights = new Array<number>(width).fill(0);
  for (let round = 0; round < 30; round++) {
    const gradient = weights.map((w) => -1e-6 * w);
    const hessian = weights.map((_, i) => weights.map((__, j) => (i === j ? 1e-6 : 0)));
    for (const { x, n, y } of groups) {
      const p = chance(x, weights);
      x.forEach((a, i) => {
        gradient[i]! += a * (y - n * p);
        x.forEach((b, j) => {
          hessian[i]![j]! += a * b * n * p * (1 - p);
        });
      });
    }
    const step = solved(hessian, gradient);
    weights = weights.map((w, i) => w + step[i]!);
    if (Math.max(...step.map(Math.abs)) < 1e-9) break;
  }
  return weights;
}

export const chance = (x: readonly number[], weights: readonly number[]): number =>
  1 / (1 + Math.exp(-x.reduce((sum, a, i) => sum + a * weights[i]!, 0)));

/** Gauss without pivoting: the matrix is positive definite. */
function solved(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i]!]);
  rows.forEach((row, i) => {
    for (let k = i + 1; k < rows.length; k++) {
      const share = rows[k]![i]! / row[i]!;
      rows[k] = rows[k]!.map((value, j) => value - share * row[j]!);
    }
  });
  const x = new Array<number>(rows.length).fill(0);
  for (let i = rows.length - 1; i >= 0; i--) {
    const rest = rows[i]!.slice(i + 1, -1).reduce((sum, value, j) => sum + value * x[i + 1 + j]!, 0);
    x[i] = (rows[i]!.at(-1)! - rest) / rows[i]![i]!;
  }
  return x;
}
