import { type Actions, actionSize, type RolloutBatch } from '../core/index.ts';
import type { Step, StepInfo, World } from '../world/index.ts';

/** Puts rounds of a world together to the batches of an agent that learns from rollouts. The arrays are used again. */
export interface RolloutRecorder {
  /** Takes one round; the batch where it is complete now, to be learned from before the next round. */
  took(
    observations: Float32Array,
    actions: Actions,
    masks: Uint8Array | undefined,
    step: Step,
    info?: readonly StepInfo[],
  ): RolloutBatch | undefined;
}

export function rolloutRecorder(world: World, steps: number, discount: number): RolloutRecorder {
  const { n } = world;
  const width = n * world.observation.size;
  const size = n * actionSize(world.action);
  const choices = world.masks?.().length ?? 0;
  const observations = new Float32Array((steps + 1) * width);
  const actions = world.action.kind === 'box' ? new Float32Array(steps * size) : new Int32Array(steps * size);
  const chosen = new Int32Array(world.action.kind === 'slate' ? steps * n : 0);
  const masks = new Uint8Array(steps * choices);
  const rewards = new Float32Array(steps * n);
  const terminated = new Uint8Array(steps * n);
  const truncated = new Uint8Array(steps * n);
  let final: Float32Array[] = [];
  let t = 0;
  return {
    took(seen, taken, open, step, info) {
      observations.set(seen, t * width);
      actions.set(taken as Int32Array, t * size);
      if (open) masks.set(open, t * choices);
      info?.forEach(({ chosen: slot }, i) => {
        chosen[t * n + i] = slot;
      });
      rewards.set(step.rewards, t * n);
      terminated.set(step.terminated, t * n);
      truncated.set(step.truncated, t * n);
      for (let i = 0; i < n; i++) {
        if (step.truncated[i])
          final.push(
            step.finalObservations.slice(i * world.observation.size, (i + 1) * world.observation.size),
          );
      }
      if (++t < steps) return undefined;
      observations.set(step.observations, t * width);
      const finalObservations = new Float32Array(final.length * world.observation.size);
      final.forEach((row, i) => {
        finalObservations.set(row, i * world.observation.size);
      });
      [t, final] = [0, []];
      return {
        steps,
        n,
        observations,
        actions,
        rewards,
        terminated,
        truncated,
        finalObservations,
        discount,
        ...(choices > 0 && { masks }),
        ...(chosen.length > 0 && { chosen }),
      };
    },
  };
}
