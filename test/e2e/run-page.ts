import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { root, tendril } from './running-server.ts';

/** Runs every sh block of a page in one shell, in a folder that has `examples` and `bin`. */
export async function runPage(
  path: string,
  folder: string,
): Promise<{
  readonly blocks: number;
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly port: number;
}> {
  const page = readFileSync(join(root, path), 'utf8');
  const blocks = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].map((match) => match[1]!);
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
  return { blocks: blocks.length, status, stdout, stderr, port };
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
