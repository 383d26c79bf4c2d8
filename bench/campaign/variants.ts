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
  steps: 40_000,
  worlds: 8,
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
 * Chosen by hand from some twenty runs, about 14 million steps, nearly all in the variant `as it is`, judged by shoppers of
 * another seed than the reported ones; training seeds 1, 2 and 11 were used, and 11 is reported too.
 */
export const ppoLesson: Lesson = {
  steps: 1_000_000,
  worlds: 256,
  discount: 0.99,
  settings: {
    rolloutSteps: 28,
    batchSize: 896,
    epochs: 2,
    gaeLambda: 0.95,
    learningRate: 0.003,
    scaleRewards: true,
    entropyWeight: 0.005,
  },
};
