import { agentSuite } from './agent.suite.ts';
import type { AgentDefinition } from './agent.ts';
import { popularity } from './popularity.ts';

agentSuite(popularity as AgentDefinition, { learns: 'popular', exactIncrements: true });
