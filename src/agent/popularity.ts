import { addCounts } from './add-counts.ts';
import type { AgentContext, AgentDefinition, SequenceAgent } from './agent.ts';
import { growCounts } from './grow-counts.ts';
import { arrayOf, readModel, writeModel } from './saved-model.ts';
import { epsilonSetting, itemsOf, scoredPolicy } from './scored-policy.ts';

const settings = { epsilon: epsilonSetting } as const;

/** The same for everybody: what was interacted with most. The baseline that is embarrassing to lose to, and often not beaten. */
export const popularity: AgentDefinition<typeof settings> = {
  name: 'popularity',
  summary: 'what was interacted with most, the same for everybody',
  consumes: 'sequences',
  settings,
  create: async (context, values) => build(context, values, new Float64Array(itemsOf(context.action))),
  restore: async (context, values, saved) =>
    build(context, values, arrayOf(readModel('popularity', saved), 'counts', 'f64', itemsOf(context.action))),
  grow: growCounts({ counts: 0 }),
};

function build(
  { observation, action }: AgentContext,
  { epsilon }: { readonly epsilon: number },
  counts: Float64Array,
): SequenceAgent {
  return {
    name: 'popularity',
    consumes: 'sequences',
    async fit(train) {
      counts.fill(0);
      for (const item of train.items) counts[item]!++;
      return { interactions: train.items.length };
    },
    async learn(more, newFrom) {
      return { interactions: addCounts(counts, more, newFrom) };
    },
    save: async () => writeModel('popularity', { values: {}, arrays: { counts } }),
    policy: () => scoredPolicy(observation, action, epsilon, (_observations, _at, out) => out.set(counts)),
  };
}
