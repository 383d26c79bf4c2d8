import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { sqliteLog } from '../../src/adapters/index.ts';
import { root, tendril } from './running-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'tendril-docs-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('every command of docs/start/your-shop.md runs as written', async () => {
  const page = readFileSync(join(root, 'docs/start/your-shop.md'), 'utf8');
  const blocks = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].map((match) => match[1]!);
  expect(blocks.length).toBeGreaterThan(6);
  for (const name of ['examples', 'bin']) symlinkSync(join(root, name), join(folder, name));
  mkdirSync(join(folder, 'path'));
  symlinkSync(process.execPath, join(folder, 'path/node'));
  const port = await freePort();
  // A script, so without job control. `npx tendril` is the checkout's own command; the port is any that is free.
  const script = [
    'set -eu',
    `PATH=${JSON.stringify(join(folder, 'path'))}:$PATH`,
    `npx() { shift; ${JSON.stringify(process.execPath)} ${JSON.stringify(tendril)} "$@"; }`,
    ...blocks.map((block, i) => `echo "== ${i}"\n${block.replaceAll('4400', String(port))}`),
  ].join('\n');
  const { status, stdout, stderr } = spawnSync('bash', ['-c', script], { cwd: folder, encoding: 'utf8' });
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

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
