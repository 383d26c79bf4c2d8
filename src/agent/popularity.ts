import { actionSize, TendrilError } from '../core/index.ts';
import type { AgentDefinition, SequenceAgent } from './agent.ts';
import { logProbEpsilonGreedy, sampleEpsilonGreedy, topK } from './epsilon-greedy.ts';

const settings = {
  epsilon: { type: 'number', default: 0, min: 0, max: 1, doc: 'share of choices made at random' },
} as const;

/** The same for everybody: what was interacted with most. The baseline that is embarrassing to lose to, and often not beaten. */
export const popularity: AgentDefinition<typeof settings> = {
  name: 'popularity',
  summary: 'what was interacted with most, the same for everybody',
  consumes: 'sequences',
  settings,
  create: async (context, values) => build(context, values, new Float64Array(itemsOf(context.action))),
  async restore(context, values, saved) {
    const counts = new Float64Array(saved.slice().buffer);
    if (counts.length !== itemsOf(context.action)) {
      throw new TendrilError(
        'bad-model',
        `the saved counts are of ${counts.length} items, the catalogue has ${itemsOf(context.action)}`,
      );
    }
    return build(context, values, counts);
  },
};

const itemsOf = (action: Parameters<typeof build>[0]['action']): number =>
  action.kind === 'choice' || action.kind === 'slate' ? action.n : 0;

function build(
  { observation, action }: Parameters<AgentDefinition['create']>[0],
  { epsilon }: { readonly epsilon: number },
  counts: Float64Array,
): SequenceAgent {
  const k = actionSize(action);
  return {
    name: 'popularity',
    consumes: 'sequences',
    async fit(train) {
      counts.fill(0);
      for (const item of train.items) counts[item]!++;
      return { interactions: train.items.length };
    },
    async learn(more) {
      for (const item of more.items) counts[item]!++;
      return { interactions: more.items.length };
    },
    save: async () => new Uint8Array(counts.slice().buffer),
    policy: () => ({
      observation,
      action,
      async evaluate(_observations, n, candidates) {
        const row = candidates
          ? Float32Array.from(candidates, (item) => counts[item]!)
          : Float32Array.from(counts);
        const values = new Float32Array(n * row.length);
        for (let i = 0; i < n; i++) values.set(row, i * row.length);
        return { n, choices: row.length, values };
      },
      sample: (scores, row, rng, mask) => sampleEpsilonGreedy(scores, row, k, epsilon, rng, mask),
      logProb: (scores, row, taken, mask) => logProbEpsilonGreedy(scores, row, taken, epsilon, mask),
      greedy: (scores, row, mask) => topK(scores, row, k, mask),
    }),
  };
}
