import { DatabaseSync } from 'node:sqlite';
import { hash53 } from '../core/index.ts';
import { ids } from './sqlite-log-ids.ts';

/**
 * The running number of a row among equal rows of a file, in flat memory: the same merge tree the log keeps its ids in,
 * over a temporary database that spills to disk and is gone when it is closed. Keys are told apart by 53 bits: among ten
 * million rows a wrong "second of its kind" has a chance of one in two hundred, and then costs nothing but the suffix
 * of that row's id.
 */
export interface RowCounts {
  /** How often this key was seen before: 0, 1, 2, ... */
  seen(key: string): number;
  close(): void;
}

export function rowCounts(generation = 65_536): RowCounts {
  const database = new DatabaseSync('');
  database.exec(`PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -4000;
    CREATE TABLE event (position INTEGER PRIMARY KEY, id TEXT);
    CREATE TABLE id_run (run INTEGER PRIMARY KEY, level INTEGER, entries INTEGER, upto INTEGER);
    CREATE TABLE id_page (page INTEGER PRIMARY KEY, entries BLOB);`);
  const known = ids(database);
  // Counts of the rows that repeat, the newest in memory in two generations; older ones go to the tree.
  let young = new Map<number, number>();
  let old = new Map<number, number>();
  const remember = (hash: number, count: number): void => {
    young.set(hash, count);
    if (young.size < generation) return;
    for (const [key, value] of old) if (!young.has(key)) known.add(key, value);
    known.settle();
    old = young;
    young = new Map();
  };
  return {
    seen(key) {
      const hash = hash53(key);
      let before = young.get(hash) ?? old.get(hash);
      if (before === undefined) {
        before = known.find(hash).reduce((most, count) => Math.max(most, count), 0);
        if (before === 0) {
          known.add(hash, 1);
          known.settle();
          return 0;
        }
      }
      remember(hash, before + 1);
      return before;
    },
    close: () => database.close(),
  };
}
