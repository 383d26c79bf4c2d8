import { memoryStore } from './memory-store.ts';
import { storeSuite } from './store.suite.ts';

storeSuite('memoryStore', async () => memoryStore());
