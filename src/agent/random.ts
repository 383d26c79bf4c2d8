import type { AgentDefinition } from './agent.ts';
import { readModel, writeModel } from './saved-model.ts';
import { scoredPolicy } from './scored-policy.ts';

/** Chooses uniformly among what is allowed: the floor any agent must beat, and the cleanest logging policy. */
export const random: AgentDefinition = {
  name: 'random',
  summary: 'every allowed choice with the same probability',
  consumes: 'sequences',
  settings: {},
  create: async ({ observation, action }) => ({
    name: 'random',
    consumes: 'sequences' as const,
    fit: async () => ({}),
    learn: async () => ({}),
    save: async () => writeModel('random', { values: {}, arrays: {} }),
    policy: () => scoredPolicy(observation, action, 1, (_observations, _at, out) => out.fill(0)),
  }),
  async restore(context, settings, saved) {
    readModel('random', saved);
    return random.create(context, settings);
  },
};
