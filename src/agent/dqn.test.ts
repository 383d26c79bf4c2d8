import { ortEngine } from '../adapters/index.ts';
import { agentSuite } from './agent.suite.ts';
import type { AgentDefinition } from './agent.ts';
import { dqn } from './dqn.ts';

const context = async () => ({ engine: await ortEngine() });
agentSuite(dqn as AgentDefinition, {
  learns: 'next',
  context,
  batches: 12,
  settings: { updatesPerStep: 0.5, learningRate: 0.005 },
});
