import { copyFileSync, existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { TendrilError } from '../core/index.ts';
import { unpackFiles } from './backup-files.ts';
import { type DataDirectory, openDataDirectory } from './data-directory.ts';
import { sqliteError } from './sqlite-error.ts';

/** Makes a new data directory from a backup. Throws `data-version` where the directory is not new or the file is no backup. */
export function restore(
  from: string,
  to: string,
): { readonly directory: DataDirectory; readonly files: number } {
  const path = resolve(from);
  if (!existsSync(path)) throw new TendrilError('no-such-file', `there is no file ${path}`);
  try {
    const backup = new DatabaseSync(path, { readOnly: true });
    const isBackup =
      backup.prepare("SELECT count(*) AS n FROM sqlite_schema WHERE name IN ('event', 'file')").get()!.n ===
      2;
    backup.close();
    if (!isBackup) throw new TendrilError('data-version', `${path} is no backup of Tendril`);
    if (existsSync(to) && existsSync(resolve(to, 'tendril.json')))
      throw new TendrilError('data-version', `${resolve(to)} holds data; give an empty or new directory`);
    const directory = openDataDirectory(to, { create: true });
    copyFileSync(path, directory.logPath);
    return { directory, files: unpackFiles(directory.logPath, directory.path) };
  } catch (error) {
    throw sqliteError(error, path);
  }
}
