import { copyFileSync, existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { TendrilError } from '../core/index.ts';
import { belongs, unpackFiles } from './backup-files.ts';
import { type DataDirectory, openDataDirectory } from './data-directory.ts';
import { sqliteError } from './sqlite-error.ts';

/**
 * Makes a new data directory from a backup. One whose restore was killed may be restored into again. Throws `data-version` where the directory is not new or the file is no backup.
 */
export function restore(
  from: string,
  to: string,
): { readonly directory: DataDirectory; readonly files: number } {
  const path = resolve(from);
  if (!existsSync(path)) throw new TendrilError('no-such-file', `there is no file ${path}`);
  try {
    refuseOthers(path);
    if (existsSync(to) && existsSync(resolve(to, 'tendril.json')))
      throw new TendrilError('data-version', `${resolve(to)} holds data; give an empty or new directory`);
    let files = 0;
    const directory = openDataDirectory(to, {
      create: true,
      fill(made) {
        copyFileSync(path, made.logPath);
        files = unpackFiles(made.logPath, made.path);
      },
    });
    return { directory, files };
  } catch (error) {
    throw sqliteError(error, path);
  }
}

/** Throws `data-version` where the file is no backup, or names paths that none has: they could lie anywhere. */
function refuseOthers(path: string): void {
  const backup = new DatabaseSync(path, { readOnly: true });
  try {
    const tables = backup.prepare("SELECT 1 FROM sqlite_schema WHERE name IN ('event', 'file')").all();
    if (tables.length !== 2) throw new TendrilError('data-version', `${path} is no backup of Tendril`);
    const names = backup.prepare('SELECT path FROM file').all();
    const foreign = names.find((row) => !belongs(String(row.path)));
    if (foreign)
      throw new TendrilError(
        'data-version',
        `${path} is no backup of Tendril: it holds ${JSON.stringify(String(foreign.path).slice(0, 100))}; accepted: files of models/, worlds/ and campaigns/, and shop.json`,
      );
  } finally {
    backup.close();
  }
}
