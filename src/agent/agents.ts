import { TendrilError } from '../core/index.ts';
import type { AgentDefinition } from './agent.ts';
import { popularity } from './popularity.ts';
import { random } from './random.ts';

/** Every agent there is, from the smallest to the largest. */
export const agents: readonly AgentDefinition[] = [random, popularity] as readonly AgentDefinition[];

/** An agent by its name. Throws TendrilError `unknown-agent`, naming the ones there are. */
export function agentNamed(name: string): AgentDefinition {
  const found = agents.find((agent) => agent.name === name);
  if (!found) {
    throw new TendrilError(
      'unknown-agent',
      `there is no agent "${name}"; there are: ${agents.map((a) => a.name).join(', ')}`,
    );
  }
  return found;
}
