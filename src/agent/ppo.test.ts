import { ortEngine } from '../adapters/index.ts';
import { agentSuite } from './agent.suite.ts';
import type { AgentDefinition } from './agent.ts';
import { boxAgentSuite } from './box-agent.suite.ts';
import { ppo } from './ppo.ts';

const engine = await ortEngine();
agentSuite(ppo as AgentDefinition, {
  learns: 'next',
  context: async () => ({ engine }),
  batches: 12,
  settings: { learningRate: 0.01, rolloutSteps: 32, batchSize: 64, epochs: 4, hidden: 32 },
});

boxAgentSuite(
  ppo as AgentDefinition,
  engine,
  { learningRate: 0.01, rolloutSteps: 32, batchSize: 64, epochs: 10, hidden: 32, deviation: 0.5 },
  12,
);
