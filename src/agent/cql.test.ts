import { ortEngine } from '../adapters/index.ts';
import { agentSuite } from './agent.suite.ts';
import type { AgentDefinition } from './agent.ts';
import { cql } from './cql.ts';

const engine = await ortEngine();
agentSuite(cql as AgentDefinition, {
  learns: 'next',
  context: async () => ({ engine }),
  batches: 30,
  settings: { hidden: 32, batchSize: 64, passes: 5, alpha: 0.1, learningRate: 0.005, epsilon: 0.05 },
});
