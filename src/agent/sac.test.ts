import { ortEngine } from '../adapters/index.ts';
import { agentSuite } from './agent.suite.ts';
import type { AgentDefinition } from './agent.ts';
import { sac } from './sac.ts';

const engine = await ortEngine();
agentSuite(sac as AgentDefinition, {
  learns: 'next',
  context: async () => ({ engine }),
  batches: 60,
  settings: {
    learningRate: 0.005,
    hidden: 32,
    learningStarts: 64,
    updatesPerStep: 0.125,
    targetEntropy: 0.1,
  },
});
