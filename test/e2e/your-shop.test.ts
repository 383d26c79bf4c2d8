import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { sqliteLog } from '../../src/adapters/index.ts';
import { runPage } from './run-page.ts';

const folder = mkdtempSync(join(tmpdir(), 'tendril-docs-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('every command of docs/start/your-shop.md runs as written', async () => {
  const { blocks, status, stdout, stderr, port } = await runPage('docs/start/your-shop.md', folder);
  expect(blocks).toBeGreaterThan(6);
  expect({ status, stderr: status === 0 ? '' : stderr + stdout }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain('52 item_changed');
  expect(stdout).toContain('"accepted":1');
  expect(stdout).toMatch(/"items":\[\{"itemId":"P1/);
  await expect(fetch(`http://localhost:${port}/health/live`), 'the server has ended').rejects.toThrow();
  // What is sold out keeps its other fields.
  const log = await sqliteLog(join(folder, 'my-shop/log.sqlite'), { readOnly: true });
  const changes: unknown[] = [];
  for await (const { event } of log.read()) if (event.itemId === 'P113') changes.push(event.properties?.item);
  await log.close();
  const [first, last] = changes.filter((item) => item !== undefined);
  expect(first).toMatchObject({ price: expect.any(Number), categories: expect.any(Array) });
  expect(last).toEqual({ ...(first as object), stock: 0 });
});
