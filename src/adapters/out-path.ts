import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { TendrilError } from '../core/index.ts';

/** Refuses a path that cannot become a file, before hours of work; makes the directories it needs. */
export function checkOutPath(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw new TendrilError('not-a-file', `${path} is a directory`);
  accessSync(dirname(path), constants.W_OK);
}
