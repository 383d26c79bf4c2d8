import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { root, tendril } from './running-server.ts';

/** Where Node is too old the command runs itself on the project's own: two processes, which must look like one. */
const folder = mkdtempSync(join(tmpdir(), 'tendril-older-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Makes a Node say that it is an older one; what it starts is not told. */
const older = `data:text/javascript,Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.19.0' } })`;
const run = (...args: string[]) =>
  spawnSync(process.execPath, [tendril, ...args], { cwd: root, encoding: 'utf8' });

interface Launched {
  readonly child: ChildProcess;
  readonly said: () => string;
  /** Once all that holds its streams has ended, not only the process begun here. */
  readonly closed: Promise<unknown[]>;
  heard(what: RegExp): Promise<RegExpExecArray>;
}

function launch(args: readonly string[], env: Readonly<Record<string, string>> = {}): Launched {
  const child = spawn(process.execPath, ['--import', older, tendril, ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: 'pipe',
    detached: true,
  });
  const closed = once(child, 'close');
  let ended = false;
  void closed.then(() => {
    ended = true;
  });
  onTestFinished(() => {
    if (!ended) process.kill(-child.pid!, 'SIGKILL');
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (piece) => {
      text += piece;
    });
  return {
    child,
    closed,
    said: () => text,
    async heard(what) {
      for (;;) {
        const found = what.exec(text);
        if (found) return found;
        if (ended) throw new Error(`ended without ${what}: ${text}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
  };
}

test('a server ends when the process that was begun is killed, and leaves its port and log free', async () => {
  const data = join(folder, 'killed');
  expect(run('import', 'csv', 'examples/events.csv', '--data', data).status).toBe(0);
  const { child, closed, said, heard } = launch(['start', '--port', '0', '--data', data]);
  const [url] = await heard(/http:\/\/[^\s"]+/);
  expect((await fetch(`${url}/health/live`)).status).toBe(200);
  child.kill('SIGKILL');
  await closed;
  expect(said()).toContain('Ended; every event is on disk.');
  await expect(fetch(`${url}/health/live`)).rejects.toThrow();
  expect(run('import', 'csv', 'examples/events.csv', '--data', data).status).toBe(0);
});

test.each(['SIGINT', 'SIGTERM'] as const)('%s is passed on: a server ends once, and well', async (signal) => {
  const data = join(folder, signal);
  expect(run('import', 'csv', 'examples/events.csv', '--data', data).status).toBe(0);
  const { child, closed, said, heard } = launch(['start', '--port', '0', '--data', data]);
  await heard(/http:\/\/[^\s"]+/);
  child.kill(signal);
  expect((await closed)[0]).toBe(0);
  expect(said().match(/Ended; every event is on disk\./g)).toHaveLength(1);
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('any other command that %s stops says so and ends with %i', async (signal, status) => {
  // Both processes say that they are there; the command then waits for lines that never come.
  const here = { NODE_OPTIONS: '--import "data:text/javascript,console.error(`here`)"' };
  const { child, closed, said, heard } = launch(['sentiment'], here);
  await heard(/here\s+here/);
  child.kill(signal);
  expect((await closed)[0]).toBe(status);
  expect(said()).toContain(`stopped by ${signal}`);
});

test('a command that ends by itself is not kept, and its exit code is handed on', async () => {
  expect((await launch(['agents']).closed)[0]).toBe(0);
  expect((await launch(['agents', '--nothing']).closed)[0]).toBe(2);
});
