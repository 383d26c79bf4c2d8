import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { byteSource } from './read-bytes.ts';

const folder = mkdtempSync(join(tmpdir(), 'tendril-bytes-'));
afterAll(() => rmSync(folder, { recursive: true }));
const descriptors = '/proc/self/fd';
const isOpen = (path: string): boolean =>
  readdirSync(descriptors).some((name) => {
    try {
      return readlinkSync(join(descriptors, name)) === path;
    } catch {
      return false; // closed meanwhile
    }
  });

test.skipIf(!existsSync(descriptors)).each(['plain', 'packed'])(
  'a reader that stops early leaves no file open: %s',
  async (kind) => {
    const path = join(folder, kind);
    const text = Buffer.from(Array.from({ length: 300_000 }, (_, i) => `${i * 7919}\n`).join(''));
    writeFileSync(path, kind === 'plain' ? text : gzipSync(text));
    for await (const piece of byteSource(path).chunks()) {
      expect(piece.length).toBeGreaterThan(0);
      expect(isOpen(path)).toBe(true);
      break;
    }
    for (let i = 0; i < 100 && isOpen(path); i++) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(isOpen(path)).toBe(false);
  },
);

test('who names no file and pipes nothing is told what would be read', () => {
  const out = join(folder, 'log.csv');
  const args = ['bin/tendril.js', 'import', 'hillstrom', '--out', out];
  expect(spawnSync(process.execPath, args, { input: '', encoding: 'utf8' }).stderr).toContain(
    'standard input is empty; accepted: rows on it, or the name of a file to read instead',
  );
});
