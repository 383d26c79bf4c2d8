/** State by key, with versions: a write names the version it read, so that no update is lost. */
export interface Store<T> {
  get(key: string): Promise<Versioned<T> | undefined>;
  /** Version 0 creates. Answers false, and changes nothing, where the stored version is another. */
  put(key: string, value: T, version: number): Promise<boolean>;
  delete(key: string): Promise<void>;
  keys(): AsyncIterable<string>;
}

export interface Versioned<T> {
  readonly value: T;
  /** Counts up from 1 with every write. */
  readonly version: number;
}
