export { type AgentSuiteOptions, agentSuite } from './agent/agent.suite.ts';
export { logSuite } from './log/log.suite.ts';
export { engineSuite } from './math/engine.suite.ts';
export { registrySuite } from './registry/registry.suite.ts';
export { storeSuite } from './state/store.suite.ts';
