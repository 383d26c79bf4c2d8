import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { aboutShop, noteAboutShop } from './about-shop.ts';

const folder = mkdtempSync(join(tmpdir(), 'tendril-about-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('what is known of a shop: nothing, what was noted last, or one sentence where it cannot be read', () => {
  expect(aboutShop(folder)).toEqual({});
  noteAboutShop(folder, { name: 'demo', notes: ['a'], unfinished: true });
  noteAboutShop(folder, { name: 'demo', notes: ['a'] });
  expect(aboutShop(folder)).toEqual({ name: 'demo', notes: ['a'] });
  expect(readdirSync(folder)).toEqual(['shop.json']);
  writeFileSync(join(folder, 'shop.json'), '{"name":');
  expect(() => aboutShop(folder)).toThrow(/shop\.json cannot be read: .*; accepted: /);
});
