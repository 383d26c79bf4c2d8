import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { TendrilError } from '../core/index.ts';

/**
 * Everything one shop's Tendril keeps, in one directory:
 *
 *   tendril.json    {"format": 1}: the version of this layout
 *   log.sqlite      the events (beside it log.sqlite-wal and -shm while open, and log.sqlite.lock)
 *   models/         versions of models and which one serves; <agent>.checkpoint of a training that runs or was killed
 *   worlds/<id>/    the same for agents trained in that world, none of which serves
 *   campaigns/      <campaignId>.json, and the policy files that campaigns name
 *   reports/        what `tendril report` and `tendril evaluate` write
 *   rejects/        rows that imports could not take, as JSON lines
 */
export interface DataDirectory {
  readonly path: string;
  readonly logPath: string;
  readonly modelsPath: string;
  /** Versions of models trained in a world. */
  worldPath(id: string): string;
  readonly campaignsPath: string;
  readonly reportsPath: string;
  readonly rejectsPath: string;
}

export const DATA_FORMAT = 1;

/** What may lie in a directory whose making was broken off, by a full disk for one. */
const ours = new Set(['models', 'reports', 'rejects', 'tendril.json.new']);
/** What besides may lie there where a filling was broken off. */
const filled = [
  'log.sqlite',
  'log.sqlite-wal',
  'log.sqlite-shm',
  'log.sqlite-journal',
  'worlds',
  'campaigns',
  'shop.json',
];

/** Where the data is: what was said, else TENDRIL_DATA, else ./tendril-data. */
export function dataPath(given?: string): string {
  return resolve(given ?? (process.env.TENDRIL_DATA || 'tendril-data'));
}

/**
 * Opens a data directory, or makes one where `create` says so and the path is empty or not there.
 * With `fill` the new directory is filled before its version is written; where that was broken off, it begins anew.
 * Throws `no-data` where there is none, `data-version` where another version wrote it or it is something else.
 */
export function openDataDirectory(
  path: string,
  { create = false, fill }: { create?: boolean; fill?: (directory: DataDirectory) => void } = {},
): DataDirectory {
  const root = resolve(path);
  const versionFile = join(root, 'tendril.json');
  const directory: DataDirectory = {
    path: root,
    logPath: join(root, 'log.sqlite'),
    modelsPath: join(root, 'models'),
    worldPath: (id) => join(root, 'worlds', id),
    campaignsPath: join(root, 'campaigns'),
    reportsPath: join(root, 'reports'),
    rejectsPath: join(root, 'rejects'),
  };
  if (existsSync(root) && !statSync(root).isDirectory())
    throw new TendrilError('data-version', `${root} is a file; a data directory is expected`);
  if (!existsSync(versionFile)) {
    if (!create) throw new TendrilError('no-data', `there is no data directory at ${root}`);
    const begun = existsSync(`${versionFile}.new`);
    const others = existsSync(root) ? readdirSync(root).filter((name) => !ours.has(name)) : [];
    const brokenOff = begun && others.every((name) => filled.includes(name));
    if (others.length > 0 && !(fill && brokenOff)) {
      throw new TendrilError(
        'data-version',
        brokenOff
          ? `a restore into ${root} was broken off; repeat it, or give an empty or new directory`
          : `${root} holds other files and no tendril.json; give an empty or new directory`,
      );
    }
    make(root);
    // The version file comes last and whole: a directory that has it is complete, one with the draft is ours to fill.
    writeFileSync(`${versionFile}.new`, `${JSON.stringify({ format: DATA_FORMAT })}\n`);
    if (fill && begun)
      for (const name of ['models', ...filled]) rmSync(join(root, name), { recursive: true, force: true });
    for (const folder of [directory.modelsPath, directory.reportsPath, directory.rejectsPath]) make(folder);
    fill?.(directory);
    renameSync(`${versionFile}.new`, versionFile);
    return directory;
  }
  const format = readFormat(versionFile);
  if (format !== DATA_FORMAT) {
    throw new TendrilError(
      'data-version',
      `${root} was written in format ${format ?? 'unknown'}; this version reads format ${DATA_FORMAT}`,
    );
  }
  return directory;
}

function make(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC')
      throw new TendrilError('disk-full', `there is no room left for ${folder}`, { cause: error });
    throw new TendrilError(
      'bad-setting',
      `cannot make the directory ${folder}: ${(error as Error).message}; accepted: a path that can be written`,
      { cause: error },
    );
  }
}

function readFormat(file: string): number | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).format;
  } catch {
    return undefined;
  }
}
