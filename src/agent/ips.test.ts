import { agentSuite } from './agent.suite.ts';
import type { AgentDefinition } from './agent.ts';
import { ips } from './ips.ts';

for (const estimator of ['self-normalised', 'clipped'])
  agentSuite(ips as AgentDefinition, { learns: 'next', batches: 12, settings: { estimator, passes: 60 } });
