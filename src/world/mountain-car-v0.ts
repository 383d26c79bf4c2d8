import { observationSpec, readSettings, TendrilError } from '../core/index.ts';
import { controlWorld, type Dynamics } from './control-world.ts';
import type { WorldDefinition } from './world.ts';

const leftmost = -1.2;
const rightmost = 0.6;
const fastest = 0.07;
const goal = 0.5;
const force = 0.001;
const gravity = 0.0025;

/** A car too weak for the hill (Moore 1990) must gather way on the other side: Gymnasium's MountainCar-v0. */
export const mountainCar: Dynamics = {
  id: 'mountain-car-v0',
  observation: observationSpec([
    { name: 'position', kind: 'real', size: 1, low: Math.fround(leftmost), high: Math.fround(rightmost) },
    { name: 'velocity', kind: 'real', size: 1, low: -Math.fround(fastest), high: Math.fround(fastest) },
  ]),
  actions: 3,
  maxSteps: 200,
  stateSize: 2,
  begin(stream, state, at) {
    state[at] = 0.2 * stream.float() - 0.6;
    state[at + 1] = 0;
  },
  step(state, at, action) {
    const from = state[at]!;
    const pushed = state[at + 1]! + ((action - 1) * force + Math.cos(3 * from) * -gravity);
    const velocity = Math.min(Math.max(pushed, -fastest), fastest);
    const position = Math.min(Math.max(from + velocity, leftmost), rightmost);
    state[at] = position;
    state[at + 1] = position === leftmost && velocity < 0 ? 0 : velocity;
    return position >= goal && velocity >= 0;
  },
  reward: () => -1,
  observe(state, at, out, to) {
    out[to] = state[at]!;
    out[to + 1] = state[at + 1]!;
  },
};

export const mountainCarV0: WorldDefinition = {
  id: 'mountain-car-v0',
  summary: 'a car too weak for the hill must first drive away from the goal',
  options: {},
  doc: {
    observation: 'position (-1.2 to .6) and velocity (-.07 to .07).',
    action: 'a choice of 3: 0 accelerates left, 1 not at all, 2 right.',
    reward: '-1 each step.',
    dynamics:
      "Gymnasium's MountainCar-v0. Begins at rest near the bottom (-.6 to -.4). Terminates at position .5; 200 steps truncate.",
    optimum:
      'not known exactly; good policies need about 100 steps. One that never reaches the goal gets -200, as uniformly random actions do.',
  },
  create(n, given) {
    const read = readSettings({}, given);
    if (!read.ok) throw new TendrilError(read.error.code, read.error.message);
    return controlWorld(mountainCar, n);
  },
};
