import { observationSpec, readSettings, TendrilError } from '../core/index.ts';
import { controlWorld, type Dynamics } from './control-world.ts';
import type { WorldDefinition } from './world.ts';

const gravity = 9.8;
const poleMass = 0.1;
const totalMass = 1 + poleMass;
/** Half of the pole. */
const length = 0.5;
const poleMoment = poleMass * length;
const push = 10;
/** Seconds in a step. */
const dt = 0.02;
const farthest = 2.4;
const steepest = (12 * 2 * Math.PI) / 360;

/** A pole on a cart (Barto, Sutton & Anderson 1983), moved by Euler's method exactly as in Gymnasium's CartPole-v1. */
export const cartPole: Dynamics = {
  id: 'cart-pole-v1',
  observation: observationSpec([
    { name: 'position', kind: 'real', size: 1, low: -2 * farthest, high: 2 * farthest },
    { name: 'velocity', kind: 'real', size: 1 },
    { name: 'angle', kind: 'real', size: 1, low: -2 * steepest, high: 2 * steepest },
    { name: 'angularVelocity', kind: 'real', size: 1 },
  ]),
  actions: 2,
  maxSteps: 500,
  stateSize: 4,
  begin(stream, state, at) {
    for (let i = 0; i < 4; i++) state[at + i] = 0.1 * stream.float() - 0.05;
  },
  step(state, at, action) {
    const [x, speed, angle, spin] = [state[at]!, state[at + 1]!, state[at + 2]!, state[at + 3]!];
    const force = action === 1 ? push : -push;
    const cos = Math.cos(angle);
    const sin = Math.sin(angle);
    const pull = (force + poleMoment * spin * spin * sin) / totalMass;
    const turn = (gravity * sin - cos * pull) / (length * (4 / 3 - (poleMass * cos * cos) / totalMass));
    const acceleration = pull - (poleMoment * turn * cos) / totalMass;
    const nextX = x + dt * speed;
    const nextAngle = angle + dt * spin;
    state[at] = nextX;
    state[at + 1] = speed + dt * acceleration;
    state[at + 2] = nextAngle;
    state[at + 3] = spin + dt * turn;
    return nextX < -farthest || nextX > farthest || nextAngle < -steepest || nextAngle > steepest;
  },
  reward: () => 1,
  observe(state, at, out, to) {
    for (let i = 0; i < 4; i++) out[to + i] = state[at + i]!;
  },
};

export const cartPoleV1: WorldDefinition = {
  id: 'cart-pole-v1',
  summary: 'a pole on a cart is kept upright by pushing left or right',
  options: {},
  doc: {
    observation: 'position, velocity, angle and angular velocity: 4 numbers.',
    action: 'a choice of 2: 0 pushes left, 1 pushes right.',
    reward: '1 each step.',
    dynamics:
      "Gymnasium's CartPole-v1. Begins near the upright middle. Terminates when the cart is farther than 2.4 from the middle or the pole leans more than 12 degrees; 500 steps truncate.",
    optimum: '500; held to be solved from a mean return of 475 on.',
  },
  create(n, given) {
    const read = readSettings({}, given);
    if (!read.ok) throw new TendrilError(read.error.code, read.error.message);
    return controlWorld(cartPole, n);
  },
};
