import { expect, test } from 'vitest';
import { observationSpec, rng } from '../core/index.ts';
import { checkWorld } from './check-world.ts';
import { frozenLakeV1 } from './frozen-lake-v1.ts';
import { type SingleWorld, vectorWorld } from './vector-world.ts';
import type { Step, World } from './world.ts';

const sound = (n: number): World => frozenLakeV1.create(n);

/** A sound world with one thing made wrong. */
const broken =
  (change: (world: World) => Partial<World>) =>
  (n: number): World => {
    const world = sound(n);
    return { ...world, ...change(world) };
  };
const brokenStep = (change: (step: Step, world: World) => Partial<Step>): ((n: number) => World) =>
  broken((world) => ({
    step(actions) {
      const step = world.step(actions);
      return { ...step, ...change(step, world) };
    },
  }));

test('a sound world has nothing wrong', () => expect(checkWorld(sound)).toEqual([]));

test.each([
  ['no id', broken(() => ({ id: '' })), 'The world has no id.'],
  ['a wrong n', broken(() => ({ n: 1 })), 'Three worlds were asked for; n is 1.'],
  [
    'a wrong size of observations',
    broken(({ observation }) => ({ observation: { ...observation, size: 2 } })),
    'observation.size is 2, but its parts have 1 numbers.',
  ],
  [
    'an impossible slate',
    broken(() => ({ action: { kind: 'slate', k: 5, n: 4 } })),
    'A slate of 5 cannot be filled from 4 items.',
  ],
  [
    'rewards that are not numbers',
    brokenStep(({ rewards }) => ({ rewards: rewards.map(() => NaN) })),
    'A reward is NaN.',
  ],
  [
    'plain arrays',
    brokenStep(({ rewards }) => ({ rewards: [...rewards] as never })),
    'rewards must be a Float32Array; it is Array.',
  ],
  [
    'short arrays',
    brokenStep(({ truncated }) => ({ truncated: truncated.slice(1) })),
    'truncated must have 3 numbers (n = 3); it has 2.',
  ],
  [
    'observations outside their space',
    brokenStep(({ observations }) => ({ observations: observations.map((o) => o + 0.5) })),
    'of part "state" in an observation is not a whole number from 0 to 16.',
  ],
  [
    'actions that are changed',
    broken((world) => ({
      step(actions) {
        const step = world.step(actions);
        actions.fill(9);
        return step;
      },
    })),
    'step changed the actions it was given.',
  ],
  [
    'ends that are cuts too',
    brokenStep(({ terminated }) => ({ truncated: terminated })),
    'An episode is both terminated and truncated',
  ],
  [
    'no automatic reset',
    brokenStep(({ observations, finalObservations, terminated }) => ({
      observations: observations.map((o, i) => (terminated[i] ? finalObservations[i]! : o)),
    })),
    'After an end the observation must be the first of the next episode',
  ],
  [
    'a lost final observation',
    brokenStep(({ observations }) => ({ finalObservations: observations })),
    'finalObservations is the same array as observations',
  ],
  [
    'a final observation of the next episode',
    brokenStep(({ observations }) => ({ finalObservations: observations.slice() })),
    'Every final observation equals the first of the next episode',
  ],
  [
    'chance of its own',
    ((): ((n: number) => World) => {
      const hidden = rng('hidden');
      return brokenStep(({ rewards }) => ({ rewards: rewards.map(() => hidden.float()) }));
    })(),
    'Two worlds with the same seed and actions differ at step 1 of world 0.',
  ],
  [
    'a reset that forgets to begin the stream again',
    (n: number): World => {
      const world = sound(n);
      let resets = 0;
      return { ...world, reset: (seed) => world.reset(seed + resets++) };
    },
    'reset with the same seed does not begin the same run again',
  ],
  [
    'a stream shared by all',
    (n: number): World => {
      const world = sound(n);
      let shared = rng(0);
      return {
        ...world,
        reset(seed) {
          shared = rng(seed);
          return world.reset(seed);
        },
        step(actions) {
          const step = world.step(actions);
          return { ...step, rewards: step.rewards.map(() => shared.float()) };
        },
      };
    },
    'world i must draw from rng(seed).fork(i) only.',
  ],
  [
    'a mask that forbids everything',
    broken((world) => ({ masks: () => new Uint8Array(4 * world.n).fill(0, 4).fill(1, 0, 4) })),
    'A mask forbids every choice.',
  ],
] as const)('finds %s', (_what, make, complaint) => {
  expect(checkWorld(make as (n: number) => World).join('\n')).toContain(complaint);
});

test('a world that throws is a complaint, not an exception', () =>
  expect(
    checkWorld(
      broken(() => ({
        step() {
          throw new Error('out of ice');
        },
      })),
    ),
  ).toContain('It broke while it was checked that it keeps to its spaces: step 1: out of ice'));

