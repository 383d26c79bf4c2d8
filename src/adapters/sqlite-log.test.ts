import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, test } from 'vitest';
import type { Event } from '../core/index.ts';
import type { Log } from '../log/index.ts';
import { logSuite } from '../log/log.suite.ts';
import { sqliteLog } from './sqlite-log.ts';
import { openDatabase } from './sqlite-log-database.ts';

const directory = mkdtempSync(join(tmpdir(), 'tendril-log-'));
afterAll(() => rmSync(directory, { recursive: true }));
let n = 0;
const newPath = (): string => join(directory, `log-${n++}.sqlite`);
const paths = new Map<Log, string>();
const open = async (path: string): Promise<Log> => {
  const log = await sqliteLog(path);
  paths.set(log, path);
  return log;
};

test('commits are written ahead and synchronous: what is acknowledged survives a power cut', () => {
  const path = newPath();
  for (const _ of ['made', 'opened again']) {
    const database = openDatabase(path, false);
    expect(database.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
    expect(database.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 2 });
    database.close();
  }
});

logSuite(
  'sqliteLog',
  () => open(newPath()),
  async (log) => {
    await log.close();
    return open(paths.get(log)!);
  },
);

const click = (i: number, padding = ''): Event => ({
  eventId: `e${i}${padding}`,
  eventType: 'click',
  timestamp: i,
  userId: `u${i % 10}`,
});
const refusal = (code: string) => expect.objectContaining({ code });

describe('sqliteLog', () => {
  test('a second writer gets one sentence, and writes once the first has closed', async () => {
    const path = newPath();
    const first = await sqliteLog(path);
    await expect(sqliteLog(path)).rejects.toEqual(refusal('already-writing'));
    await first.close();
    await (await sqliteLog(path)).close();
  });

  test('a reader reads beside the writer, sees what is new, and may not write', async () => {
    const path = newPath();
    const writer = await sqliteLog(path);
    await writer.append([click(1)]);
    const reader = await sqliteLog(path, { readOnly: true });
    await writer.append([click(2)]);
    const seen: string[] = [];
    for await (const { event } of reader.read()) seen.push(event.eventId);
    expect(seen).toEqual(['e1', 'e2']);
    await expect(reader.append([click(3)])).rejects.toEqual(refusal('already-writing'));
    await reader.close();
    await writer.close();
    const alone = await sqliteLog(path, { readOnly: true });
    expect(await alone.size()).toBe(2);
    await alone.close();
  });

  test('reading where there is no log, and a log of another format, are refused', async () => {
    await expect(sqliteLog(newPath(), { readOnly: true })).rejects.toEqual(refusal('no-data'));
    const path = newPath();
    const database = new DatabaseSync(path);
    database.exec('CREATE TABLE x (y); PRAGMA user_version = 99');
    database.close();
    await expect(sqliteLog(path)).rejects.toEqual(refusal('data-version'));
  });

  test('a full disk refuses the append, keeps what was acknowledged, and goes on where there is room', async () => {
    const path = newPath();
    const small = await sqliteLog(path, { maxBytes: 400_000 });
    await small.append([click(0)]);
    const large = Array.from({ length: 5_000 }, (_, i) => click(i, 'x'.repeat(200)));
    await expect(small.append(large)).rejects.toEqual(refusal('disk-full'));
    expect(await small.append([click(0), click(1)])).toMatchObject({ accepted: 1, duplicates: 1 });
    expect(await small.size()).toBe(2);
    await small.close();
    const roomy = await sqliteLog(path);
    expect(await roomy.append(large)).toMatchObject({ accepted: 5_000 });
    await roomy.close();
  });
});
