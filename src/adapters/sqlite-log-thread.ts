import { parentPort, workerData } from 'node:worker_threads';
import { TendrilError } from '../core/index.ts';
import type { EventColumns } from './event-columns.ts';
import { sqliteError } from './sqlite-error.ts';
import {
  type Head,
  type LogWriter,
  logWriter,
  openDatabase,
  type Query,
  readFolded,
  readHead,
  select,
  take,
} from './sqlite-log-database.ts';
import { takeLock } from './sqlite-log-lock.ts';

/**
 * The log's own threads: one writes, one reads, so that neither a long read nor a disk that takes its time holds the
 * server up. All appends that arrived while the last transaction was on its way to disk share the next one (group commit).
 */
export interface ThreadCalls {
  append(columns: EventColumns): { duplicate: Uint8Array; duplicates: number; position: number };
  erase(shopper: string, now: number): number;
  indexShoppers(): void;
  head(): Head;
  find(id: string): EventColumns;
  keep(position: number, bytes: Uint8Array): void;
  kept(): { position: number; bytes: Uint8Array } | undefined;
  open(query: Query): number;
  next(cursor: number): EventColumns;
  stop(cursor: number): void;
  close(): void;
}

export interface ThreadSettings {
  readonly path: string;
  readonly writes: boolean;
  readonly maxBytes: number | undefined;
}

export interface Request {
  readonly id: number;
  readonly call: keyof ThreadCalls;
  readonly args: readonly unknown[];
}

export interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: { readonly code: string | undefined; readonly message: string };
}

const ROWS_AT_ONCE = 4_000;
const GROUP_EVENTS = 50_000;
const { path, writes, maxBytes } = workerData as ThreadSettings;
const port = parentPort!;

const answer = (id: number, work: () => unknown): void => {
  try {
    port.postMessage({ id, value: work() } satisfies Answer);
  } catch (error) {
    refuse(id, error);
  }
};
const refuse = (id: number, error: unknown): void => {
  const told = sqliteError(error, path);
  const message = told instanceof Error ? told.message : String(told);
  port.postMessage({
    id,
    error: { code: told instanceof TendrilError ? told.code : undefined, message },
  } satisfies Answer);
};

function serve(): void {
  const lock = writes ? takeLock(path) : undefined;
  const database = openDatabase(path, !writes);
  if (maxBytes !== undefined) {
    const { page_size: pageSize } = database.prepare('PRAGMA page_size').get() as { page_size: number };
    database.exec(`PRAGMA max_page_count = ${Math.floor(maxBytes / pageSize)}`);
  }
  const writer: LogWriter | undefined = writes ? logWriter(database) : undefined;
  const cursors = new Map<number, ReturnType<typeof select>>();
  let nextCursor = 1;
  let waiting: { id: number; columns: EventColumns }[] = [];

  function flush(): void {
    while (waiting.length > 0) {
      let events = 0;
      let n = 0;
      while (n < waiting.length && (n === 0 || events + waiting[n]!.columns.ids.length <= GROUP_EVENTS))
        events += waiting[n++]!.columns.ids.length;
      const group = waiting.slice(0, n);
      waiting = waiting.slice(n);
      try {
        const answers = writer!.append(group.map((entry) => entry.columns));
        group.forEach(({ id }, i) => {
          port.postMessage({ id, value: answers[i]! } satisfies Answer);
        });
      } catch (error) {
        for (const { id } of group) refuse(id, error);
      }
    }
  }

  const calls: Omit<ThreadCalls, 'append'> = {
    erase: (shopper, now) => writer!.erase(shopper, now),
    indexShoppers: () => writer!.indexShoppers(),
    head: () => writer?.head ?? readHead(database),
    // Ids are looked up by the writer's index; a reader has to go through the log.
    find: (id) => writer?.find(id) ?? take(select(database, { id }), 2),
    keep: (position, bytes) => writer!.keep(position, bytes),
    kept: () => readFolded(database),
    open(query) {
      cursors.set(nextCursor, select(database, query));
      return nextCursor++;
    },
    next: (cursor) => take(cursors.get(cursor)!, ROWS_AT_ONCE),
    stop(cursor) {
      cursors.get(cursor)?.return?.();
      cursors.delete(cursor);
    },
    close() {
      for (const cursor of cursors.values()) cursor.return?.();
      database.close();
      lock?.close();
    },
  };

  port.on('message', ({ id, call, args }: Request) => {
    if (call === 'append') {
      if (waiting.length === 0) setImmediate(flush);
      waiting.push({ id, columns: args[0] as EventColumns });
      return;
    }
    flush();
    answer(id, () => (calls[call] as (...given: readonly unknown[]) => unknown)(...args));
    if (call === 'close') port.close();
  });
}

answer(0, serve);
