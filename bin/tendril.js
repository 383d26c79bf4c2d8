#!/usr/bin/env node
// The command's entry: checks the Node version, and where it is too old runs itself on the `node` package
// that `npm ci` brings (a development dependency), so that Node 20 is enough in a checkout.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const needed = 24;
const at = (path) => fileURLToPath(new URL(path, import.meta.url));

if (Number(process.versions.node.split('.')[0]) >= needed) {
  // Kept by name, so that threads and child processes find it too: a start compiles nothing twice.
  process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), 'node-compile-cache');
  module.enableCompileCache?.();
  // Run by an older Node (below), it ends with it, however that ended: else a server would keep its port and its log.
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  // Waiting for that keeps no command from ending.
  process.channel?.unref();
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
    // The channel carries no words: its end tells the child that this process is gone.
    const child = spawn(newer, [at('./tendril.js'), ...process.argv.slice(2)], {
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    });
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
    child.on('exit', (code, signal) => {
      if (signal) console.error(`stopped by ${signal}`);
      process.exitCode = signal ? 128 + constants.signals[signal] : code;
    });
  }
}
