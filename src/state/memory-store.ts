import type { Store, Versioned } from './store.ts';

/** State in memory; lost with the process and rebuilt from the log. */
export function memoryStore<T>(): Store<T> {
  const entries = new Map<string, Versioned<T>>();
  return {
    get: async (key) => entries.get(key),
    async put(key, value, version) {
      if ((entries.get(key)?.version ?? 0) !== version) return false;
      entries.set(key, { value, version: version + 1 });
      return true;
    },
    async delete(key) {
      entries.delete(key);
    },
    async *keys() {
      yield* [...entries.keys()];
    },
  };
}
