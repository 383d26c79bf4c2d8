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
  steps: 112_000,
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

/** Chosen by hand in the variant `as it is`, with the tuning seed. */
export const ppoLesson: Lesson = {
  steps: 500_000,
  worlds: 64,
  discount: 0.99,
  settings: {
    rolloutSteps: 28,
    batchSize: 448,
    epochs: 6,
    gaeLambda: 0.9,
    learningRate: 0.002,
    scaleRewards: true,
  },
};
