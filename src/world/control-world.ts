import { type ObservationSpec, type Rng, rng } from '../core/index.ts';
import { checkChoices } from './check-choices.ts';
import type { World } from './world.ts';

/** A body that moves: what one step does to its state, `stateSize` numbers in double precision that begin at `at`. */
export interface Dynamics {
  readonly id: string;
  readonly observation: ObservationSpec;
  /** Choices of an action. */
  readonly actions: number;
  readonly maxSteps: number;
  readonly stateSize: number;
  begin(stream: Rng, state: Float64Array, at: number): void;
  /** Moves on by one step; true where that ends the episode. */
  step(state: Float64Array, at: number, action: number): boolean;
  reward(terminated: boolean): number;
  observe(state: Float64Array, at: number, out: Float32Array, to: number): void;
}

/** n bodies stepped together on flat arrays. Chance is in the beginning alone. */
export function controlWorld(dynamics: Dynamics, n: number): World {
  const { id, observation, actions, maxSteps, stateSize } = dynamics;
  const width = observation.size;
  const observations = new Float32Array(n * width);
  const finalObservations = new Float32Array(n * width);
  const rewards = new Float32Array(n);
  const terminated = new Uint8Array(n);
  const truncated = new Uint8Array(n);
  const state = new Float64Array(n * stateSize);
  const steps = new Int32Array(n);
  const answer = { observations, rewards, terminated, truncated, finalObservations };
  let streams: Rng[] = [];

  const begin = (i: number): void => {
    steps[i] = 0;
    dynamics.begin(streams[i]!, state, i * stateSize);
    dynamics.observe(state, i * stateSize, observations, i * width);
  };

  return {
    id,
    observation,
    action: { kind: 'choice', n: actions },
    n,
    reset(seed) {
      const root = rng(seed);
      streams = Array.from({ length: n }, (_, i) => root.fork(i));
      for (let i = 0; i < n; i++) begin(i);
      return observations;
    },
    step(chosen) {
      checkChoices(id, chosen, n, actions);
      for (let i = 0; i < n; i++) {
        const action = chosen[i]!;
        const over = dynamics.step(state, i * stateSize, action);
        rewards[i] = dynamics.reward(over);
        terminated[i] = over ? 1 : 0;
        steps[i]!++;
        const cut = !over && steps[i]! >= maxSteps;
        truncated[i] = cut ? 1 : 0;
        if (over || cut) {
          dynamics.observe(state, i * stateSize, finalObservations, i * width);
          begin(i);
        } else dynamics.observe(state, i * stateSize, observations, i * width);
      }
      return answer;
    },
  };
}
