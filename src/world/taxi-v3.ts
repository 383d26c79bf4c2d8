import { readSettings, TendrilError } from '../core/index.ts';
import { tabularWorld } from './tabular-world.ts';
import type { Outcome, TabularModel, WorldDefinition } from './world.ts';

/** Dietterich (2000), "Hierarchical Reinforcement Learning with the MAXQ Value Function Decomposition", figure 1; `|` is a wall. */
const streets = ['R: | : :G', ' : | : : ', ' : : : : ', ' | : | : ', 'Y| : |B: '] as const;
const stands = [
  [0, 0],
  [0, 4],
  [4, 0],
  [4, 3],
] as const;
const size = 5;
/** The passenger's place after the four stands: in the taxi. */
const aboard = 4;

const options = {
  maxSteps: { type: 'number', integer: true, default: 200, min: 1, doc: 'steps until an episode is cut off' },
} as const;

/** taxi-v3: fetch a passenger and bring him where he wants (Gymnasium's Taxi-v3). */
export const taxiV3: WorldDefinition = {
  id: 'taxi-v3',
  summary: 'fetch a passenger and bring him to his stand, as in Gymnasium',
  options,
  doc: {
    observation:
      'one index of 500: ((row x 5 + column) x 5 + passenger) x 4 + destination, from 1; passenger 0-3 waits at stand R, G, Y, B, 4 is aboard.',
    action: 'a choice of 6: south, north, east, west, pick up, drop off.',
    reward: '-1 a step, 20 for the right drop-off, -10 for a pick-up or drop-off where it is not possible.',
    dynamics:
      'Deterministic. Begins anywhere with the passenger at one stand and bound for another. The right drop-off terminates; 200 steps truncate. Tables equal to Gymnasium Taxi-v3.',
    optimum: '7.93 on average over the 300 beginnings.',
  },
  create(n, given) {
    return tabularWorld('taxi-v3', taxiV3.model!(given), n);
  },
  model(given): TabularModel {
    const read = readSettings(options, given);
    if (!read.ok) throw new TendrilError(read.error.code, read.error.message);
    const start = Float64Array.from({ length: size * size * 5 * 4 }, (_, state) => {
      const { passenger, destination } = decode(state);
      return passenger !== aboard && passenger !== destination ? 1 / 300 : 0;
    });
    return {
      states: start.length,
      actions: 6,
      start,
      maxSteps: read.value.maxSteps,
      outcomes: (state, action) => [drive(state, action)],
    };
  },
};

interface Place {
  readonly row: number;
  readonly column: number;
  readonly passenger: number;
  readonly destination: number;
}

function decode(state: number): Place {
  return {
    row: Math.floor(state / 100),
    column: Math.floor(state / 20) % size,
    passenger: Math.floor(state / 4) % 5,
    destination: state % 4,
  };
}

const encode = ({ row, column, passenger, destination }: Place): number =>
  ((row * size + column) * 5 + passenger) * 4 + destination;

function drive(state: number, action: number): Outcome {
  const place = decode(state);
  const { row, column, passenger, destination } = place;
  const to = (change: Partial<Place>, reward = -1, terminated = false): Outcome => ({
    probability: 1,
    next: encode({ ...place, ...change }),
    reward,
    terminated,
  });
  const open = (wall: number): boolean => streets[row]![wall] === ':';
  const stand = stands.findIndex(([r, c]) => r === row && c === column);
  switch (action) {
    case 0:
      return to({ row: Math.min(row + 1, size - 1) });
    case 1:
      return to({ row: Math.max(row - 1, 0) });
    case 2:
      return to(open(2 * column + 1) ? { column: column + 1 } : {});
    case 3:
      return to(open(2 * column - 1) ? { column: column - 1 } : {});
    case 4:
      return passenger !== aboard && passenger === stand ? to({ passenger: aboard }) : to({}, -10);
    default:
      if (passenger !== aboard || stand < 0) return to({}, -10);
      return stand === destination ? to({ passenger: stand }, 20, true) : to({ passenger: stand });
  }
}
