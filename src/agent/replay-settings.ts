import type { SettingTable } from '../core/index.ts';

/** What every agent that learns from replay with separate networks can be told; an agent gives its own beside. */
export const replaySettings = {
  batchSize: {
    type: 'number',
    default: 64,
    min: 1,
    max: 4096,
    integer: true,
    doc: 'transitions in an update',
  },
  hidden: {
    type: 'number',
    default: 64,
    min: 1,
    max: 4096,
    integer: true,
    doc: 'units of each of the two ReLU layers of every network',
  },
  replaySize: {
    type: 'number',
    default: 100_000,
    min: 1,
    max: 5_000_000,
    integer: true,
    doc: 'transitions kept',
  },
  learningStarts: {
    type: 'number',
    default: 1000,
    min: 0,
    integer: true,
    doc: 'transitions before the first update',
  },
  updatesPerStep: {
    type: 'number',
    default: 0.25,
    min: 0,
    max: 100,
    doc: 'updates for each transition taken in',
  },
  targetRate: {
    type: 'number',
    default: 0.005,
    min: 0,
    max: 1,
    doc: 'share by which the target networks approach the newest numbers at each update',
  },
  observations: {
    type: 'choice',
    default: 'scaled',
    choices: ['raw', 'scaled', 'running'],
    doc: 'real parts as they are, scaled to [-1, 1] by their bounds, or by running mean and deviation',
  },
} as const satisfies SettingTable;
