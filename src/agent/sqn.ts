import type { AgentDefinition } from './agent.ts';
import { fineTuned } from './fine-tuning.ts';
import { growFineTuned } from './fine-tuning-numbers.ts';
import { fineTuningSettings } from './fine-tuning-settings.ts';

/** Q-learning acts, what comes next is learned beside it. */
const algorithm = { name: 'sqn', advantage: false, actsBy: 'values' } as const;

/**
 * Self-supervised Q-learning (Xin et al. 2020, "Self-Supervised Reinforcement Learning for Recommender Systems", SQN): a
 * transformer with two heads, one taught what is taken next, one with Q-learning what it is worth.
 *
 *   loss = Huber(r + discount x max Q(s', a'; target) - Q(s, a)) + nextWeight x -log p(taken | s)
 *
 * Of slates Q is learned by SlateQ. There the first head is the one that recommends and the second only shapes the state;
 * here the Q-head recommends, and reads the first one's probabilities.
 */
export const sqn: AgentDefinition<typeof fineTuningSettings> = {
  name: 'sqn',
  summary: 'a transformer fine-tuned by Q-learning beside what comes next',
  consumes: 'transitions',
  needsEngine: true,
  settings: fineTuningSettings,
  create: (context, settings) => fineTuned(algorithm, context, settings),
  restore: (context, settings, saved) => fineTuned(algorithm, context, settings, saved),
  grow: growFineTuned,
};
