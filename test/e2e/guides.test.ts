import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runPage } from './run-page.ts';

const folder = mkdtempSync(join(tmpdir(), 'tendril-guides-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('every command of docs/guide/offers.md runs as written', async () => {
  const { blocks, status, stdout, stderr } = await runPage('docs/guide/offers.md', folder);
  expect(blocks).toBe(6);
  expect({ status, stderr: status === 0 ? '' : stderr + stdout }).toEqual({ status: 0, stderr: '' });
  const parts = stdout.split(/== \d\n/).slice(1);
  expect(parts[1]).toContain('"budget":{"amount":2000,"left":2000,');
  expect(parts[2]).toContain('No contact: this shopper never agreed to messages by e-mail.');
  expect(parts[2]).toContain('nothing was learned yet');
  expect(parts[3]).toMatch(/"learned":[12]\b/);
  expect(parts[4]).toMatch(/spring\.csv +1\n(?:.*\n)*shopper,time,recency,.*\nshopper-2,/);
  expect(parts[5]).toContain('"policy":{"id":"lin-ucb of offers.policy"');
});
