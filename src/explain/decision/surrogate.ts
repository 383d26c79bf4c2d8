import type { Rng } from '../../core/index.ts';
import { solveSymmetric } from '../../math/index.ts';
import { type Case, type Judge, spansOf } from './shapley.ts';

/** A linear model that stands for the policy near one shopper. */
export interface Surrogate {
  /** What it says of the shopper. */
  readonly intercept: number;
  /**
   * One for each feature: the change for one standard deviation more (of the background); for a feature of classes or of
   * several numbers, the change where it is another.
   */
  readonly slopes: Float64Array;
  /** Weighted R2 on neighbours it was not fitted to: 1 where the policy is that simple here, 0 where the mean is as good. */
  readonly fidelity: number;
}

/**
 * A local surrogate in the manner of LIME (Ribeiro et al. 2016, "Why should I trust you?"): neighbours are drawn around
 * the shopper (real features from a normal distribution with the background's deviation, classes from the background),
 * weighted by nearness, and a ridge regression is fitted to what the policy says of them. With LIME's kernel width,
 * .75 x root of the number of features, and its penalty of 1.
 */
export async function localSurrogate(
  judge: Judge,
  given: Case,
  rng: Rng,
  samples = 1000,
): Promise<Surrogate> {
  const fitted = await neighbours(judge, given, rng, samples);
  const d = given.parts.length;
  const { columns, values, weights } = fitted;
  const total = weights.reduce((sum, w) => sum + w, 0);
  const centre = new Float64Array(d);
  let mean = 0;
  for (let s = 0; s < samples; s++) {
    mean += (weights[s]! * values[s]!) / total;
    for (let i = 0; i < d; i++) centre[i]! += (weights[s]! * columns[s * d + i]!) / total;
  }
  const matrix = new Float64Array(d * d);
  const right = new Float64Array(d);
  for (let s = 0; s < samples; s++)
    for (let i = 0; i < d; i++) {
      const left = weights[s]! * (columns[s * d + i]! - centre[i]!);
      right[i]! += left * (values[s]! - mean);
      for (let j = 0; j < d; j++) matrix[i * d + j]! += left * (columns[s * d + j]! - centre[j]!);
    }
  for (let i = 0; i < d; i++) matrix[i * d + i]! += 1;
  const slopes = solveSymmetric(matrix, right).solution;
  const intercept = mean - slopes.reduce((sum, slope, i) => sum + slope * centre[i]!, 0);
  const fresh = await neighbours(judge, given, rng, samples);
  return { intercept, slopes, fidelity: fidelityOn(fresh, intercept, slopes) };
}

interface Neighbours {
  /** Samples x features: deviations from the shopper in standard deviations, or 1 where another class. */
  readonly columns: Float64Array;
  readonly values: Float64Array;
  readonly weights: Float64Array;
}

async function neighbours(
  judge: Judge,
  { row, background, parts }: Case,
  rng: Rng,
  samples: number,
): Promise<Neighbours> {
  const d = parts.length;
  const size = row.length;
  const m = background.length / size;
  const spans = spansOf({ parts });
  const spreads = spans.map(([from]) => deviation(background, from, size));
  const columns = new Float64Array(samples * d);
  const weights = new Float64Array(samples);
  const rows = new Float32Array(samples * size);
  for (let s = 0; s < samples; s++) {
    let distance = 0;
    for (let i = 0; i < d; i++) {
      const { kind, size: width, low = -Infinity, high = Infinity } = parts[i]!;
      const [from, to] = spans[i]!;
      if (kind === 'real' && width === 1) {
        const drawn = row[from]! + spreads[i]! * rng.normal();
        rows[s * size + from] = Math.min(high, Math.max(low, drawn));
        columns[s * d + i] = spreads[i] === 0 ? 0 : (rows[s * size + from]! - row[from]!) / spreads[i]!;
      } else {
        const other = rng.int(m) * size;
        for (let at = from; at < to; at++) {
          rows[s * size + at] = background[other + at]!;
          if (background[other + at] !== row[at]) columns[s * d + i] = 1;
        }
      }
      distance += columns[s * d + i]! ** 2;
    }
    weights[s] = Math.exp(-distance / (2 * 0.75 ** 2 * d));
  }
  return { columns, values: await judge(rows, samples), weights };
}

function fidelityOn(
  { columns, values, weights }: Neighbours,
  intercept: number,
  slopes: Float64Array,
): number {
  const d = slopes.length;
  let [total, sum] = [0, 0];
  for (let s = 0; s < values.length; s++) {
    total += weights[s]!;
    sum += weights[s]! * values[s]!;
  }
  let [left, spread] = [0, 0];
  for (let s = 0; s < values.length; s++) {
    let said = intercept;
    for (let i = 0; i < d; i++) said += slopes[i]! * columns[s * d + i]!;
    left += weights[s]! * (values[s]! - said) ** 2;
    spread += weights[s]! * (values[s]! - sum / total) ** 2;
  }
  // Where all neighbours are alike, saying so is all there is to say.
  return spread <= 1e-12 * total ? 1 : 1 - left / spread;
}

function deviation(background: Float32Array, column: number, size: number): number {
  let [sum, squares, n] = [0, 0, 0];
  for (let at = column; at < background.length; at += size, n++) {
    sum += background[at]!;
    squares += background[at]! ** 2;
  }
  return Math.sqrt(Math.max(0, squares / n - (sum / n) ** 2));
}
