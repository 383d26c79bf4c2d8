import type { SettingTable } from '../core/index.ts';
import { actorCriticSettings } from './actor-critic-settings.ts';

const schedule = (of: string) =>
  ({
    type: 'choice',
    default: 'linear',
    choices: ['constant', 'linear'],
    doc: `${of} stays, or falls to 0 by the end of the training`,
  }) as const;

/** The settings of `ppo`. */
export const ppoSettings = {
  learningRate: { type: 'number', default: 0.001, min: 0, max: 1, doc: 'step size of Adam' },
  learningRateSchedule: schedule('the learning rate'),
  rolloutSteps: {
    type: 'number',
    default: 32,
    min: 1,
    max: 100_000,
    integer: true,
    doc: 'steps of each world between two lessons',
  },
  batchSize: {
    type: 'number',
    default: 256,
    min: 1,
    max: 65_536,
    integer: true,
    doc: 'steps in a minibatch',
  },
  epochs: {
    type: 'number',
    default: 20,
    min: 1,
    max: 1000,
    integer: true,
    doc: 'times a lesson goes over its steps',
  },
  gaeLambda: {
    type: 'number',
    default: 0.8,
    min: 0,
    max: 1,
    doc: 'weight of later surprises in an advantage: 0 only the next one, 1 all alike',
  },
  clip: {
    type: 'number',
    default: 0.2,
    min: 0,
    max: 10,
    doc: 'how far the ratio of probabilities may move in a lesson and still gain',
  },
  clipSchedule: schedule('the clip range'),
  clipValues: {
    type: 'number',
    default: 0,
    min: 0,
    doc: 'how far a value may move in a lesson and still count as learned; 0 for no limit',
  },
  normaliseAdvantages: {
    type: 'boolean',
    default: true,
    doc: 'advantages of each minibatch with mean 0 and standard deviation 1',
  },
  ...actorCriticSettings,
  settleAt: {
    type: 'number',
    default: 1,
    min: 0,
    max: 1,
    doc: 'share of the training after which the statistics of `observations: running` stand still',
  },
} as const satisfies SettingTable;
