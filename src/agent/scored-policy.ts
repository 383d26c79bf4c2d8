import { type ActionSpec, actionSize, type ObservationSpec, TendrilError } from '../core/index.ts';
import { logProbEpsilonGreedy, sampleEpsilonGreedy, topK } from './epsilon-greedy.ts';
import type { Policy } from './policy.ts';

/**
 * The policy of an agent that gives every item a number at once: epsilon-greedy over those numbers. `scoreRow` fills
 * `out` (one number for each item) for the observation that begins at `at`.
 */
export function scoredPolicy(
  observation: ObservationSpec,
  action: ActionSpec,
  epsilon: number,
  scoreRow: (observations: Float32Array, at: number, out: Float32Array) => void,
): Policy {
  const items = itemsOf(action);
  const k = actionSize(action);
  const row = new Float32Array(items);
  return {
    observation,
    action,
    async evaluate(observations, n, candidates) {
      const choices = candidates?.length ?? items;
      const values = new Float32Array(n * choices);
      for (let i = 0; i < n; i++) {
        const out = candidates ? row : values.subarray(i * items, (i + 1) * items);
        scoreRow(observations, i * observation.size, out);
        if (candidates) for (let c = 0; c < choices; c++) values[i * choices + c] = row[candidates[c]!]!;
      }
      return { n, choices, values };
    },
    sample: (scores, i, rng, mask) => sampleEpsilonGreedy(scores, i, k, epsilon, rng, mask),
    logProb: (scores, i, taken, mask) => logProbEpsilonGreedy(scores, i, taken, epsilon, mask),
    greedy: (scores, i, mask) => topK(scores, i, k, mask),
  };
}

/** Items an action chooses among. Throws where actions are not items. */
export function itemsOf(action: ActionSpec): number {
  if (action.kind === 'choice' || action.kind === 'slate') return action.n;
  throw new TendrilError(
    'bad-setting',
    `this agent chooses one item or a slate of items; it cannot choose actions of kind "${action.kind}"`,
  );
}

/** Share of random choices: a setting of every agent whose policy is epsilon-greedy over scores. */
export const epsilonSetting = {
  type: 'number',
  default: 0,
  min: 0,
  max: 1,
  doc: 'share of choices made at random',
} as const;
