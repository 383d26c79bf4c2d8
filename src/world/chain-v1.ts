import { readSettings, TendrilError } from '../core/index.ts';
import { tabularWorld } from './tabular-world.ts';
import type { TabularModel, WorldDefinition } from './world.ts';

const options = {
  length: { type: 'number', integer: true, default: 8, min: 2, max: 1000, doc: 'states in the chain' },
  slip: { type: 'number', default: 0.1, min: 0, max: 0.5, doc: 'how often the other action happens' },
} as const;

/**
 * chain-v1: a small reward at hand and a large one far away. Reward of the next moment leads astray; only who learns
 * the value of where it leads goes on. After Strens (2000), "A Bayesian Framework for Reinforcement Learning", section
 * 5, with an end: here going home ends nothing but costs the way.
 */
export const chainV1: WorldDefinition = {
  id: 'chain-v1',
  summary: 'a small reward at hand, a large one far away: who looks one step ahead fails',
  options,
  doc: {
    observation: 'one index: the state, 1 to 8.',
    action: 'a choice of 2: 0 goes home, 1 goes on.',
    reward: '.02 for going home, 0 for going on, 10 for reaching the end.',
    dynamics:
      'Begins at home, the first state. One time in ten the other action happens. The end terminates; 50 steps truncate.',
    optimum:
      '10.2531 where the policy may see the step number; to go on always is worth 10.0169, to go home always 0.9000.',
  },
  create(n, given) {
    return tabularWorld('chain-v1', chainV1.model!(given), n);
  },
  model(given): TabularModel {
    const read = readSettings(options, given);
    if (!read.ok) throw new TendrilError(read.error.code, read.error.message);
    const { length, slip } = read.value;
    const start = new Float64Array(length);
    start[0] = 1;
    const home = { next: 0, reward: 0.02, terminated: false };
    return {
      states: length,
      actions: 2,
      start,
      maxSteps: 50,
      outcomes(state, action) {
        const end = state + 1 === length - 1;
        const on = { next: Math.min(state + 1, length - 1), reward: end ? 10 : 0, terminated: end };
        if (state === length - 1) return [{ probability: 1, next: state, reward: 0, terminated: true }];
        return [
          { probability: 1 - slip, ...(action === 0 ? home : on) },
          { probability: slip, ...(action === 0 ? on : home) },
        ];
      },
    };
  },
};
