import { agentSuite } from './agent.suite.ts';
import type { AgentDefinition } from './agent.ts';
import { thompson } from './thompson.ts';

agentSuite(thompson as AgentDefinition, { learns: 'next' });
agentSuite(thompson as AgentDefinition, {
  learns: 'next',
  settings: { epsilon: 0.1, features: 'history.items' },
});
