import { TendrilError } from '../core/index.ts';

const FULL = 13;
/** Codes of SQLite for "no room": the file, its shared-memory index, or a temporary file could not grow. */
const noRoom = new Set([FULL, 4874 /* IOERR_SHMSIZE */]);
const BUSY = 5;

/** What SQLite's refusal means to the user; anything that is not theirs to mend is passed on as it is. */
export function sqliteError(error: unknown, path: string): unknown {
  const code = (error as { errcode?: number }).errcode;
  if (code === undefined) return error;
  if (noRoom.has(code) || (code & 0xff) === FULL) {
    return new TendrilError(
      'disk-full',
      `there is no room left for ${path}; what was acknowledged before is kept`,
      {
        cause: error,
      },
    );
  }
  if ((code & 0xff) === BUSY)
    return new TendrilError('already-writing', `another process is writing to ${path}`, { cause: error });
  if ((code & 0xff) === 26 || (code & 0xff) === 11) {
    return new TendrilError('data-version', `${path} is not a readable Tendril log: ${String(error)}`, {
      cause: error,
    });
  }
  return error;
}
