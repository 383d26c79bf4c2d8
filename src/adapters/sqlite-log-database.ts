import { existsSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { hash53, TendrilError } from '../core/index.ts';
import { type EventColumns, emptyColumns } from './event-columns.ts';
import { type Ids, ids } from './sqlite-log-ids.ts';

/**
 * The tables of the log. One row an event in order of arrival, nothing indexed but the position, so that storing an
 * event is an append: ids are looked up in `sqlite-log-ids.ts`, an order by time is sorted when it is asked for, and the
 * index by shopper is built by the first reader that needs it and dropped by the next import.
 *
 *   event    position, time, type, shopper, anonymous, item, session, id, rest (JSON of all other fields)
 *   head     one row: last position, events stored, latest time, whether the order of arrival is the order of time
 *   id_run   id_page   the sorted runs of ids
 *   folded   one row, where a reader kept one: its bytes and the position they were folded up to
 */
export const LOG_FORMAT = 1;

/** An append this large is an import: it drops the index by shopper rather than pay for it with every row. */
const BULK = 2_000;

const schema = `
CREATE TABLE event (
  position INTEGER PRIMARY KEY, time INTEGER NOT NULL, type TEXT NOT NULL, shopper TEXT, anonymous INTEGER NOT NULL,
  item TEXT, session TEXT, id TEXT NOT NULL, rest TEXT);
CREATE TABLE head (
  one INTEGER PRIMARY KEY CHECK (one = 1), position INTEGER NOT NULL, size INTEGER NOT NULL, latest INTEGER,
  ordered INTEGER NOT NULL);
INSERT INTO head VALUES (1, 0, 0, NULL, 1);
CREATE TABLE id_run (run INTEGER PRIMARY KEY, level INTEGER NOT NULL, entries INTEGER NOT NULL, upto INTEGER NOT NULL);
CREATE TABLE id_page (page INTEGER PRIMARY KEY, entries BLOB NOT NULL);
PRAGMA user_version = ${LOG_FORMAT};`;

export interface Head {
  position: number;
  size: number;
  latest: number | null;
  ordered: number;
}

export function openDatabase(path: string, readOnly: boolean): DatabaseSync {
  if (readOnly && !existsSync(path)) throw new TendrilError('no-data', `there is no log at ${path}`);
  const database = new DatabaseSync(path, { readOnly, timeout: 5_000 });
  // 16 MB of pages in memory; a write-ahead log of 16 MB before it is moved into the file.
  database.exec('PRAGMA cache_size = -16000; PRAGMA synchronous = FULL;');
  if (!readOnly) database.exec('PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864;');
  const empty = database.prepare('SELECT count(*) AS n FROM sqlite_schema').get()!.n === 0;
  if (empty && !readOnly) {
    database.exec('PRAGMA journal_mode = WAL');
    database.exec(`BEGIN; ${schema} COMMIT`);
  } else refuseOtherFormats(database, path);
  return database;
}

/** Throws `data-version` where another version wrote the log, or the file is something else. */
export function refuseOtherFormats(database: DatabaseSync, path: string): void {
  const format = database.prepare('PRAGMA user_version').get()!.user_version as number;
  if (format === LOG_FORMAT) return;
  throw new TendrilError(
    'data-version',
    `${path} is ${format === 0 ? 'no log of Tendril' : `a log of format ${format}`}; this version reads format ${LOG_FORMAT}`,
  );
}

export function readHead(database: DatabaseSync): Head {
  return database.prepare('SELECT position, size, latest, ordered FROM head').get() as unknown as Head;
}

/** The writing half; one per process and log, held by the log's thread. */
export interface LogWriter {
  /** Several appends in one transaction; each is whole or not there at all. */
  append(groups: readonly EventColumns[]): Stored[];
  find(id: string): EventColumns;
  erase(shopper: string, now: number): number;
  keep(position: number, bytes: Uint8Array): void;
  indexShoppers(): void;
  readonly head: Head;
}

/** How an append went; `position` is that of the last event when it was done. */
interface Stored {
  readonly duplicate: Uint8Array;
  readonly duplicates: number;
  readonly position: number;
}

export function logWriter(database: DatabaseSync): LogWriter {
  const insert = database.prepare('INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const idAt = database.prepare('SELECT id FROM event WHERE position = ?');
  const writeHead = database.prepare('UPDATE head SET position = ?, size = ?, latest = ?, ordered = ?');
  const known: Ids = ids(database);
  let head = readHead(database);

  const transaction = <T>(work: () => T): T => {
    const before = { ...head };
    database.exec('BEGIN IMMEDIATE');
    try {
      const answer = work();
      writeHead.run(head.position, head.size, head.latest, head.ordered);
      database.exec('COMMIT');
      return answer;
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      head = before;
      known.reload();
      throw error;
    }
  };

  /** A row that was erased still counts: what a shopper had removed does not come back with the next import. */
  const isKnown = (hash: number, id: string): boolean =>
    known.find(hash).some((position) => {
      const row = idAt.get(position);
      return row === undefined || row.id === id;
    });

  function store(columns: EventColumns): Stored {
    const duplicate = new Uint8Array(columns.ids.length);
    let duplicates = 0;
    for (let i = 0; i < columns.ids.length; i++) {
      const id = columns.ids[i]!;
      const hash = hash53(id);
      if (isKnown(hash, id)) {
        duplicate[i] = 1;
        duplicates++;
        continue;
      }
      const time = columns.times[i]!;
      head.position++;
      head.size++;
      if (head.latest !== null && time < head.latest) head.ordered = 0;
      else head.latest = time;
      insert.run(
        head.position,
        time,
        columns.types[i]!,
        columns.shoppers[i]!,
        columns.anonymous[i]!,
        columns.items[i]!,
        columns.sessions[i]!,
        id,
        columns.rest[i]!,
      );
      known.add(hash, head.position);
    }
    return { duplicate, duplicates, position: head.position };
  }

  return {
    get head() {
      return head;
    },
    append: (groups) =>
      transaction(() => {
        if (groups.some((columns) => columns.ids.length >= BULK))
          database.exec('DROP INDEX IF EXISTS by_shopper');
        const answers = groups.map(store);
        known.settle();
        return answers;
      }),
    find(id) {
      for (const position of known.find(hash53(id))) {
        const found = take(select(database, { after: position - 1, upto: position, id }), 2);
        if (found.ids.length > 0) return found;
      }
      return emptyColumns();
    },
    keep: (position, bytes) =>
      transaction(() => {
        database.exec('CREATE TABLE IF NOT EXISTS folded (position INTEGER NOT NULL, bytes BLOB NOT NULL)');
        database.exec('DELETE FROM folded');
        database.prepare('INSERT INTO folded VALUES (?, ?)').run(position, bytes);
      }),
    erase: (shopper, now) =>
      transaction(() => {
        known.settle(true);
        database.exec('PRAGMA secure_delete = ON'); // what is erased is overwritten, not only unlinked
        const removed = Number(database.prepare('DELETE FROM event WHERE shopper = ?').run(shopper).changes);
        if (hasFolded(database)) database.exec('DELETE FROM folded');
        database.exec('PRAGMA secure_delete = OFF');
        head.size -= removed;
        const tombstone = emptyColumns();
        tombstone.ids.push(`erased:${shopper}:${now}`);
        tombstone.types.push('erased');
        tombstone.times.push(now);
        tombstone.shoppers.push(shopper);
        tombstone.anonymous.push(0);
        tombstone.items.push(null);
        tombstone.sessions.push(null);
        tombstone.rest.push(null);
        store(tombstone);
        return removed;
      }),
    indexShoppers: () => database.exec('CREATE INDEX IF NOT EXISTS by_shopper ON event (shopper)'),
  };
}

const hasFolded = (database: DatabaseSync): boolean =>
  database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'folded'").get() !== undefined;

export function readFolded(database: DatabaseSync): { position: number; bytes: Uint8Array } | undefined {
  if (!hasFolded(database)) return undefined;
  return database.prepare('SELECT position, bytes FROM folded').get() as ReturnType<typeof readFolded>;
}

/** What a read asks for; every part may be missing. */
export interface Query {
  readonly after?: number;
  readonly upto?: number;
  readonly from?: number;
  readonly to?: number;
  readonly shopper?: string;
  readonly id?: string;
  /** In order of time (equal times in order of arrival) instead of arrival. */
  readonly byTime?: boolean;
}

/** Rows that match, as an open cursor. */
export function select(database: DatabaseSync, query: Query): ReturnType<StatementSync['iterate']> {
  const where: string[] = [];
  const values: SQLInputValue[] = [];
  const only = (condition: string, value: SQLInputValue | undefined): void => {
    if (value === undefined || value === Infinity || value === -Infinity) return;
    where.push(condition);
    values.push(value);
  };
  only('position > ?', query.after);
  only('position <= ?', query.upto);
  only('time >= ?', query.from);
  only('time < ?', query.to);
  only('shopper = ?', query.shopper);
  only('id = ?', query.id);
  const sorted = query.byTime && readHead(database).ordered === 0;
  return database
    .prepare(
      `SELECT position, time, type, shopper, anonymous, item, session, id, rest FROM event
       ${where.length > 0 ? `WHERE ${where.join(' AND ')}` : ''} ORDER BY ${sorted ? 'time, position' : 'position'}`,
    )
    .iterate(...values);
}

/** The next rows of a cursor, at most `limit`. */
export function take(cursor: ReturnType<StatementSync['iterate']>, limit: number): EventColumns {
  const columns = emptyColumns();
  for (let n = 0; n < limit; n++) {
    const { done, value: row } = cursor.next();
    if (done || row === undefined) break;
    columns.positions.push(row.position as number);
    columns.times.push(row.time as number);
    columns.types.push(row.type as string);
    columns.shoppers.push(row.shopper as string | null);
    columns.anonymous.push(row.anonymous as number);
    columns.items.push(row.item as string | null);
    columns.sessions.push(row.session as string | null);
    columns.ids.push(row.id as string);
    columns.rest.push(row.rest as string | null);
  }
  return columns;
}
