import { ortEngine } from '../adapters/index.ts';
import { a2c } from './a2c.ts';
import { agentSuite } from './agent.suite.ts';
import type { AgentDefinition } from './agent.ts';
import { boxAgentSuite } from './box-agent.suite.ts';

const engine = await ortEngine();
agentSuite(a2c as AgentDefinition, {
  learns: 'next',
  context: async () => ({ engine }),
  batches: 60,
  settings: { learningRate: 0.005, rolloutSteps: 16, hidden: 32, normaliseAdvantages: true },
});

boxAgentSuite(
  a2c as AgentDefinition,
  engine,
  { learningRate: 0.01, rolloutSteps: 16, hidden: 32, normaliseAdvantages: true, deviation: 0.5 },
  100,
);
