export { type AgentSuiteOptions, agentSuite } from './agent/agent.suite.ts';
export { logSuite } from './log/log.suite.ts';
export { engineSuite } from './math/engine.suite.ts';
export { registrySuite } from './registry/registry.suite.ts';
export { storeSuite } from './state/store.suite.ts';
export { type CheckOptions, checkWorld, type MakeWorld } from './world/index.ts';
export { type WorldSuiteOptions, worldSuite } from './world/world.suite.ts';
