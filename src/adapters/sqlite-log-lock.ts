import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { sqliteError } from './sqlite-error.ts';

/**
 * Who may write: whoever holds an exclusive transaction on an empty database beside the log. The kernel lets go of it
 * when the process ends, however it ends. Throws `already-writing`.
 */
export function takeLock(path: string): DatabaseSync {
  const lock = new DatabaseSync(`${path}.lock`, { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock.close();
    throw sqliteError(error, path);
  }
}

/** Throws `already-writing` where another process writes to the log: a look, so as to say it before anything is begun. */
export function refuseSecondWriter(path: string): void {
  if (existsSync(path)) takeLock(path).close();
}
