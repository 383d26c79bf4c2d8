import type { Rng } from '../core/index.ts';
import { studentQuantile } from './student.ts';

/** A mean with the bounds between which the true one lies with the stated confidence. */
export interface Interval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Student's t-interval of the mean of independent values: mean +- t(n - 1) x s / sqrt(n). For seeds and shops, of which
 * there are few. Of one value nothing is known: the bounds are infinite.
 */
export function tInterval(values: ArrayLike<number>, confidence = 0.95): Interval {
  const n = values.length;
  let mean = 0;
  for (let i = 0; i < n; i++) mean += values[i]! / n;
  if (n < 2) return { mean, low: -Infinity, high: Infinity };
  let squares = 0;
  for (let i = 0; i < n; i++) squares += (values[i]! - mean) ** 2;
  const half = studentQuantile((1 + confidence) / 2, n - 1) * Math.sqrt(squares / (n - 1) / n);
  return { mean, low: mean - half, high: mean + half };
}

/** The same of values that lie between 0 and 1, such as hits: their mean does too, so the bounds are cut there. */
export function shareInterval(values: ArrayLike<number>, confidence = 0.95): Interval {
  const { mean, low, high } = tInterval(values, confidence);
  return { mean, low: Math.max(0, low), high: Math.min(1, high) };
}

/** The t-interval of the mean difference a - b of paired values: above 0 means a is better. */
export function pairedTInterval(a: ArrayLike<number>, b: ArrayLike<number>, confidence = 0.95): Interval {
  return tInterval(differences(a, b), confidence);
}

/** Percentile bootstrap of the mean (Efron 1979): for many cases of any distribution. `rng` makes it repeatable. */
export function bootstrapInterval(
  values: ArrayLike<number>,
  rng: Rng,
  { resamples = 1000, confidence = 0.95 } = {},
): Interval {
  const means = resampledMeans(values, rng, resamples);
  let mean = 0;
  for (let i = 0; i < values.length; i++) mean += values[i]! / values.length;
  return {
    mean,
    low: percentile(means, (1 - confidence) / 2),
    high: percentile(means, (1 + confidence) / 2),
  };
}

/**
 * Two agents on the same cases: the interval of the mean difference a - b, and the two-sided p-value that a difference
 * this far from 0 comes by chance (share of resampled differences, moved to mean 0, that are at least as far).
 */
export function pairedBootstrap(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  rng: Rng,
  { resamples = 1000, confidence = 0.95 } = {},
): Interval & { readonly p: number } {
  const d = differences(a, b);
  const means = resampledMeans(d, rng, resamples);
  const mean = d.reduce((sum, x) => sum + x / d.length, 0);
  let beyond = 0;
  for (const resampled of means) if (Math.abs(resampled - mean) >= Math.abs(mean)) beyond++;
  return {
    mean,
    low: percentile(means, (1 - confidence) / 2),
    high: percentile(means, (1 + confidence) / 2),
    p: (beyond + 1) / (resamples + 1),
  };
}

function differences(a: ArrayLike<number>, b: ArrayLike<number>): Float64Array {
  if (a.length !== b.length) throw new RangeError(`${a.length} values cannot be paired with ${b.length}`);
  return Float64Array.from({ length: a.length }, (_, i) => a[i]! - b[i]!);
}

/** Ascending. */
function resampledMeans(values: ArrayLike<number>, rng: Rng, resamples: number): Float64Array {
  const n = values.length;
  return Float64Array.from({ length: resamples }, () => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += values[rng.int(n)]!;
    return n > 0 ? sum / n : 0;
  }).sort();
}

/** Linear between the two nearest order statistics. */
export function percentile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(sorted.length - 1, below + 1);
  return sorted[below]! + (place - below) * (sorted[above]! - sorted[below]!);
}
