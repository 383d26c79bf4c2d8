import type { Rng } from '../core/index.ts';
import { adam, type Kernels, type ParameterSpec, type Parameters, parameters } from '../math/index.ts';

export interface TargetNetwork {
  readonly of: Parameters;
  readonly target: Parameters;
  /** A step against the gradients in `of`. */
  move(): void;
  readonly state: Readonly<Record<string, Float32Array | Float64Array>>;
}

/**
 * Parameters that Adam moves, and beside them the slowly following copy that targets are taken from: after each move it goes
 * `targetRate` of the way (Lillicrap et al. 2016). `state` is what a saved model holds of both, by `name`. Takes five
 * arrays of the size of the parameters from the kernels' memory.
 */
export function targetNetwork(
  name: string,
  specs: Readonly<Record<string, ParameterSpec>>,
  { learningRate, targetRate }: { readonly learningRate: number; readonly targetRate: number },
  rng: Rng,
  kernels: Kernels,
): TargetNetwork {
  const of = parameters(specs, rng, kernels);
  const target = { ...of, values: kernels.floats(of.values.length) };
  target.values.set(of.values);
  const optimiser = adam(of.values.length, { learningRate }, kernels);
  const [m, v] = optimiser.state.moments;
  return {
    of,
    target,
    move(): void {
      optimiser.step(of.values, of.gradients);
      kernels.approach(target.values, of.values, targetRate);
    },
    state: {
      [`${name}.values`]: of.values,
      [`${name}.target`]: target.values,
      [`${name}.steps`]: optimiser.state.steps,
      [`${name}.moment1`]: m!,
      [`${name}.moment2`]: v!,
    },
  };
}
