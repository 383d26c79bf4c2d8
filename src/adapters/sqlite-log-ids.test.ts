import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { hash53 } from '../core/index.ts';
import { ids } from './sqlite-log-ids.ts';

function empty(): DatabaseSync {
  const database = new DatabaseSync(':memory:');
  database.exec(`CREATE TABLE event (position INTEGER PRIMARY KEY, id TEXT);
    CREATE TABLE id_run (run INTEGER PRIMARY KEY, level INTEGER, entries INTEGER, upto INTEGER);
    CREATE TABLE id_page (page INTEGER PRIMARY KEY, entries BLOB);`);
  return database;
}

describe('ids', () => {
  test('finds every id through all levels of runs, before and after reading the file again', () => {
    const database = empty();
    const known = ids(database, 100);
    const insert = database.prepare('INSERT INTO event VALUES (?, ?)');
    const count = 100 * 8 * 8 + 350;
    for (let i = 1; i <= count; i++) {
      insert.run(i, `id${i}`);
      known.add(hash53(`id${i}`), i);
      known.settle();
    }
    const levels = database.prepare('SELECT level, count(*) AS n FROM id_run GROUP BY level').all();
    expect(levels.map((row) => ({ ...row }))).toEqual([
      { level: 0, n: 3 },
      { level: 2, n: 1 },
    ]);
    for (const each of [known, ids(database, 100)]) {
      for (let i = 1; i <= count; i++) expect(each.find(hash53(`id${i}`))).toEqual([i]);
      for (let i = 0; i < 1_000; i++) expect(each.find(hash53(`other${i}`))).toEqual([]);
    }
  });

  test('filters that may grow no more cost pages, and find the same', () => {
    const database = empty();
    const most = { all: 300, run: 200 };
    const [known, open] = [ids(database, 100, most), ids(empty(), 100)];
    const insert = database.prepare('INSERT INTO event VALUES (?, ?)');
    for (let i = 1; i <= 7_000; i++) {
      insert.run(i, `id${i}`);
      for (const each of [known, open]) {
        each.add(hash53(`id${i}`), i);
        each.settle();
      }
    }
    for (const each of [known, ids(database, 100, most), open]) {
      for (let i = 1; i <= 7_000; i++) expect(each.find(hash53(`id${i}`))).toEqual([i]);
      for (let i = 0; i < 1_000; i++) expect(each.find(hash53(`other${i}`))).toEqual([]);
    }
  });

  test('equal hashes keep all their positions, across pages and runs', () => {
    const known = ids(empty(), 600);
    for (let i = 1; i <= 700; i++) {
      known.add(i % 2 === 0 ? 77 : i, i);
      known.settle();
    }
    expect(known.find(77).filter((position) => position !== 77)).toHaveLength(350);
  });

  test('hash53 spreads a million similar texts without a collision', () => {
    const hashes = new Float64Array(1_000_000);
    for (let i = 0; i < hashes.length; i++) hashes[i] = hash53(`2024-01-01,user${i % 1000},item${i}`);
    hashes.sort();
    let equal = 0;
    for (let i = 1; i < hashes.length; i++) if (hashes[i] === hashes[i - 1]) equal++;
    expect(equal).toBe(0);
  });
});
