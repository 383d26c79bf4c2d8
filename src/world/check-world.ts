import { type ActionSpec, type Actions, actionSize, type ObservationSpec, rng } from '../core/index.ts';
import { choiceCount, emptyActions, randomAction } from './random-actions.ts';
import type { World } from './world.ts';

/**
 * Holds a world of anybody's to the World contract, by playing it at random, and says each thing that is wrong in a
 * sentence. After Gymnasium's and Stable-Baselines3's environment checkers, for n worlds at once.
 */
export type MakeWorld = (n: number) => World;

export interface CheckOptions {
  /** Steps of each rollout; long enough for some episodes to end. */
  readonly steps?: number;
  readonly seed?: number;
  /** The reason why rows are not independent of their neighbours, where they cannot be; that check is left out. */
  readonly sharedStreams?: string;
}

/** Everything wrong with a world: the rule that is broken, at which step first, and how; an empty list is a sound world. */
export function checkWorld(make: MakeWorld, options: CheckOptions = {}): string[] {
  return worldChecks.flatMap(({ name, complaints }) => {
    try {
      return complaints(make, options).map((complaint) => `Broken: ${name}. ${complaint}`);
    } catch (error) {
      return [
        `It broke while it was checked that it ${name}: ${error instanceof Error ? error.message : error}`,
      ];
    }
  });
}

interface WorldCheck {
  readonly name: string;
  complaints(make: MakeWorld, options: CheckOptions): string[];
}

/** What the contract promises, a check for each promise; `worldSuite` makes a test of each. */
export const worldChecks: readonly WorldCheck[] = [
  { name: 'describes its observations and actions', complaints: (make) => describes(make(3)) },
  { name: 'keeps to its spaces', complaints: (make, options) => keepsToItsSpaces(make(3), options) },
  { name: 'tells ends from cuts and begins again', complaints: (make, options) => ends(make(3), options) },
  { name: 'plays the same rollout from the same seed', complaints: repeats },
  { name: 'keeps each world to itself', complaints: independent },
];

function describes(world: World): string[] {
  const { observation, action } = world;
  const parts = observation.parts.reduce((sum, part) => sum + part.size, 0);
  const found: string[] = [];
  if (world.id === '') found.push('The world has no id.');
  if (world.n !== 3) found.push(`Three worlds were asked for; n is ${world.n}.`);
  if (parts !== observation.size)
    found.push(`observation.size is ${observation.size}, but its parts have ${parts} numbers.`);
  const names = observation.parts.map((part) => part.name);
  if (new Set(names).size !== names.length) found.push('Two parts of the observation have the same name.');
  for (const part of observation.parts) {
    if (part.kind === 'index' && !(part.n! >= 1))
      found.push(`The index part "${part.name}" does not say how many entries its vocabulary has (n).`);
    if (part.kind === 'real' && part.low !== undefined && part.high !== undefined && !(part.low <= part.high))
      found.push(`The part "${part.name}" has low ${part.low} above high ${part.high}.`);
  }
  if (!(actionSize(action) >= 1)) found.push('An action has no numbers.');
  if (action.kind === 'slate' && action.k > action.n)
    found.push(`A slate of ${action.k} cannot be filled from ${action.n} items.`);
  if (action.kind === 'box' && !(action.low < action.high)) found.push('The box of actions has no room.');
  return found;
}

/** Complaints with the step at which each was first due; those alike but for their numbers count as one. */
function complaintsBook(): { add(step: number, complaint: string): void; all(): string[] } {
  const found = new Map<string, string>();
  return {
    add(step, complaint) {
      const alike = complaint.replace(/-?\d[\d.]*(e[+-]?\d+)?/g, '#');
      if (!found.has(alike)) found.set(alike, `${step === 0 ? 'At reset' : `At step ${step}`}: ${complaint}`);
    },
    all: () => [...found.values()],
  };
}

