import { agentSuite } from './agent.suite.ts';
import type { AgentDefinition } from './agent.ts';
import { linUcb } from './lin-ucb.ts';

agentSuite(linUcb as AgentDefinition, { learns: 'next' });
agentSuite(linUcb as AgentDefinition, {
  learns: 'next',
  settings: { epsilon: 0.1, features: 'history.items' },
});
