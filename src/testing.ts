export { logSuite } from './log/log.suite.ts';