function keepsToItsSpaces(world: World, options: CheckOptions): string[] {
  const found = complaintsBook();
  const { n } = world;
  let at = 0;
  const expect = (
    what: string,
    array: unknown,
    type: 'Float32Array' | 'Uint8Array',
    length: number,
  ): void => {
    const is = (array as object | undefined)?.constructor?.name;
    if (is !== type) found.add(at, `${what} must be a ${type}; it is ${is ?? typeof array}.`);
    else if ((array as Float32Array).length !== length)
      found.add(
        at,
        `${what} must have ${length} numbers (n = ${n}); it has ${(array as Float32Array).length}.`,
      );
  };
  const width = n * world.observation.size;
  play(world, options, {
    began(observations) {
      expect('What reset answers', observations, 'Float32Array', width);
      for (let i = 0; i < n; i++)
        for (const c of outOfSpace(world.observation, observations, i, 'an observation of reset'))
          found.add(at, c);
    },
    stepped(step, actions, before, t) {
      at = t;
      expect('observations', step.observations, 'Float32Array', width);
      expect('finalObservations', step.finalObservations, 'Float32Array', width);
      expect('rewards', step.rewards, 'Float32Array', n);
      expect('terminated', step.terminated, 'Uint8Array', n);
      expect('truncated', step.truncated, 'Uint8Array', n);
      if (actions.some((number, i) => number !== before[i]))
        found.add(at, 'step changed the actions it was given.');
      for (let i = 0; i < n; i++) {
        if (!Number.isFinite(step.rewards[i])) found.add(at, `A reward is ${step.rewards[i]}.`);
        for (const c of outOfSpace(world.observation, step.observations, i, 'an observation'))
          found.add(at, c);
        if (step.terminated[i] || step.truncated[i])
          for (const c of outOfSpace(world.observation, step.finalObservations, i, 'a final observation'))
            found.add(at, c);
      }
    },
    masked(masks, t) {
      at = t;
      const choices = choiceCount(world.action);
      expect('masks', masks, 'Uint8Array', n * choices);
      if (masks.some((m) => m > 1)) found.add(at, 'A mask holds something other than 0 and 1.');
      for (let i = 0; i < n; i++)
        for (const [from, to] of choiceRanges(world.action))
          if (!masks.subarray(i * choices + from, i * choices + to).includes(1))
            found.add(at, 'A mask forbids every choice.');
    },
  });
  return found.all();
}

function ends(world: World, options: CheckOptions): string[] {
  const found = complaintsBook();
  const { n } = world;
  const size = world.observation.size;
  const text = (array: Float32Array, i: number): string => array.slice(i * size, (i + 1) * size).join(' ');
  const firsts = firstObservations(world);
  const seen = new Set<string>();
  let [ended, finalIsFirst, lasting] = [0, 0, 0];
  const age = new Int32Array(n);
  play(world, options, {
    stepped(step, _actions, _before, t) {
      if (step.finalObservations === step.observations)
        found.add(
          t,
          'finalObservations is the same array as observations: the last observation of an ended episode is lost.',
        );
      for (let i = 0; i < n; i++) {
        const [over, cut] = [step.terminated[i]!, step.truncated[i]!];
        if (over > 1 || cut > 1) found.add(t, 'terminated and truncated must be 0 or 1.');
        if (over && cut)
          found.add(t, 'An episode is both terminated and truncated: what ended by itself was not cut off.');
        age[i]!++;
        if (!over && !cut) {
          seen.add(text(step.observations, i));
          continue;
        }
        ended++;
        if (age[i]! > 1) lasting++;
        age[i] = 0;
        const first = text(step.observations, i);
        if (first === text(step.finalObservations, i)) finalIsFirst++;
        if (firsts && !firsts.has(first))
          found.add(
            t,
            `After an end the observation must be the first of the next episode; [${first}] is not one that reset gives.`,
          );
      }
    },
  });
  const all = found.all();
  if (lasting >= 5 && finalIsFirst === ended && seen.size > 1)
    all.push(
      'Every final observation equals the first of the next episode: it must be the last of the ended one.',
    );
  return all;
}

function repeats(make: MakeWorld, options: CheckOptions): string[] {
  const one = make(3);
  const rollout = record(one, options);
  const found: string[] = [];
  const fresh = difference(rollout, record(make(3), options));
  if (fresh) found.push(`Two worlds with the same seed and actions differ ${fresh}.`);
  const again = difference(rollout, record(one, options));
  if (again && !fresh)
    found.push(`reset with the same seed does not begin the same run again: it differs ${again}.`);
  return found;
}

function independent(make: MakeWorld, options: CheckOptions): string[] {
  if (options.sharedStreams) return [];
  const many = record(make(5), options);
  const found: string[] = [];
  for (const n of [1, 2]) {
    const few = record(make(n), options);
    const different = difference(
      few,
      many.map((row) => ({ ...row, numbers: row.numbers.slice(0, n) })),
    );
    if (different)
      found.push(
        `${n === 1 ? 'A single world' : 'Two worlds'} and the first of five with the same seed and actions differ ${different}: world i must draw from rng(seed).fork(i) only.`,
      );
  }
  return found;
}

interface Watch {
  began?(observations: Float32Array): void;
  /** Steps are counted from 1. */
  stepped?(step: ReturnType<World['step']>, actions: Actions, before: Actions, t: number): void;
  /** Before step t + 1. */
  masked?(masks: Uint8Array, t: number): void;
}

