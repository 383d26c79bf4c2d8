import { readSettings, TendrilError } from '../core/index.ts';
import { tabularWorld } from './tabular-world.ts';
import type { TabularModel, WorldDefinition } from './world.ts';

const [height, width] = [4, 12];
const [startField, goalField] = [3 * width, height * width - 1];
/** up, right, down, left: Gymnasium's order. */
const moves = [
  [-1, 0],
  [0, 1],
  [1, 0],
  [0, -1],
] as const;

const options = {
  maxSteps: {
    type: 'number',
    integer: true,
    default: 200,
    min: 1,
    doc: 'steps until an episode is cut off (Gymnasium has no limit, so a policy that turns in circles would never end)',
  },
} as const;

/** cliff-walking-v1: the shortest way along a cliff (Sutton & Barto, example 6.6; Gymnasium's CliffWalking-v1). */
export const cliffWalkingV1: WorldDefinition = {
  id: 'cliff-walking-v1',
  summary: 'walk along a cliff to the goal, as in Gymnasium',
  options,
  doc: {
    observation: 'one index: the field of 4 x 12, row by row from 1 (Gymnasium counts from 0).',
    action: 'a choice of 4: up, right, down, left.',
    reward: '-1 a step, -100 for stepping over the edge.',
    dynamics:
      'Deterministic. Over the edge means back to the start, in the same episode. The goal terminates; 200 steps truncate (Gymnasium has no limit). Tables equal to Gymnasium CliffWalking-v1.',
    optimum: '-13: along the edge.',
  },
  create(n, given) {
    return tabularWorld('cliff-walking-v1', cliffWalkingV1.model!(given), n);
  },
  model(given): TabularModel {
    const read = readSettings(options, given);
    if (!read.ok) throw new TendrilError(read.error.code, read.error.message);
    const start = new Float64Array(height * width);
    start[startField] = 1;
    return {
      states: height * width,
      actions: moves.length,
      start,
      maxSteps: read.value.maxSteps,
      outcomes(state, action) {
        const [down, right] = moves[action]!;
        const row = Math.min(Math.max(Math.floor(state / width) + down, 0), height - 1);
        const column = Math.min(Math.max((state % width) + right, 0), width - 1);
        const next = row * width + column;
        if (next > startField && next < goalField)
          return [{ probability: 1, next: startField, reward: -100, terminated: false }];
        return [{ probability: 1, next, reward: -1, terminated: next === goalField }];
      },
    };
  },
};
