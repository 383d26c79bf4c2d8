import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Paths of all files under a folder, relative to it; none where it is not there. */
export function filesUnder(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

/** True for what stands beside the log in a backup. Whatever else a file from elsewhere may name is not written. */
export const belongs = (name: string): boolean =>
  (/^(models|worlds|campaigns)[/\\]/.test(name) && !name.split(/[/\\]/).includes('..')) ||
  name === 'shop.json';

/** Puts files into the table `file` of a backup. */
export function packFiles(backupPath: string, folder: string, names: readonly string[]): void {
  const database = new DatabaseSync(backupPath);
  try {
    database.exec('CREATE TABLE IF NOT EXISTS file (path TEXT PRIMARY KEY, content BLOB NOT NULL); BEGIN');
    const insert = database.prepare('INSERT INTO file VALUES (?, ?)');
    for (const name of names) insert.run(name, readFileSync(join(folder, name)));
    database.exec('COMMIT');
  } finally {
    database.close();
  }
}

/** Takes the files out of a restored log, into a folder, and the table with them. */
export function unpackFiles(logPath: string, folder: string): number {
  const database = new DatabaseSync(logPath);
  const rows = database.prepare('SELECT path, content FROM file').all();
  for (const row of rows) {
    const path = join(folder, row.path as string);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, row.content as Uint8Array);
  }
  database.exec('DROP TABLE file; VACUUM');
  database.close();
  return rows.length;
}
