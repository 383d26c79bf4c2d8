import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { TendrilError } from '../core/index.ts';
import type { Reject } from '../ingest/index.ts';

const MOST_TEXT = 10_000;

/** Keeps rows that could not be taken, one JSON object a line: file, line, field, reason, and the row's text. */
export interface RejectFile {
  write(file: string, reject: Reject): void;
  /** The path, where anything was written. */
  close(): string | undefined;
}

/** Makes the file with the first row that is refused. */
export function rejectFile(path: string): RejectFile {
  let handle: number | undefined;
  let held: string[] = [];
  let size = 0;
  const flush = (): void => {
    try {
      if (handle === undefined) {
        mkdirSync(dirname(path), { recursive: true });
        handle = openSync(path, 'w');
      }
      writeSync(handle, held.join(''));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOSPC')
        throw new TendrilError('disk-full', `there is no room left for ${path}`, { cause: error });
      throw error;
    }
    held = [];
    size = 0;
  };
  return {
    write(file, { line, field, reason, text }) {
      const cut = text.length > MOST_TEXT;
      const row = `${JSON.stringify({ file, line, field, reason, text: cut ? text.slice(0, MOST_TEXT) : text, ...(cut && { cut: true }) })}\n`;
      held.push(row);
      size += row.length;
      if (size > 65_536) flush();
    },
    close() {
      if (held.length > 0) flush();
      if (handle === undefined) return undefined;
      closeSync(handle);
      return path;
    },
  };
}
