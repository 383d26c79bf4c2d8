import { TendrilError } from '../core/index.ts';
import type { LinearFeatures } from './linear-features.ts';
import { restoreArrays, type SavedModel } from './saved-model.ts';

/** What is believed of the reward of each arm, and how firmly. */
export interface Beliefs {
  /** Fills, for the observation that begins at `at`, each arm's expected reward and the standard deviation of that belief. */
  of(observations: Float32Array, at: number, means: Float32Array, deviations: Float32Array): void;
  /** Takes what an arm paid; answers what had been expected. */
  take(observations: Float32Array, at: number, arm: number, reward: number): number;
  /** Everything a restored run needs; live. */
  readonly state: Readonly<Record<string, Float64Array>>;
}

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
  const variance = (arm: number): number => {
    image.fill(0);
    for (let j = 0; j < d; j++) {
      if (x[j] === 0) continue;
      for (let at = (arm * d + j) * d, i = 0; i < d; i++) image[i]! += inverses[at + i]! * x[j]!;
    }
    let sum = 0;
    for (let i = 0; i < d; i++) sum += image[i]! * x[i]!;
    return sum;
  };
  const mean = (arm: number): number => {
    let sum = 0;
    for (let i = 0; i < d; i++) sum += thetas[arm * d + i]! * x[i]!;
    return sum;
  };

  return {
    of(observations, at, means, deviations) {
      features.of(observations, at, x);
      for (let arm = 0; arm < means.length; arm++) {
        means[arm] = mean(arm);
        deviations[arm] = Math.sqrt(variance(arm));
      }
    },
    take(observations, at, arm, reward) {
      features.of(observations, at, x);
      const expected = mean(arm);
      const scale = 1 / (1 + variance(arm));
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
