import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openDataDirectory } from './data-directory.ts';

const root = mkdtempSync(join(tmpdir(), 'tendril-data-'));
afterAll(() => rmSync(root, { recursive: true }));

test('makes a directory once and opens it again', () => {
  const path = join(root, 'a/b');
  expect(() => openDataDirectory(path)).toThrow(/no data directory/);
  const made = openDataDirectory(path, { create: true });
  expect(openDataDirectory(path)).toEqual({ ...made, worldPath: expect.any(Function) });
});

test('refuses another version, a file, and a directory of something else', () => {
  const path = join(root, 'c');
  openDataDirectory(path, { create: true });
  writeFileSync(join(path, 'tendril.json'), '{"format": 7}');
  expect(() => openDataDirectory(path)).toThrow(/format 7; this version reads format 1/);
  writeFileSync(join(path, 'tendril.json'), 'nonsense');
  expect(() => openDataDirectory(path)).toThrow(/format unknown/);
  const file = join(root, 'file');
  writeFileSync(file, '');
  expect(() => openDataDirectory(file, { create: true })).toThrow(/is a file/);
  expect(() => openDataDirectory(root, { create: true })).toThrow(/holds other files/);
});

test('a directory whose making was broken off is made anew', () => {
  const path = join(root, 'half');
  mkdirSync(join(path, 'models'), { recursive: true });
  writeFileSync(join(path, 'tendril.json.new'), '{"for');
  openDataDirectory(path, { create: true });
  expect(openDataDirectory(path).path).toBe(path);
});
