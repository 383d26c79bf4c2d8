import { TendrilError } from '../core/index.ts';
import type { AgentDefinition } from './agent.ts';
import { als } from './als.ts';
import { blendOf } from './blend.ts';
import { content } from './content.ts';
import { dqn } from './dqn.ts';
import { itemKnn } from './item-knn.ts';
import { markov } from './markov.ts';
import { popularity } from './popularity.ts';
import { qLearning } from './q-learning.ts';
import { random } from './random.ts';
import { recentPopularity } from './recent-popularity.ts';
import { related } from './related.ts';

/** Every agent there is, from the smallest to the largest. */
export const agents: readonly AgentDefinition[] = [
  random,
  popularity,
  recentPopularity,
  markov,
  itemKnn,
  qLearning,
  als,
  content,
  related,
  dqn,
] as readonly AgentDefinition[];

/** An agent by its name, or a blend by its parts' names: `markov+item-knn`. Throws TendrilError `unknown-agent`, naming the ones there are. */
export function agentNamed(name: string): AgentDefinition {
  const found = agents.find((agent) => agent.name === name);
  if (found) return found;
  const parts = name.split('+');
  if (parts.length > 1 && new Set(parts).size === parts.length) return blendOf(parts.map(agentNamed));
  throw new TendrilError(
    'unknown-agent',
    `there is no agent "${name}"; there are: ${agents.map((a) => a.name).join(', ')}, and blends such as markov+item-knn`,
  );
}
