import { createReadStream, statSync } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { type Sequences, TendrilError } from '../core/index.ts';

/**
 * Plain sequence files, gzip or not: one shopper a line, `user item item ...` in time order, or without the user where
 * lines are anonymous sessions. Items may be any words; they are numbered by first appearance, across files read with
 * the same `numbers`.
 */
export async function readSequenceFile(
  path: string,
  numbers: Map<string, number>,
  { users = true }: { readonly users?: boolean } = {},
): Promise<Sequences> {
  const offsets = [0];
  const items: number[] = [];
  const seen = new Map<string, number>();
  let line = 0;
  for await (const text of lines(path)) {
    line++;
    const words = text.split(/\s+/).filter((word) => word !== '');
    const where = `${path}, line ${line}`;
    if (words.length === 0) continue;
    if (/[^\P{Cc}\s]/u.test(text))
      throw new TendrilError('not-text', `${where} is not text; accepted: words separated by spaces`);
    if (users) {
      const user = words.shift()!;
      const before = seen.get(user);
      if (before !== undefined)
        throw new TendrilError(
          'bad-line',
          `${where} has user "${user}" again, who stands in line ${before}; accepted: one line a user`,
        );
      seen.set(user, line);
      if (words.length === 0)
        throw new TendrilError(
          'bad-line',
          `${where} has a user and no items; accepted: "user item item ..."`,
        );
    }
    for (const word of words) {
      let number = numbers.get(word);
      if (number === undefined) {
        number = numbers.size;
        numbers.set(word, number);
      }
      items.push(number);
    }
    offsets.push(items.length);
  }
  if (items.length === 0) throw new TendrilError('empty-file', `${path} holds no sequences`);
  return {
    n: offsets.length - 1,
    itemCount: numbers.size,
    offsets: Int32Array.from(offsets),
    items: Int32Array.from(items),
  };
}

async function* lines(path: string): AsyncGenerator<string> {
  let directory: boolean;
  try {
    directory = statSync(path).isDirectory();
  } catch {
    throw new TendrilError('no-such-file', `there is no file ${path}`);
  }
  if (directory) throw new TendrilError('not-a-file', `${path} is a directory; a file is expected`);
  const bytes = createReadStream(path);
  // `pipeline` hands errors on to the stream that is read; it needs a listener, the loop below is the one that reports.
  const input = (await isGzip(path)) ? pipeline(bytes, createGunzip(), () => {}) : bytes;
  let rest = '';
  try {
    for await (const chunk of input.setEncoding('utf8')) {
      const whole = (rest + chunk).split('\n');
      rest = whole.pop()!;
      yield* whole;
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'Z_BUF_ERROR')
      throw new TendrilError('truncated-gzip', `${path} ends in the middle of its gzip data`);
    if (code?.startsWith('Z_')) throw new TendrilError('not-text', `${path} is damaged gzip data`);
    throw error;
  }
  if (rest !== '') yield rest;
}

async function isGzip(path: string): Promise<boolean> {
  for await (const chunk of createReadStream(path, { start: 0, end: 1 }))
    return (chunk as Buffer)[0] === 0x1f && (chunk as Buffer)[1] === 0x8b;
  return false;
}