/** Plays at random; the actions of world i depend on the seed, i and its masks only. */
function play(world: World, { steps = 300, seed = 1 }: CheckOptions, watch: Watch): void {
  const streams = Array.from({ length: world.n }, (_, i) => rng('actions').fork(`${seed}/${i}`));
  const actions = emptyActions(world.action, world.n);
  watch.began?.(world.reset(seed));
  for (let t = 0; t < steps; t++) {
    const masks = world.masks?.();
    if (masks) watch.masked?.(masks, t);
    for (let i = 0; i < world.n; i++) randomAction(world.action, i, streams[i]!, actions, masks);
    const before = actions.slice();
    watch.stepped?.(stepped(world, actions, t + 1), actions, before, t + 1);
  }
}

function stepped(world: World, actions: Actions, t: number): ReturnType<World['step']> {
  try {
    return world.step(actions);
  } catch (error) {
    throw new Error(`step ${t}: ${error instanceof Error ? error.message : error}`);
  }
}

interface Recorded {
  readonly step: number;
  /** For each world everything the step told about it. */
  readonly numbers: readonly string[];
}

function record(world: World, options: CheckOptions): Recorded[] {
  const rows: Recorded[] = [];
  const size = world.observation.size;
  const add = (tell: (i: number) => string): void => {
    rows.push({ step: rows.length, numbers: Array.from({ length: world.n }, (_, i) => tell(i)) });
  };
  play(world, options, {
    began: (observations) => add((i) => observations.slice(i * size, (i + 1) * size).join(' ')),
    stepped: ({ observations, rewards, terminated, truncated, finalObservations }) =>
      add((i) => {
        const row = (array: Float32Array): string => array.slice(i * size, (i + 1) * size).join(' ');
        const final = terminated[i] || truncated[i] ? row(finalObservations) : '';
        return `${row(observations)} | ${rewards[i]} ${terminated[i]} ${truncated[i]} | ${final}`;
      }),
  });
  return rows;
}

/** Where two recordings first differ, in words. */
function difference(one: readonly Recorded[], two: readonly Recorded[]): string | undefined {
  for (const [t, row] of one.entries()) {
    const other = two[t]!;
    const i = row.numbers.findIndex((numbers, at) => numbers !== other.numbers[at]);
    if (i >= 0) return t === 0 ? `in the first observation of world ${i}` : `at step ${t} of world ${i}`;
  }
  return undefined;
}

/** All observations an episode can begin with, or undefined where there seem to be too many to have seen them all. */
function firstObservations(world: World): ReadonlySet<string> | undefined {
  const size = world.observation.size;
  const known = new Set<string>();
  let atHalf = 0;
  const resets = 400;
  for (let seed = 0; seed < resets; seed++) {
    if (seed === resets / 2) atHalf = known.size;
    const observations = world.reset(seed);
    for (let i = 0; i < world.n; i++) known.add(observations.slice(i * size, (i + 1) * size).join(' '));
    if (known.size > 64) return undefined;
  }
  return known.size === atHalf ? known : undefined;
}

function outOfSpace(spec: ObservationSpec, rows: Float32Array, row: number, what: string): string[] {
  const found: string[] = [];
  let at = row * spec.size;
  for (const part of spec.parts) {
    for (let i = 0; i < part.size; i++) {
      const number = rows[at + i]!;
      const index = part.kind === 'index';
      const [low, high] = index ? [0, part.n ?? Infinity] : [part.low ?? -Infinity, part.high ?? Infinity];
      if (!Number.isFinite(number) || number < low || number > high || (index && !Number.isInteger(number))) {
        found.push(
          `${number} of part "${part.name}" in ${what} is not ${index ? 'a whole number' : 'a number'} from ${low} to ${high}.`,
        );
        break;
      }
    }
    at += part.size;
  }
  return found;
}

/** The stretches of a mask in each of which something must be allowed. */
function choiceRanges(spec: ActionSpec, from = 0): [number, number][] {
  if (spec.kind === 'choice' || spec.kind === 'slate') return [[from, from + spec.n]];
  if (spec.kind === 'box') return [];
  const parts: { n: number; inner?: ActionSpec }[] =
    spec.kind === 'parts'
      ? spec.parts.map(({ n }) => ({ n }))
      : spec.specs.map((part) => ({ n: choiceCount(part.spec), inner: part.spec }));
  let at = from;
  return parts.flatMap(({ n, inner }) => {
    const start = at;
    at += n;
    return inner ? choiceRanges(inner, start) : [[start, at] as [number, number]];
  });
}
