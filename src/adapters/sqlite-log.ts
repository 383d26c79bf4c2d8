import { Worker } from 'node:worker_threads';
import { type ErrorCode, errors, TendrilError } from '../core/index.ts';
import type { Log } from '../log/index.ts';
import { eventAt, plain, toColumns } from './event-columns.ts';
import type { Query } from './sqlite-log-database.ts';
import type { Answer, Request, ThreadCalls, ThreadSettings } from './sqlite-log-thread.ts';

export interface SqliteLogSettings {
  /** Reads beside another process that writes; `append` and `erase` are refused. */
  readonly readOnly?: boolean;
  /** The most bytes the file may grow to; beyond it appends are refused with `disk-full`. */
  readonly maxBytes?: number;
}

/**
 * The log in one SQLite file: write-ahead logging, synchronous commits (an acknowledged event survives a power cut),
 * group commit on a thread of its own. One process writes, any number read beside it.
 * Throws `already-writing`, `data-version`, `no-data` (read only, nothing there), `disk-full`.
 */
export async function sqliteLog(path: string, settings: SqliteLogSettings = {}): Promise<Log> {
  const { readOnly = false, maxBytes } = settings;
  const writer = readOnly ? undefined : await startThread({ path, writes: true, maxBytes });
  let reader: Promise<Thread> | undefined;
  const reading = (): Promise<Thread> => {
    reader ??= startThread({ path, writes: false, maxBytes: undefined });
    return reader;
  };
  if (readOnly) await reading();

  const writing = (): Thread => {
    if (!writer) throw new TendrilError('already-writing', `${path} was opened for reading only`);
    return writer;
  };
  const either = async (): Promise<Thread> => writer ?? (await reading());
  const head = async () => (await either()).call('head');

  async function* rows(query: Query) {
    const thread = await reading();
    const cursor = await thread.call('open', query);
    try {
      // The next rows are fetched while these are consumed.
      let coming = thread.call('next', cursor);
      for (;;) {
        const columns = await coming;
        if (columns.ids.length === 0) return;
        coming = thread.call('next', cursor);
        coming.catch(() => {}); // awaited above unless the consumer stops first
        for (let i = 0; i < columns.ids.length; i++)
          yield { position: String(columns.positions[i]), event: eventAt(columns, i) };
      }
    } finally {
      await thread.call('stop', cursor);
    }
  }
  async function* eventsOf(query: Query) {
    for await (const { event } of rows(query)) yield event;
  }

  return {
    async append(events) {
      const { duplicate, duplicates, position } = await writing().call('append', toColumns(events));
      return {
        accepted: events.length - duplicates,
        duplicates,
        duplicate,
        position: position > 0 ? String(position) : undefined,
      };
    },
    async *read(from) {
      const { position } = await head();
      yield* rows({ after: from === undefined ? 0 : Number(from), upto: position });
    },
    readByTime: (from, to) =>
      eventsOf({
        byTime: true,
        ...(from !== undefined && { from }),
        ...(to !== undefined && { to }),
      }),
    async *readShopper(shopper) {
      if (writer) await writer.call('indexShoppers');
      yield* eventsOf({ byTime: true, shopper });
    },
    async find(eventId) {
      const columns = await (await either()).call('find', plain(eventId));
      return columns.ids.length === 0 ? undefined : eventAt(columns, 0);
    },
    erase: async (shopper, now) => writing().call('erase', shopper, now),
    async head() {
      const { position } = await head();
      return position > 0 ? String(position) : undefined;
    },
    size: async () => (await head()).size,
    keep: async ({ position, bytes }) => writing().call('keep', Number(position), bytes),
    async kept() {
      const folded = await (await either()).call('kept');
      return folded && { position: String(folded.position), bytes: folded.bytes };
    },
    async close() {
      if (reader) await (await reader).end();
      await writer?.end();
    },
  };
}

interface Thread {
  call<K extends keyof ThreadCalls>(
    call: K,
    ...args: Parameters<ThreadCalls[K]>
  ): Promise<ReturnType<ThreadCalls[K]>>;
  end(): Promise<void>;
}

/** Starts a thread of the log; rejects where it cannot open the file. The thread holds the process only while it is asked. */
async function startThread(settings: ThreadSettings): Promise<Thread> {
  const file = import.meta.url.endsWith('.ts') ? './sqlite-log-thread.ts' : './sqlite-log-thread.js';
  const worker = new Worker(new URL(file, import.meta.url), { workerData: settings, execArgv: [] });
  const open = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  let nextId = 1;
  let failure: Error | undefined;
  const fail = (error: Error): void => {
    failure = error;
    for (const { reject } of open.values()) reject(error);
    open.clear();
  };
  const waitFor = (id: number): Promise<unknown> =>
    new Promise((resolve, reject) => {
      worker.ref();
      open.set(id, { resolve, reject });
    });
  worker.on('message', ({ id, value, error }: Answer) => {
    const asked = open.get(id);
    open.delete(id);
    if (open.size === 0) worker.unref();
    if (error) asked?.reject(toError(error));
    else asked?.resolve(value);
  });
  worker.on('error', (error) => fail(error as Error));
  worker.on('exit', () => fail(failure ?? new Error('the log is closed')));

  const thread: Thread = {
    async call(call, ...args) {
      if (failure) throw failure;
      const id = nextId++;
      const answered = waitFor(id);
      worker.postMessage({ id, call, args } satisfies Request);
      return (await answered) as never;
    },
    async end() {
      if (failure) return;
      await thread.call('close');
      worker.ref();
      await ended;
    },
  };
  try {
    await waitFor(0);
  } catch (error) {
    await worker.terminate();
    throw error;
  }
  return thread;
}

const toError = ({ code, message }: NonNullable<Answer['error']>): Error =>
  code !== undefined && code in errors ? new TendrilError(code as ErrorCode, message) : new Error(message);
