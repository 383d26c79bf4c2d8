import { TendrilError } from '../core/index.ts';
import type { LinearFeatures } from './linear-features.ts';
import { restoreArrays, type SavedModel } from './saved-model.ts';

/** What is believed of the reward of each arm, and how firmly. */
export interface Beliefs {
  /** Fills, for n observations one after the other, each arm's expected reward and the standard deviation of that belief: n x arms. */
  of(observations: Float32Array, n: number, means: Float32Array, deviations: Float32Array): void;
  /** Takes what an arm paid; answers what had been expected. */
  take(observations: Float32Array, at: number, arm: number, reward: number): number;
  /** Everything a restored run needs; live. */
  readonly state: Readonly<Record<string, Float64Array>>;
}

/** Rows that are read before the arms are gone through: an arm's matrix then stays in the fastest memory for all of them. */
const blockRows = 64;

/** Numbers that the matrices of all arms may have: 8 bytes each. */
const mostNumbers = 32_000_000;

/**
 * A ridge regression for each arm, on its own observations only (Li et al. 2010, algorithm 1, "disjoint"): with
 * A = ridge x I + sum of x x', the reward is believed to be theta'x with deviation sqrt(x' A^-1 x), in units of the noise.
 * A^-1 is kept itself and moved by each observation (Sherman & Morrison 1950), theta with it: features^2 operations each.
 */
export function ridgeBeliefs(arms: number, features: LinearFeatures, ridge: number): Beliefs {
  const d = features.size;
  if (arms * d * d > mostNumbers)
    throw new TendrilError(
      'bad-setting',
      `${arms} arms of ${d} features need ${arms * d * d} numbers and this agent keeps at most ${mostNumbers}; name fewer parts with setting "features", or leave "products" out`,
    );
  const inverses = new Float64Array(arms * d * d);
  for (let i = 0; i < arms * d; i++) inverses[i * d + (i % d)] = 1 / ridge;
  const thetas = new Float64Array(arms * d);
  const x = new Float64Array(d);
  const image = new Float64Array(d);

  /** Fills `image` with A^-1 x, which is symmetric, passing over what is not there; answers x' A^-1 x. */
  const imaged = (arm: number): number => {
    image.fill(0);
    for (let j = 0; j < d; j++) {
      if (x[j] === 0) continue;
      for (let at = (arm * d + j) * d, i = 0; i < d; i++) image[i]! += inverses[at + i]! * x[j]!;
    }
    let sum = 0;
    for (let i = 0; i < d; i++) sum += image[i]! * x[i]!;
    return sum;
  };
  // What is not 0 of the rows of a block: how many numbers, which, and how large.
  const counts = new Int32Array(blockRows);
  const places = new Int32Array(blockRows * d);
  const numbers = new Float64Array(blockRows * d);
  const read = (observations: Float32Array, from: number, rows: number): void => {
    for (let r = 0; r < rows; r++) {
      features.of(observations, (from + r) * features.width, x);
      let count = 0;
      for (let i = 0; i < d; i++) {
        if (x[i] === 0) continue;
        places[r * d + count] = i;
        numbers[r * d + count++] = x[i]!;
      }
      counts[r] = count;
    }
  };
  const mean = (arm: number, r: number): number => {
    let sum = 0;
    for (let p = r * d, end = p + counts[r]!; p < end; p++)
      sum += thetas[arm * d + places[p]!]! * numbers[p]!;
    return sum;
  };
  /** x' A^-1 x from the lower half of A^-1. */
  const variance = (arm: number, r: number): number => {
    const begin = r * d;
    let sum = 0;
    for (let p = begin, end = begin + counts[r]!; p < end; p++) {
      const row = (arm * d + places[p]!) * d;
      let half = 0.5 * inverses[row + places[p]!]! * numbers[p]!;
      for (let q = begin; q < p; q++) half += inverses[row + places[q]!]! * numbers[q]!;
      sum += half * numbers[p]!;
    }
    return 2 * sum;
  };

  return {
    of(observations, n, means, deviations) {
      for (let from = 0; from < n; from += blockRows) {
        const rows = Math.min(blockRows, n - from);
        read(observations, from, rows);
        for (let arm = 0; arm < arms; arm++)
          for (let r = 0; r < rows; r++) {
            const at = (from + r) * arms + arm;
            means[at] = mean(arm, r);
            deviations[at] = Math.sqrt(Math.max(0, variance(arm, r)));
          }
      }
    },
    take(observations, at, arm, reward) {
      features.of(observations, at, x);
      let expected = 0;
      for (let i = 0; i < d; i++) expected += thetas[arm * d + i]! * x[i]!;
      const scale = 1 / (1 + imaged(arm));
      for (let i = 0; i < d; i++) {
        const step = image[i]! * scale;
        thetas[arm * d + i]! += step * (reward - expected);
        for (let row = (arm * d + i) * d, j = 0; j < d; j++) inverses[row + j]! -= step * image[j]!;
      }
      return expected;
    },
    state: { inverses, thetas },
  };
}

/** A Beta distribution for each arm, uniform at first, whatever is observed: rewards are successes, from 0 to 1. */
export function betaBeliefs(arms: number): Beliefs {
  const successes = new Float64Array(arms);
  const failures = new Float64Array(arms);
  return {
    of(_observations, _at, means, deviations) {
      for (let arm = 0; arm < arms; arm++) {
        const [a, b] = [1 + successes[arm]!, 1 + failures[arm]!];
        means[arm] = a / (a + b);
        deviations[arm] = Math.sqrt((a * b) / (a + b + 1)) / (a + b);
      }
    },
    take(_observations, _at, arm, reward) {
      if (!(reward >= 0 && reward <= 1))
        throw new TendrilError(
          'bad-setting',
          `a reward of ${reward} is no success and no failure; accepted by beliefs "beta": rewards from 0 to 1; take "beliefs" linear for others`,
        );
      const expected = (1 + successes[arm]!) / (2 + successes[arm]! + failures[arm]!);
      successes[arm]! += reward;
      failures[arm]! += 1 - reward;
      return expected;
    },
    state: { successes, failures },
  };
}

/** Throws TendrilError `bad-model` where the saved beliefs are about other arms or other features. */
export function restoreBeliefs(
  saved: SavedModel,
  { features }: { readonly features: string },
  { state }: Beliefs,
): void {
  if (saved.values.features !== features)
    throw new TendrilError('bad-model', 'the saved beliefs were made with other "features"');
  restoreArrays(saved, state);
}
