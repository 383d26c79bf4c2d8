import { agentSuite } from './agent.suite.ts';
import type { AgentDefinition } from './agent.ts';
import { dr } from './dr.ts';

agentSuite(dr as AgentDefinition, { learns: 'next', batches: 12, settings: { passes: 60 } });
