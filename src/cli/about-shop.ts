import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TendrilError } from '../core/index.ts';

/** What shop.json in a data directory says: how the shop came to be, and what a reader must know of its data. */
export interface AboutShop {
  readonly name?: string;
  readonly notes?: readonly string[];
  /** The demo's import was not at its end yet; importing again adds only the rest. */
  readonly unfinished?: true;
}

const fileIn = (directory: string): string => join(directory, 'shop.json');

/** Nothing where there is no such file: a shop of one's own. Throws `data-version` where it cannot be read. */
export function aboutShop(directory: string): AboutShop {
  const file = fileIn(directory);
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new TendrilError(
      'data-version',
      `${file} cannot be read: ${(error as Error).message}; accepted: what "tendril start" wrote, or no such file`,
      { cause: error },
    );
  }
}

/** The same in the words of a report. */
export function reportedShop(directory: string): {
  readonly name: string;
  readonly notes: readonly string[];
  readonly isDemo: boolean;
} {
  const { name = 'This shop', notes = [] } = aboutShop(directory);
  const isDemo = name === 'demo';
  return { name: isDemo ? 'The demo shop' : name, notes, isDemo };
}

/** Replaces it whole: an early end leaves the old one or the new one. */
export function noteAboutShop(directory: string, about: AboutShop): void {
  const file = fileIn(directory);
  writeFileSync(`${file}.new`, `${JSON.stringify(about, undefined, 1)}\n`);
  renameSync(`${file}.new`, file);
}
