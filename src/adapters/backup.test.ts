import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, test } from 'vitest';
import { backUp } from './backup.ts';
import { openDataDirectory } from './data-directory.ts';
import { restore } from './restore.ts';
import { sqliteLog } from './sqlite-log.ts';

const root = mkdtempSync(join(tmpdir(), 'tendril-backup-'));
afterAll(() => rmSync(root, { recursive: true }));

test('a backup taken beside a writer holds the log and the models, and restores into a new directory', async () => {
  const directory = openDataDirectory(join(root, 'data'), { create: true });
  mkdirSync(join(directory.modelsPath, 'markov'));
  writeFileSync(join(directory.modelsPath, 'markov/1.bin'), 'weights');
  writeFileSync(join(directory.modelsPath, 'markov/.0b1c.draft'), 'being written');
  writeFileSync(join(directory.modelsPath, 'promotions.jsonl'), '');
  writeFileSync(join(directory.modelsPath, 'dqn.checkpoint'), 'of a training that was killed');
  mkdirSync(join(directory.worldPath('chain-v1'), 'dqn'), { recursive: true });
  writeFileSync(join(directory.worldPath('chain-v1'), 'dqn/1.bin'), 'of a world');
  writeFileSync(join(directory.worldPath('chain-v1'), 'dqn.checkpoint.new'), 'half written');
  writeFileSync(join(directory.path, 'shop.json'), '{"name":"demo","notes":[]}');
  writeFileSync(join(directory.rejectsPath, 'rows.jsonl'), '{}');
  const log = await sqliteLog(directory.logPath);
  const events = Array.from({ length: 3_000 }, (_, i) => ({
    eventId: `e${i}`,
    eventType: 'view',
    timestamp: i,
    userId: 'u',
  }));
  await log.append(events);
  const file = join(root, 'backup.sqlite');
  expect(await backUp(directory, file)).toMatchObject({ files: 4 });
  await log.append([{ ...events[0]!, eventId: 'later' }]);
  await log.close();
  await expect(backUp(directory, file)).rejects.toThrow(/exists/);
  for (const nowhere of [join(root, 'none/backup.sqlite'), join(file, 'backup.sqlite')])
    await expect(backUp(directory, nowhere)).rejects.toEqual(
      expect.objectContaining({ code: 'bad-setting', message: expect.stringContaining('accepted: ') }),
    );

  const again = restore(file, join(root, 'restored'));
  expect(readFileSync(join(again.directory.modelsPath, 'markov/1.bin'), 'utf8')).toBe('weights');
  expect(readFileSync(join(again.directory.worldPath('chain-v1'), 'dqn/1.bin'), 'utf8')).toBe('of a world');
  expect(readFileSync(join(again.directory.path, 'shop.json'), 'utf8')).toContain('demo');
  expect(readdirSync(again.directory.modelsPath).sort()).toEqual(['markov', 'promotions.jsonl']);
  expect(readdirSync(join(again.directory.modelsPath, 'markov'))).toEqual(['1.bin']);
  expect(readdirSync(again.directory.worldPath('chain-v1'))).toEqual(['dqn']);
  expect(readdirSync(again.directory.rejectsPath)).toEqual([]);
  const restored = await sqliteLog(again.directory.logPath);
  expect(await restored.size()).toBe(3_000);
  expect(await restored.append(events)).toMatchObject({ duplicates: 3_000 });
  await restored.close();
  expect(() => restore(file, join(root, 'restored'))).toThrow(/holds data/);
  writeFileSync(join(root, 'no-backup'), 'x'.repeat(5_000));
  expect(() => restore(join(root, 'no-backup'), join(root, 'new'))).toThrow(/not a readable/);
});

test('a restore broken off at any point is no data directory yet, and can be done again', () => {
  const file = join(root, 'one.sqlite');
  const database = new DatabaseSync(file);
  database.exec('CREATE TABLE event (position); CREATE TABLE file (path TEXT PRIMARY KEY, content BLOB)');
  const insert = database.prepare('INSERT INTO file VALUES (?, ?)');
  insert.run('models/markov/1.bin', Buffer.from('weights'));
  // A folder of that name lies in the way of this one: the restore ends between the two files.
  insert.run('models/markov/1.bin/2', Buffer.from('x'));
  database.close();
  const to = join(root, 'killed');
  expect(() => restore(file, to)).toThrow();
  expect(readdirSync(to).sort()).toEqual(['log.sqlite', 'models', 'rejects', 'reports', 'tendril.json.new']);
  writeFileSync(join(to, 'log.sqlite-wal'), 'stale');
  expect(() => openDataDirectory(to)).toThrow(/no data directory/);
  expect(() => openDataDirectory(to, { create: true })).toThrow(/was broken off; repeat it/);

  const mended = new DatabaseSync(file);
  mended.exec("DELETE FROM file WHERE path LIKE '%/2'");
  mended.close();
  writeFileSync(join(to, 'mine.txt'), 'of somebody else');
  expect(() => restore(file, to)).toThrow(/holds other files/);
  expect(readFileSync(join(to, 'log.sqlite-wal'), 'utf8')).toBe('stale');
  rmSync(join(to, 'mine.txt'));
  expect(restore(file, to).files).toBe(1);
  expect(readFileSync(join(to, 'models/markov/1.bin'), 'utf8')).toBe('weights');
  expect(readdirSync(to).sort()).toEqual(['log.sqlite', 'models', 'rejects', 'reports', 'tendril.json']);
});

test.each(['../outside', 'models/../../outside', 'worlds/x/../../../outside', '/outside', 'tendril.json'])(
  'a file that names %s is no backup, and nothing of it is written',
  (name) => {
    const file = join(root, `made-${name.replaceAll(/\W/g, '-')}.sqlite`);
    const database = new DatabaseSync(file);
    database.exec('CREATE TABLE event (position); CREATE TABLE file (path, content)');
    database.prepare('INSERT INTO file VALUES (?, ?)').run(name, 'x');
    database.close();
    const to = join(root, 'never');
    expect(() => restore(file, to)).toThrow(/is no backup of Tendril: it holds/);
    expect(readdirSync(root)).not.toContain('never');
  },
);
