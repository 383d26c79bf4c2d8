import { existsSync, rmSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { type Progress, silent, TendrilError } from '../core/index.ts';
import { belongs, filesUnder, packFiles } from './backup-files.ts';
import type { DataDirectory } from './data-directory.ts';
import { sqliteError } from './sqlite-error.ts';

const CANNOT_OPEN = 14;

/** Models, of the shop and of worlds, and how the shop came to be; not what a training left to go on from or writes now. */
const kept = (root: string): string[] =>
  filesUnder(root).filter((name) => belongs(name) && !/\.(checkpoint|new|draft)$/.test(name));
const isPromotions = (name: string): boolean => /(^|[/\\])promotions\.jsonl$/.test(name);

/**
 * Copies a shop's data into one SQLite file: the log by SQLite's online backup (one moment of it, also while a server
 * writes), and the files of `kept` into a table `file` beside it, by their paths in the data directory. To restore:
 * `tendril backup --restore`.
 */
export async function backUp(
  directory: DataDirectory,
  to: string,
  progress: Progress = silent,
): Promise<{ readonly path: string; readonly bytes: number; readonly files: number }> {
  const path = resolve(to);
  if (existsSync(path))
    throw new TendrilError('bad-setting', `${path} exists; accepted: a path that does not`);
  if (!existsSync(directory.logPath))
    throw new TendrilError('no-data', `there is no log at ${directory.logPath}`);
  if (!statSync(dirname(path), { throwIfNoEntry: false })?.isDirectory())
    throw new TendrilError(
      'bad-setting',
      `${dirname(path)} is no directory; accepted: a file in a directory that is there`,
    );
  const source = new DatabaseSync(directory.logPath, { readOnly: true, timeout: 5_000 });
  try {
    await backup(source, path, {
      rate: 4_000,
      progress: ({ totalPages, remainingPages }) => progress(totalPages - remainingPages, totalPages, 'log'),
    });
    // What serves is read before what there is, so that a version promoted meanwhile is not named without being there.
    const promotions = kept(directory.path).filter(isPromotions);
    packFiles(path, directory.path, promotions);
    const models = kept(directory.path).filter((name) => !isPromotions(name));
    packFiles(path, directory.path, models);
    return { path, bytes: statSync(path).size, files: promotions.length + models.length };
  } catch (error) {
    rmSync(path, { force: true }); // half a backup is none
    if ((error as { errcode?: number }).errcode === CANNOT_OPEN)
      throw new TendrilError('bad-setting', `cannot write ${path}; accepted: a path that can be written`, {
        cause: error,
      });
    throw sqliteError(error, path);
  } finally {
    source.close();
  }
}
