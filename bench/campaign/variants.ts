import { fixedRules, marketerRules } from './rules.ts';
import type { Lesson } from './tuning.ts';

/** Options of campaign-v2 that are compared. */
export const variants = {
  'as it is': {},
  'no fatigue': { fatigue: false },
  'tight budget': { budget: 10 },
  'late answers': { delay: 7 },
} as const;

const bandit = (settings: Record<string, unknown>): Lesson => ({
  steps: 100_000,
  worlds: 64,
  discount: 0,
  settings,
});

/** What tuning chooses among. */
export const candidates = {
  fixed: fixedRules,
  marketer: marketerRules,
  'lin-ucb': [0.05, 0.2, 1].map((alpha) => bandit({ alpha })),
  thompson: [0.05, 0.2, 1].map((noise) => bandit({ noise })),
} as const;

/**
 * Chosen by hand for all variants, from some thirty-five runs of about 30 million steps together, in the variants `as it is` and
 * `late answers`, judged by shoppers of other seeds than the reported ones. Training seeds were 1, 2, 11, 201, 202 and 203.
 */
export const ppoLesson: Lesson = {
  steps: 1_000_000,
  worlds: 256,
  discount: 0.99,
  settings: {
    rolloutSteps: 28,
    batchSize: 896,
    epochs: 4,
    clipSchedule: 'constant',
    gaeLambda: 0.95,
    learningRate: 0.003,
    scaleRewards: true,
    entropyWeight: 0.005,
  },
};
