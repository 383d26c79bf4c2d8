import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { readSequenceFile } from './sequence-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'tendril-sequences-'));
const file = (name: string, content: string | Buffer): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const read = (path: string, users = true) => readSequenceFile(path, new Map(), { users });

test('one shopper a line; items are numbered by first appearance; empty lines and line ends of any kind', async () => {
  const path = file('plain.txt', 'u1 b a b\r\n\nu2\ta c \n');
  const sequences = await read(path);
  expect([...sequences.offsets]).toEqual([0, 3, 5]);
  expect([...sequences.items]).toEqual([0, 1, 0, 1, 2]);
  expect(sequences.itemCount).toBe(3);
});

test('gzip, and lines without users', async () => {
  const sequences = await read(file('sessions.gz', gzipSync('1 2\n2 3 1\n')), false);
  expect([...sequences.items]).toEqual([0, 1, 1, 2, 0]);
  expect(sequences.n).toBe(2);
});

test('what is wrong is said with the file and the line', async () => {
  const refusals: [string, () => Promise<unknown>, string][] = [
    ['no-such-file', () => read(join(folder, 'none.txt')), 'there is no file'],
    ['not-a-file', () => read(folder), 'is a directory'],
    ['empty-file', () => read(file('empty.txt', '\n\n')), 'holds no sequences'],
    [
      'bad-line',
      () => read(file('lonely.txt', 'u1 a b\nu2\n')),
      'lonely.txt, line 2 has a user and no items',
    ],
    [
      'bad-line',
      () => read(file('twice.txt', 'u1 a\nu2 b\nu1 c\n')),
      'line 3 has user "u1" again, who stands in line 1',
    ],
    ['bad-line', () => read(file('json.txt', '{"a": [1]}\n')), 'json.txt, line 1 begins as JSON does'],
    ['not-text', () => read(file('binary.txt', Buffer.from([0, 1, 2, 3, 10]))), 'is a binary file'],
    ['not-text', () => read(file('control.txt', 'u1 a\nu2 \x01\n')), 'control.txt, line 2 is not text'],
    ['not-text', () => read(file('utf16.txt', Buffer.from('\ufeffu1 a\n', 'utf16le'))), 'is UTF-16 text'],
    [
      'bad-line',
      () => read(file('latin1.txt', Buffer.from('u1 a\nu2 b\nu3 caf\xe9\n', 'latin1'))),
      'latin1.txt, line 3: it is not UTF-8',
    ],
    [
      'truncated-gzip',
      () =>
        read(
          file(
            'cut.gz',
            gzipSync(Array.from({ length: 2000 }, (_, u) => `u${u} a b c\n`).join('')).subarray(0, 400),
          ),
        ),
      'is a broken gzip file',
    ],
  ];
  for (const [code, attempt, words] of refusals) {
    const error = await attempt().then(
      () => undefined,
      (thrown: unknown) => thrown as Error & { code: string },
    );
    expect(error?.code, words).toBe(code);
    expect(error?.message).toContain(words);
  }
});
