import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { TendrilError } from '../core/index.ts';
import type { Checkpoint } from '../learn/index.ts';

/**
 * A checkpoint in one file, replaced whole at most every `seconds` (0: after every step of learning): written under
 * another name, flushed, renamed, so that a kill at any moment leaves the old one or the new one.
 */
export function checkpointFile(
  path: string,
  {
    seconds,
    now,
    resume,
  }: { readonly seconds: number; readonly now: () => number; readonly resume: boolean },
): Checkpoint & { remove(): void } {
  const found = resume ? bytesIn(path) : undefined;
  let last = now();
  return {
    ...(found && { found }),
    due: () => now() - last >= 1000 * seconds,
    async keep(bytes) {
      try {
        mkdirSync(dirname(path), { recursive: true });
        const file = openSync(`${path}.new`, 'w');
        try {
          for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
          fsyncSync(file);
        } finally {
          closeSync(file);
        }
        renameSync(`${path}.new`, path);
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        if (code === 'ENOSPC' || code === 'EDQUOT')
          throw new TendrilError('disk-full', `there is no room left for ${path}`, { cause: error });
        throw new TendrilError(
          'bad-setting',
          `cannot write ${path}: ${message}; accepted: a directory that can be written`,
          { cause: error },
        );
      }
      last = now();
    },
    remove() {
      rmSync(`${path}.new`, { force: true });
      rmSync(path, { force: true });
    },
  };
}

function bytesIn(path: string): Uint8Array | undefined {
  try {
    return new Uint8Array(readFileSync(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
