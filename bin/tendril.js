#!/usr/bin/env node
// The command's entry: checks the Node version, and where it is too old runs itself on the `node` package
// that `npm ci` brings (a development dependency), so that Node 20 is enough in a checkout.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const needed = 24;
const at = (path) => fileURLToPath(new URL(path, import.meta.url));

if (Number(process.versions.node.split('.')[0]) >= needed) {
  // Kept by name, so that threads and child processes find it too: a start compiles nothing twice.
  process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), 'node-compile-cache');
  module.enableCompileCache?.();
  const source = at('../src/cli/main.ts');
  const { main } = await import(pathToFileURL(existsSync(source) ? source : at('../dist/cli/main.js')).href);
  process.exitCode = await main(process.argv.slice(2));
} else {
  const newer = at('../node_modules/node/bin/node');
  if (!existsSync(newer)) {
    console.error(
      `tendril needs Node ${needed} or newer; this is ${process.version}. Install Node ${needed}, or run "npm ci" here.`,
    );
    process.exitCode = 1;
  } else {
    const child = spawn(newer, [at('./tendril.js'), ...process.argv.slice(2)], { stdio: 'inherit' });
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
    child.on('exit', (code, signal) => {
      process.exitCode = code ?? (signal ? 1 : 0);
    });
  }
}
