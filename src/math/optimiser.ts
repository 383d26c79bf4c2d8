import { type KernelThreads, oneThread, placesOf } from './kernels/kernel-threads.ts';
import type { Kernels } from './kernels/kernels.ts';

/** Moves parameters against their gradients; both are flat arrays of one size in the kernels' memory, so is the state. */
export interface Optimiser {
  /**
   * One step; gradients are multiplied by `scale` first (clipping). `learningRate` in place of the optimiser's own is for
   * schedules.
   */
  step(values: Float32Array, gradients: Float32Array, scale?: number, learningRate?: number): void;
  /** Everything a restored run needs to continue identically; the arrays are the live ones. */
  readonly state: { readonly steps: Float64Array; readonly moments: readonly Float32Array[] };
}

export interface AdamOptions {
  readonly learningRate: number;
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
}

/** theta <- theta - learningRate x gradient. */
export function sgd(options: { readonly learningRate: number }, kernels: Kernels): Optimiser {
  return {
    state: { steps: new Float64Array(0), moments: [] },
    step: (values, gradients, scale = 1, learningRate = options.learningRate) =>
      kernels.sgd(values, gradients, learningRate, scale),
  };
}

/**
 * Adam (Kingma & Ba 2015, algorithm 1): running means of the gradient and of its square, both corrected for their
 * start at zero, make a step of about the learning rate in every direction. With `threads`, a part of the numbers each.
 */
export function adam(
  size: number,
  options: AdamOptions,
  kernels: Kernels,
  threads: KernelThreads = oneThread(kernels),
): Optimiser {
  const steps = new Float64Array(1);
  const m = kernels.floats(size);
  const v = kernels.floats(size);
  return {
    state: { steps, moments: [m, v] },
    step(values, gradients, scale = 1, learningRate = options.learningRate) {
      steps[0]!++;
      const step = { ...adamDefaults, ...options, learningRate, step: steps[0]!, scale };
      threads.inParallel((part, i) => {
        const [ours, ourM, ourV, slopes] = [values, m, v, gradients].map((all) =>
          all.subarray(...placesOf(i, threads.parts, size)),
        ) as [Float32Array, Float32Array, Float32Array, Float32Array];
        part.adam(ours, ourM, ourV, slopes, step);
      });
    },
  };
}

/**
 * RMSProp (Tieleman & Hinton 2012): the gradient over the root of a running mean of its square. It is Adam without a
 * first moment and with its corrections at rest, as after endless steps.
 */
export function rmsProp(
  size: number,
  options: { readonly learningRate: number; readonly decay?: number; readonly epsilon?: number },
  kernels: Kernels,
): Optimiser {
  const m = kernels.floats(size);
  const v = kernels.floats(size);
  const { decay = 0.99, epsilon = 1e-5 } = options;
  return {
    state: { steps: new Float64Array(0), moments: [m, v] },
    step: (values, gradients, scale = 1, learningRate = options.learningRate) =>
      kernels.adam(values, m, v, gradients, {
        learningRate,
        beta1: 0,
        beta2: decay,
        epsilon,
        step: Infinity,
        scale,
      }),
  };
}

export const adamDefaults = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;

/** What to multiply gradients by so that their joint Euclidean norm is at most `limit` (Pascanu et al. 2013); no limit at 0. */
export function clipScale(squaredNorm: number, limit: number): number {
  const norm = Math.sqrt(squaredNorm);
  return limit > 0 && norm > limit ? limit / norm : 1;
}
