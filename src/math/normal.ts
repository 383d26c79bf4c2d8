export const normalDensity = (z: number): number => Math.exp((-z * z) / 2) * 0.3989422804014327;

/** P(Z <= z) of the standard normal distribution, out of its density at z; error below 7.5e-8 (Abramowitz & Stegun 26.2.17). */
export function normalCdf(z: number, density = normalDensity(z)): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const sum = 0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429)));
  return z >= 0 ? 1 - density * t * sum : density * t * sum;
}
