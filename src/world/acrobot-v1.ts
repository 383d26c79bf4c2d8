import { observationSpec, readSettings, TendrilError } from '../core/index.ts';
import { controlWorld, type Dynamics } from './control-world.ts';
import type { WorldDefinition } from './world.ts';

/** Both links are 1 long, weigh 1, have their mass in the middle and a moment of inertia of 1. */
const middle = 0.5;
const gravity = 9.8;
const dt = 0.2;
const fastest1 = 4 * Math.PI;
const fastest2 = 9 * Math.PI;

/** Room for one step: where it began, a point on the way, four slopes. Nothing outlives the step. */
const four = (): Float64Array => new Float64Array(4);
const [from, point, k1, k2, k3, k4] = [four(), four(), four(), four(), four(), four()];

/**
 * Two links, one motor at the joint between them (Sutton 1996; equations of Sutton & Barto's book), moved by one step of
 * the classical Runge-Kutta method exactly as in Gymnasium's Acrobot-v1. State: two angles, two angular velocities.
 */
export const acrobot: Dynamics = {
  id: 'acrobot-v1',
  observation: observationSpec([
    { name: 'cosine1', kind: 'real', size: 1, low: -1, high: 1 },
    { name: 'sine1', kind: 'real', size: 1, low: -1, high: 1 },
    { name: 'cosine2', kind: 'real', size: 1, low: -1, high: 1 },
    { name: 'sine2', kind: 'real', size: 1, low: -1, high: 1 },
    {
      name: 'velocity1',
      kind: 'real',
      size: 1,
      low: -Math.fround(fastest1),
      high: Math.fround(fastest1),
    },
    {
      name: 'velocity2',
      kind: 'real',
      size: 1,
      low: -Math.fround(fastest2),
      high: Math.fround(fastest2),
    },
  ]),
  actions: 3,
  maxSteps: 500,
  stateSize: 4,
  begin(stream, state, at) {
    // Gymnasium keeps the first state in single precision.
    for (let i = 0; i < 4; i++) state[at + i] = Math.fround(0.2 * stream.float() - 0.1);
  },
  step(state, at, action) {
    const torque = action - 1;
    for (let i = 0; i < 4; i++) from[i] = state[at + i]!;
    slopes(from, torque, k1);
    slopes(along(from, k1, dt / 2), torque, k2);
    slopes(along(from, k2, dt / 2), torque, k3);
    slopes(along(from, k3, dt), torque, k4);
    for (let i = 0; i < 4; i++)
      state[at + i] = from[i]! + (dt / 6) * (k1[i]! + 2 * k2[i]! + 2 * k3[i]! + k4[i]!);
    state[at] = turned(state[at]!);
    state[at + 1] = turned(state[at + 1]!);
    state[at + 2] = Math.min(Math.max(state[at + 2]!, -fastest1), fastest1);
    state[at + 3] = Math.min(Math.max(state[at + 3]!, -fastest2), fastest2);
    return -Math.cos(state[at]!) - Math.cos(state[at + 1]! + state[at]!) > 1;
  },
  reward: (terminated) => (terminated ? 0 : -1),
  observe(state, at, out, to) {
    out[to] = Math.cos(state[at]!);
    out[to + 1] = Math.sin(state[at]!);
    out[to + 2] = Math.cos(state[at + 1]!);
    out[to + 3] = Math.sin(state[at + 1]!);
    out[to + 4] = state[at + 2]!;
    out[to + 5] = state[at + 3]!;
  },
};

function along(start: Float64Array, slope: Float64Array, time: number): Float64Array {
  for (let i = 0; i < 4; i++) point[i] = start[i]! + time * slope[i]!;
  return point;
}

/** How fast the state changes. */
function slopes(state: Float64Array, torque: number, out: Float64Array): void {
  const [angle1, angle2, speed1, speed2] = [state[0]!, state[1]!, state[2]!, state[3]!];
  const [cos2, sin2] = [Math.cos(angle2), Math.sin(angle2)];
  const d1 = middle ** 2 + (1 + middle ** 2 + 2 * middle * cos2) + 1 + 1;
  const d2 = middle ** 2 + middle * cos2 + 1;
  const phi2 = middle * gravity * Math.cos(angle1 + angle2 - Math.PI / 2);
  const phi1 =
    -middle * speed2 ** 2 * sin2 -
    2 * middle * speed2 * speed1 * sin2 +
    (middle + 1) * gravity * Math.cos(angle1 - Math.PI / 2) +
    phi2;
  const turn2 =
    (torque + (d2 / d1) * phi1 - middle * speed1 ** 2 * sin2 - phi2) / (middle ** 2 + 1 - d2 ** 2 / d1);
  out[0] = speed1;
  out[1] = speed2;
  out[2] = -(d2 * turn2 + phi1) / d1;
  out[3] = turn2;
}

/** The same angle between -pi and pi. */
function turned(angle: number): number {
  let within = angle;
  while (within > Math.PI) within -= 2 * Math.PI;
  while (within < -Math.PI) within += 2 * Math.PI;
  return within;
}

export const acrobotV1: WorldDefinition = {
  id: 'acrobot-v1',
  summary: 'two links with a motor between them swing up until the tip is high enough',
  options: {},
  doc: {
    observation: 'cosine and sine of both angles, and both angular velocities: 6 numbers.',
    action: 'a choice of 3: a torque of -1, 0 or 1 at the joint between the links.',
    reward: '-1 each step, 0 for the one that reaches the goal.',
    dynamics:
      "Gymnasium's Acrobot-v1. Begins hanging down. Terminates when the tip is one link above the fixed end; 500 steps truncate.",
    optimum: 'not known exactly; good policies get about -75.',
  },
  create(n, given) {
    const read = readSettings({}, given);
    if (!read.ok) throw new TendrilError(read.error.code, read.error.message);
    return controlWorld(acrobot, n);
  },
};
