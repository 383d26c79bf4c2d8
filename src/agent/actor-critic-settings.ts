import type { SettingTable } from '../core/index.ts';

/** What every actor-critic can be told, whatever its loss; an agent gives its own defaults beside. */
export const actorCriticSettings = {
  entropyWeight: { type: 'number', default: 0, min: 0, doc: 'reward for staying undecided' },
  valueWeight: { type: 'number', default: 0.5, min: 0, doc: 'weight of the value loss' },
  observations: {
    type: 'choice',
    default: 'running',
    choices: ['raw', 'scaled', 'running'],
    doc: 'real parts as they are, scaled to [-1, 1] by their bounds, or by running mean and deviation',
  },
  scaleRewards: {
    type: 'boolean',
    default: false,
    doc: 'rewards over the running deviation of their discounted sums',
  },
  clipNorm: {
    type: 'number',
    default: 0.5,
    min: 0,
    doc: 'largest norm of all gradients together; 0 for no limit',
  },
  deviation: {
    type: 'number',
    default: 1,
    min: 0.001,
    max: 10,
    doc: 'standard deviation of actions made of numbers to begin with, in halves of their range',
  },
  hidden: {
    type: 'number',
    default: 64,
    min: 1,
    max: 4096,
    integer: true,
    doc: 'units of each of the two tanh layers of both networks',
  },
} as const satisfies SettingTable;
