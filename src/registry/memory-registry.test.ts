import { memoryRegistry } from './memory-registry.ts';
import { registrySuite } from './registry.suite.ts';

registrySuite('memoryRegistry', async () => memoryRegistry());