/** Counts up from a random number; the action is how far. */
const counter = (): SingleWorld => {
  let at = 0;
  return {
    observation: observationSpec([{ name: 'at', kind: 'real', size: 1, low: 0, high: 40 }]),
    action: {
      kind: 'parts',
      parts: [
        { name: 'far', n: 3 },
        { name: 'idle', n: 2 },
      ],
    },
    reset(stream, out) {
      at = stream.int(10);
      out[0] = at;
    },
    step(action, stream, out) {
      at += action[0]! + stream.int(2);
      out[0] = at;
      return { reward: action[0]!, terminated: at >= 30 };
    },
    mask(out) {
      out.set([1, 1, at % 2, 1, 1]);
    },
    info: () => ({ chosen: at, events: [] }),
  };
};

test('n worlds out of one keep the contract: parts, masks, cuts and ends', () =>
  expect(checkWorld((n) => vectorWorld('counter-v1', n, counter, { maxSteps: 12 }))).toEqual([]));

test('a vector of worlds begins ended ones again, cuts at the limit and passes masks and info on', () => {
  const world = vectorWorld('counter-v1', 2, counter, { maxSteps: 2 });
  world.reset(1);
  const first = [...world.reset(1)];
  const act = Int32Array.of(1, 0, 1, 0);
  world.step(act);
  expect([...world.masks!()]).toEqual(world.info!().flatMap(({ chosen }) => [1, 1, chosen % 2, 1, 1]));
  const { truncated, finalObservations, observations } = world.step(act);
  expect([...truncated]).toEqual([1, 1]);
  for (let i = 0; i < 2; i++) {
    expect(finalObservations[i]! - first[i]!).toBeGreaterThanOrEqual(2);
    expect(observations[i]).toBeLessThan(10);
  }
  expect(() => world.step(Int32Array.of(1))).toThrow('1 numbers of actions where 2 x 2 are needed');
});

/** Moves a point on a line by a number. */
const line = (): SingleWorld => {
  let at = 0;
  let steps = 0;
  return {
    observation: observationSpec([{ name: 'at', kind: 'real', size: 1, low: -5, high: 5 }]),
    action: { kind: 'box', size: 1, low: -1, high: 1 },
    reset(stream, out) {
      at = stream.float();
      steps = 0;
      out[0] = at;
    },
    step(action, _stream, out) {
      at = Math.min(5, Math.max(-5, at + action[0]!));
      out[0] = at;
      return { reward: -Math.abs(at), terminated: ++steps >= 20 };
    },
  };
};

test('worlds whose actions are numbers are checked too, and the rule and the step are named', () => {
  const make = (n: number): World => vectorWorld('line-v1', n, line);
  expect(checkWorld(make)).toEqual([]);
  let steps = 0;
  const late = (n: number): World => {
    const world = make(n);
    return {
      ...world,
      reset: (seed) => {
        steps = 0;
        return world.reset(seed);
      },
      step(actions) {
        const step = world.step(actions);
        if (++steps >= 7) step.observations[0] = 6;
        return step;
      },
    };
  };
  expect(checkWorld(late)).toContain(
    'Broken: keeps to its spaces. At step 7: 6 of part "at" in an observation is not a number from -5 to 5.',
  );
});

test('a part of a mask that leaves nothing is told with its step', () => {
  const make = (n: number): World => {
    const world = vectorWorld('counter-v1', n, counter, { maxSteps: 12 });
    let steps = 0;
    return {
      ...world,
      step(actions) {
        steps++;
        return world.step(actions);
      },
      masks() {
        const masks = world.masks!();
        if (steps === 4) masks.fill(0, 3, 5);
        return masks;
      },
    };
  };
  expect(checkWorld(make).join('\n')).toContain('At step 4: A mask forbids every choice');
});

test.each([
  { reward: '1', terminated: false },
  { reward: 1, terminated: 'no' },
  { reward: 1 },
  { terminated: true },
  undefined,
])('a step that answers %j is named with the rule and the step', (outcome) => {
  const wrong = (): SingleWorld => {
    let steps = 0;
    return {
      observation: observationSpec([{ name: 'state', kind: 'real', size: 1, low: 0, high: 1 }]),
      action: { kind: 'choice', n: 2 },
      reset: (_stream, out) => void out.fill(0),
      step: () => (++steps === 3 ? outcome : { reward: 0, terminated: false }) as never,
    };
  };
  expect(checkWorld((n) => vectorWorld('wrong-v1', n, wrong))[0]).toContain(
    `checked that it keeps to its spaces: step 3: wrong-v1: a step answers ${JSON.stringify(outcome)}; accepted: a reward that is a number, terminated true or false`,
  );
});
