import { readSettings, TendrilError } from '../core/index.ts';
import { tabularWorld } from './tabular-world.ts';
import type { TabularModel, WorldDefinition } from './world.ts';

const meanRewards = [0.1, 0.2, 0.3, 0.4, 0.5, 0.4, 0.3, 0.2, 0.7, 0.1] as const;

const options = {} as const;

/** bandit-v1: ten arms, one step an episode. */
export const banditV1: WorldDefinition = {
  id: 'bandit-v1',
  summary: 'ten arms, the best pays .7: the smallest world there is',
  options,
  doc: {
    observation: 'one index, always 1.',
    action: 'a choice of 10: the arm.',
    reward: "1 with the arm's probability (.1 .2 .3 .4 .5 .4 .3 .2 .7 .1), else 0.",
    dynamics: 'Every episode terminates after one step.',
    optimum: '.7: the ninth arm, number 8.',
  },
  create(n, given) {
    return tabularWorld('bandit-v1', banditV1.model!(given), n);
  },
  model(given): TabularModel {
    const read = readSettings(options, given);
    if (!read.ok) throw new TendrilError(read.error.code, read.error.message);
    return {
      states: 1,
      actions: meanRewards.length,
      start: Float64Array.of(1),
      maxSteps: 1,
      outcomes: (_state, arm) => [
        { probability: meanRewards[arm]!, next: 0, reward: 1, terminated: true },
        { probability: 1 - meanRewards[arm]!, next: 0, reward: 0, terminated: true },
      ],
    };
  },
};
