import { logSuite } from './log.suite.ts';
import { memoryLog } from './memory-log.ts';

logSuite('memoryLog', async () => memoryLog());
