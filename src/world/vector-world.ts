import {
  type ActionSpec,
  type Actions,
  actionSize,
  type ObservationSpec,
  type Rng,
  rng,
} from '../core/index.ts';
import { choiceCount } from './random-actions.ts';
import type { StepInfo, World } from './world.ts';

/** One world by itself, for simulators that are simplest to write one at a time. All chance comes from the stream handed in. */
export interface SingleWorld {
  readonly observation: ObservationSpec;
  readonly action: ActionSpec;
  /** Begins an episode and writes its first observation into `out`. */
  reset(stream: Rng, out: Float32Array): void;
  /** Takes one action (a view, action size numbers) and writes what is seen after it into `out`. */
  step(
    action: Actions,
    stream: Rng,
    out: Float32Array,
  ): { readonly reward: number; readonly terminated: boolean };
  /** Writes 1 for each choice that is allowed now, 0 for the others. */
  mask?(out: Uint8Array): void;
  info?(): StepInfo;
}

/**
 * n worlds out of one: each keeps its own state and stream, an ended one begins again at once, and `maxSteps` cuts
 * episodes off. Whoever writes a single world cannot get the automatic reset or the final observation wrong.
 */
export function vectorWorld(
  id: string,
  n: number,
  make: () => SingleWorld,
  { maxSteps = Infinity }: { readonly maxSteps?: number } = {},
): World {
  const singles = Array.from({ length: n }, make);
  const { observation, action } = singles[0] ?? make();
  const [width, size] = [observation.size, actionSize(action)];
  const observations = new Float32Array(n * width);
  const finalObservations = new Float32Array(n * width);
  const rowsOf = (array: Float32Array): Float32Array[] =>
    singles.map((_, i) => array.subarray(i * width, (i + 1) * width));
  const [rows, finalRows] = [rowsOf(observations), rowsOf(finalObservations)];
  const rewards = new Float32Array(n);
  const terminated = new Uint8Array(n);
  const truncated = new Uint8Array(n);
  const steps = new Int32Array(n);
  const choices = choiceCount(action);
  const masks = new Uint8Array(n * choices);
  let streams: Rng[] = [];

  const begin = (i: number): void => {
    steps[i] = 0;
    singles[i]!.reset(streams[i]!, rows[i]!);
  };

  return {
    id,
    observation,
    action,
    n,
    reset(seed) {
      const root = rng(seed);
      streams = singles.map((_, i) => root.fork(i));
      for (let i = 0; i < n; i++) begin(i);
      return observations;
    },
    step(actions) {
      if (actions.length !== n * size)
        throw new RangeError(`${id}: ${actions.length} numbers of actions where ${n} x ${size} are needed`);
      for (let i = 0; i < n; i++) {
        const taken = actions.subarray(i * size, (i + 1) * size);
        const outcome = singles[i]!.step(taken, streams[i]!, rows[i]!);
        // Arrays of numbers would take '1' for a 1 and 'no' for a yes.
        if (typeof outcome?.reward !== 'number' || typeof outcome.terminated !== 'boolean')
          throw new TypeError(
            `${id}: a step answers ${JSON.stringify(outcome)}; accepted: a reward that is a number, terminated true or false`,
          );
        rewards[i] = outcome.reward;
        terminated[i] = outcome.terminated ? 1 : 0;
        steps[i]!++;
        truncated[i] = !outcome.terminated && steps[i]! >= maxSteps ? 1 : 0;
        if (terminated[i] || truncated[i]) {
          finalRows[i]!.set(rows[i]!);
          begin(i);
        }
      }
      return { observations, rewards, terminated, truncated, finalObservations };
    },
    ...(singles[0]?.mask && {
      masks() {
        singles.forEach((single, i) => {
          single.mask!(masks.subarray(i * choices, (i + 1) * choices));
        });
        return masks;
      },
    }),
    ...(singles[0]?.info && { info: () => singles.map((single) => single.info!()) }),
  };
}
