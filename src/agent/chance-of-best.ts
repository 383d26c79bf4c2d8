/** What is believed of each arm, and which are open. */
export interface Contest {
  readonly means: Float32Array;
  readonly deviations: Float32Array;
  readonly open: Uint8Array;
  /** A value each arm is hardly ever below, with a probability above it that is not 1. */
  readonly least: Float32Array;
  /** Below it no arm has density. */
  readonly low: number;
}

/** Fills `out` with the cumulative probability and the density at x of what is believed of an arm. */
export type Distribution = (arm: number, x: number, out: Float64Array) => void;

/** Points the distribution of the maximum is cut into. */
const nodes = 64;

/**
 * For each of the open arms the probability that a draw from its distribution is the largest of all: what Thompson
 * sampling chooses it with. The others get 0; the sum is 1.
 *
 * With G the distribution of the maximum, the product of all F, and given that the maximum is x, arm i is the one it
 * came from with probability h_i(x) / sum of h(x), h = f / F. So the answer is the mean of this over G, taken at its
 * quantiles (k + 1/2) / 64, which lie where the maximum does however narrow or wide the arms are. Each is found by
 * Newton's method from the one before: log G is increasing and concave for normal and Beta (a, b >= 1) arms, so the
 * steps never pass it. Error against the integral: below .005 a probability (chance-of-best.test.ts).
 * Arms that would have to be six deviations above their mean to be the best get 0.
 */
export function chanceOfBest(
  { means, deviations, open, least, low }: Contest,
  at: Distribution,
): Float64Array {
  const begin = least.reduce((most, value, arm) => (open[arm] ? Math.max(most, value) : most), -Infinity);
  const arms = [...open.keys()].filter((arm) => open[arm] && means[arm]! + 6 * deviations[arm]! >= begin);
  const chances = new Float64Array(open.length);
  const hazards = new Float64Array(arms.length);
  const out = new Float64Array(2);
  let x = begin;
  let logG = 0;
  let slope = 0;
  const look = (): void => {
    logG = 0;
    slope = 0;
    let product = 1;
    for (let i = 0; i < arms.length; i++) {
      at(arms[i]!, x, out);
      product *= out[0]!;
      if (product < 1e-200 || i === arms.length - 1) {
        logG += Math.log(product);
        product = 1;
      }
      hazards[i] = out[1]! / out[0]!;
      slope += hazards[i]!;
    }
  };
  look();
  for (let k = 0; k < nodes; k++) {
    const target = Math.log((k + 0.5) / nodes);
    for (let step = 0; step < 50 && Math.abs(target - logG) > 1e-3; step++) {
      x = Math.max(x + (target - logG) / slope, (low + x) / 2);
      look();
    }
    for (let i = 0; i < arms.length; i++) chances[arms[i]!]! += hazards[i]! / slope / nodes;
  }
  return chances;
}
