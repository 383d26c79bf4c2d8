import { actionSize } from '../core/index.ts';
import type { AgentDefinition } from './agent.ts';
import { logProbEpsilonGreedy, sampleEpsilonGreedy, topK } from './epsilon-greedy.ts';

/** Chooses uniformly among what is allowed: the floor any agent must beat, and the cleanest logging policy. */
export const random: AgentDefinition = {
  name: 'random',
  summary: 'every allowed choice with the same probability',
  consumes: 'sequences',
  settings: {},
  async create({ observation, action }) {
    const choices = action.kind === 'choice' || action.kind === 'slate' ? action.n : 0;
    const k = actionSize(action);
    return {
      name: 'random',
      consumes: 'sequences' as const,
      fit: async () => ({}),
      learn: async () => ({}),
      save: async () => new Uint8Array(0),
      policy: () => ({
        observation,
        action,
        async evaluate(_observations, n, candidates) {
          const width = candidates?.length ?? choices;
          return { n, choices: width, values: new Float32Array(n * width) };
        },
        sample: (scores, row, rng, mask) => sampleEpsilonGreedy(scores, row, k, 1, rng, mask),
        logProb: (scores, row, taken, mask) => logProbEpsilonGreedy(scores, row, taken, 1, mask),
        greedy: (scores, row, mask) => topK(scores, row, k, mask),
      }),
    };
  },
  restore: (context, settings) => random.create(context, settings),
};
