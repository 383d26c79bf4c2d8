import { observationSpec, type Rng, rng } from '../core/index.ts';
import { checkChoices } from './check-choices.ts';
import type { TabularModel, World } from './world.ts';

/**
 * n worlds of a written-down model. What follows each (state, action) lies in flat arrays, so a step is one uniform
 * number and a short walk along cumulative probabilities:
 *
 *   first[(s, a)] .. first[(s, a) + 1]  ->  cumulative | next | reward | terminated
 *
 * State s is observed as the index s + 1. A draw is spent only where something is left to chance.
 */
export function tabularWorld(id: string, model: TabularModel, n: number): World {
  const { states, actions, maxSteps } = model;
  const table = flatten(model);
  const start = cumulate(model.start);
  const observations = new Float32Array(n);
  const finalObservations = new Float32Array(n);
  const rewards = new Float32Array(n);
  const terminated = new Uint8Array(n);
  const truncated = new Uint8Array(n);
  const state = new Int32Array(n);
  const steps = new Int32Array(n);
  let streams: Rng[] = [];

  const begin = (i: number): void => {
    state[i] = draw(start, 0, states, streams[i]!);
    steps[i] = 0;
    observations[i] = state[i]! + 1;
  };

  return {
    id,
    observation: observationSpec([{ name: 'state', kind: 'index', size: 1, n: states }]),
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
        const cell = state[i]! * actions + action;
        const outcome = draw(table.cumulative, table.first[cell]!, table.first[cell + 1]!, streams[i]!);
        rewards[i] = table.rewards[outcome]!;
        state[i] = table.next[outcome]!;
        terminated[i] = table.terminated[outcome]!;
        steps[i]!++;
        truncated[i] = !terminated[i] && steps[i]! >= maxSteps ? 1 : 0;
        observations[i] = state[i]! + 1;
        if (terminated[i] || truncated[i]) {
          finalObservations[i] = observations[i]!;
          begin(i);
        }
      }
      return { observations, rewards, terminated, truncated, finalObservations };
    },
  };
}

function flatten({ states, actions, outcomes }: TabularModel): {
  first: Int32Array;
  cumulative: Float64Array;
  next: Int32Array;
  rewards: Float32Array;
  terminated: Uint8Array;
} {
  const first = new Int32Array(states * actions + 1);
  const cells = Array.from({ length: states * actions }, (_, cell) =>
    outcomes(Math.floor(cell / actions), cell % actions).filter((outcome) => outcome.probability > 0),
  );
  cells.forEach((cell, i) => {
    first[i + 1] = first[i]! + cell.length;
  });
  const all = cells.flat();
  return {
    first,
    cumulative: Float64Array.from(cells.flatMap((cell) => [...cumulate(cell.map((o) => o.probability))])),
    next: Int32Array.from(all, (outcome) => outcome.next),
    rewards: Float32Array.from(all, (outcome) => outcome.reward),
    terminated: Uint8Array.from(all, (outcome) => (outcome.terminated ? 1 : 0)),
  };
}

/** Running sums; what follows the last positive share is 1, so that rounding never leaves a gap at the end. */
function cumulate(shares: ArrayLike<number>): Float64Array {
  const sums = new Float64Array(shares.length);
  let last = 0;
  for (let i = 0; i < shares.length; i++) {
    sums[i] = (sums[i - 1] ?? 0) + shares[i]!;
    if (shares[i]! > 0) last = i;
  }
  return sums.fill(1, last);
}

/** The place in `from .. to` where the running sums pass a uniform number. */
function draw(cumulative: Float64Array, from: number, to: number, stream: Rng): number {
  let at = from;
  if (cumulative[at]! >= 1) return at;
  const u = stream.float();
  while (at < to - 1 && u >= cumulative[at]!) at++;
  return at;
}
