export { memoryStore } from './memory-store.ts';
export type { Store, Versioned } from './store.ts';
