/** Moves parameters against their gradients; both are flat arrays of one size, so is the state. */
export interface Optimiser {
  step(values: Float32Array, gradients: Float32Array): void;
  /** Everything a restored run needs to continue identically; the arrays are the live ones. */
  readonly state: { readonly counters: Float64Array; readonly moments: readonly Float32Array[] };
}

export interface AdamOptions {
  readonly learningRate: number;
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
}

/** theta <- theta - learningRate x gradient. */
export function sgd(_size: number, { learningRate }: { readonly learningRate: number }): Optimiser {
  return {
    state: { counters: new Float64Array(0), moments: [] },
    step(values, gradients) {
      for (let i = 0; i < values.length; i++) values[i]! -= learningRate * gradients[i]!;
    },
  };
}

/**
 * Adam (Kingma & Ba 2015, algorithm 1): running means of the gradient and of its square, both corrected for their
 * start at zero, make a step of about the learning rate in every direction.
 */
export function adam(size: number, options: AdamOptions): Optimiser {
  const counters = new Float64Array(1);
  const m = new Float32Array(size);
  const v = new Float32Array(size);
  return {
    state: { counters, moments: [m, v] },
    step(values, gradients) {
      counters[0]!++;
      adamLoop(values, gradients, m, v, counters[0]!, options, 0, size);
    },
  };
}

/** One Adam step number `time` (from 1) on the entries from .. to. */
export function adamLoop(
  values: Float32Array,
  gradients: Float32Array,
  m: Float32Array,
  v: Float32Array,
  time: number,
  { learningRate, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 }: AdamOptions,
  from: number,
  to: number,
): void {
  const correct1 = learningRate / (1 - beta1 ** time);
  const correct2 = 1 / (1 - beta2 ** time);
  for (let i = from; i < to; i++) {
    const g = gradients[i]!;
    const mean = beta1 * m[i]! + (1 - beta1) * g;
    const square = beta2 * v[i]! + (1 - beta2) * g * g;
    m[i] = mean;
    v[i] = square;
    values[i]! -= (correct1 * mean) / (Math.sqrt(square * correct2) + epsilon);
  }
}

/** Sum of squares. */
export function squaredNorm(numbers: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < numbers.length; i++) sum += numbers[i]! * numbers[i]!;
  return sum;
}

/** Scales gradients so that their joint Euclidean norm is at most `limit` (Pascanu et al. 2013); returns the norm they had. */
export function clipGlobalNorm(gradients: readonly Float32Array[], limit: number): number {
  const norm = Math.sqrt(gradients.reduce((sum, part) => sum + squaredNorm(part), 0));
  if (norm > limit) {
    const factor = limit / norm;
    for (const part of gradients) for (let i = 0; i < part.length; i++) part[i]! *= factor;
  }
  return norm;
}
