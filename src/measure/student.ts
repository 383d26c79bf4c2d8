import { incompleteBeta } from '../math/index.ts';

/**
 * Student's t distribution: P(T <= t) through the regularised incomplete beta function (Abramowitz & Stegun 26.7.1), and
 * its inverse by bisection.
 */

/** The t with P(T <= t) = p, for p in (0, 1) and at least 1 degree of freedom. */
export function studentQuantile(p: number, degrees: number): number {
  if (p === 0.5) return 0;
  if (p < 0.5) return -studentQuantile(1 - p, degrees);
  let low = 0;
  let high = 1;
  while (studentCdf(high, degrees) < p) high *= 2;
  for (let i = 0; i < 200 && high - low > 1e-12 * high; i++) {
    const middle = (low + high) / 2;
    if (studentCdf(middle, degrees) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** P(T <= t). */
export function studentCdf(t: number, degrees: number): number {
  const tail = incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5) / 2;
  return t >= 0 ? 1 - tail : tail;
}
