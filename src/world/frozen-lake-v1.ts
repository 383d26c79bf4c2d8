import { readSettings, type SettingsOf, TendrilError } from '../core/index.ts';
import { tabularWorld } from './tabular-world.ts';
import type { Outcome, TabularModel, WorldDefinition } from './world.ts';

/** Gymnasium's two maps, their step limits, and what its time limit makes the best possible. S start, F ice, H hole, G goal. */
const maps = {
  '4x4': { rows: ['SFFF', 'FHFH', 'FFFH', 'HFFG'], maxSteps: 100 },
  '8x8': {
    rows: ['SFFFFFFF', 'FFFFFFFF', 'FFFHFFFF', 'FFFFFHFF', 'FFFHFFFF', 'FHHFFFHF', 'FHFFHFHF', 'FFFHFFFG'],
    maxSteps: 200,
  },
} as const;

const options = {
  map: { type: 'text', default: '4x4', doc: '4x4, 8x8, or rows of S F H G separated by commas' },
  slippery: { type: 'boolean', default: true, doc: 'slides to either side as often as ahead' },
  maxSteps: {
    type: 'number',
    integer: true,
    default: 0,
    min: 0,
    doc: "steps until an episode is cut off; 0 for the map's own: 100 on 4x4, 200 on 8x8 and on maps of one's own",
  },
} as const;

/** left, down, right, up: Gymnasium's order, in which the neighbours of a direction are its sides. */
const moves = [
  [0, -1],
  [1, 0],
  [0, 1],
  [-1, 0],
] as const;

/** frozen-lake-v1: cross slippery ice to the goal without falling into a hole (Gymnasium's FrozenLake-v1). */
export const frozenLakeV1: WorldDefinition = {
  id: 'frozen-lake-v1',
  summary: 'cross slippery ice to the goal; 4x4 or 8x8, as in Gymnasium',
  options,
  doc: {
    observation: 'one index: the field, row by row from 1 (Gymnasium counts from 0).',
    action: 'a choice of 4: left, down, right, up.',
    reward: '1 on reaching the goal, else 0.',
    dynamics:
      'On slippery ice the move goes ahead or to either side, a third each; walls stop it. Holes and the goal terminate; 100 (4x4) or 200 (8x8) steps truncate. Tables equal to Gymnasium FrozenLake-v1.',
    optimum:
      '.7442 (4x4) and .9132 (8x8) where the policy may see the step number; without it the best known are .7402 and .8936.',
  },
  create(n, given) {
    return tabularWorld('frozen-lake-v1', frozenLakeV1.model!(given), n);
  },
  model(given) {
    const read = readSettings(options, given);
    if (!read.ok) throw new TendrilError(read.error.code, read.error.message);
    return lake(read.value);
  },
};

function lake({ map, slippery, maxSteps }: SettingsOf<typeof options>): TabularModel {
  const known = maps[map as keyof typeof maps];
  const rows = known?.rows ?? readMap(map);
  const [height, width] = [rows.length, rows[0]!.length];
  const fields = rows.join('');
  const start = Float64Array.from(fields, (field) => (field === 'S' ? 1 : 0));
  const starts = start.reduce((sum, share) => sum + share, 0);
  const ends = (state: number): boolean => 'GH'.includes(fields[state]!);

  const slide = (state: number, direction: number): Omit<Outcome, 'probability'> => {
    const [down, right] = moves[(direction + 4) % 4]!;
    const row = Math.min(Math.max(Math.floor(state / width) + down, 0), height - 1);
    const column = Math.min(Math.max((state % width) + right, 0), width - 1);
    const next = row * width + column;
    return { next, reward: fields[next] === 'G' ? 1 : 0, terminated: ends(next) };
  };

  return {
    states: fields.length,
    actions: moves.length,
    start: start.map((share) => share / starts),
    maxSteps: maxSteps || (known?.maxSteps ?? 200),
    outcomes(state, action) {
      if (ends(state)) return [{ probability: 1, next: state, reward: 0, terminated: true }];
      const directions = slippery ? [action - 1, action, action + 1] : [action];
      return directions.map((direction) => ({
        probability: 1 / directions.length,
        ...slide(state, direction),
      }));
    },
  };
}

function readMap(text: string): readonly string[] {
  const rows = text.split(',');
  const wide = rows.every((row) => row.length === rows[0]!.length && /^[SFHG]+$/.test(row));
  if (!wide || !text.includes('S') || !text.includes('G')) {
    throw new TendrilError(
      'bad-setting',
      `setting "map" is "${text}"; accepted: ${Object.keys(maps).join(', ')}, or rows of equal length of S, F, H and G separated by commas, with at least one S and one G`,
    );
  }
  return rows;
}
