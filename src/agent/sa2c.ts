import type { AgentDefinition } from './agent.ts';
import { fineTuned } from './fine-tuning.ts';
import { growFineTuned } from './fine-tuning-numbers.ts';
import { fineTuningSettings } from './fine-tuning-settings.ts';

/** What comes next acts, taught the more of a choice the better it turned out. */
const algorithm = { name: 'sa2c', advantage: true, actsBy: 'next' } as const;

/**
 * Supervised advantage actor-critic (Xin et al. 2022, "Supervised Advantage Actor-Critic for Recommender Systems", SA2C): the
 * self-supervised head of a transformer is the actor, and a Q-head the critic.
 *
 *   A(s, a) = Q(s, a) - mean over all items of Q(s, .)
 *   w       = max(0, A(s, taken)) / its mean over the batch; 1 in the first `warmUp` updates
 *   loss    = Huber(r + discount x max Q(s', a'; target) - Q(s, a)) + nextWeight x w x -log p(taken | s)
 *
 * So of what was taken, what pays is taught more than what does not, and what pays less than the mean not at all (the paper's
 * weights may be negative). The actor sees the history alone; it acts.
 */
export const sa2c: AgentDefinition<typeof fineTuningSettings> = {
  name: 'sa2c',
  summary: 'a transformer fine-tuned as an actor: what was taken, weighted by its advantage',
  consumes: 'transitions',
  needsEngine: true,
  settings: fineTuningSettings,
  create: (context, settings) => fineTuned(algorithm, context, settings),
  restore: (context, settings, saved) => fineTuned(algorithm, context, settings, saved),
  grow: growFineTuned,
};
