/** Mean and variance of each column of all rows seen so far (Chan, Golub & LeVeque 1979: batch by batch, stable). */
export interface RunningStatistics {
  /** Rows so far. */
  readonly count: Float64Array;
  readonly means: Float64Array;
  /** Sums of squared distances from the mean. */
  readonly squares: Float64Array;
  add(rows: ArrayLike<number>, n: number): void;
  /** Of column c; 1 while nothing is known. */
  variance(c: number): number;
}

export function runningStatistics(width: number): RunningStatistics {
  const count = new Float64Array(1);
  const means = new Float64Array(width);
  const squares = new Float64Array(width);
  return {
    count,
    means,
    squares,
    add(rows, n) {
      const before = count[0]!;
      const after = before + n;
      for (let c = 0; c < width; c++) {
        let mean = 0;
        for (let i = 0; i < n; i++) mean += rows[i * width + c]! / n;
        let square = 0;
        for (let i = 0; i < n; i++) square += (rows[i * width + c]! - mean) ** 2;
        const apart = mean - means[c]!;
        means[c]! += (apart * n) / after;
        squares[c]! += square + (apart * apart * before * n) / after;
      }
      count[0] = after;
    },
    variance: (c) => (count[0]! > 0 ? squares[c]! / count[0]! : 1),
  };
}
