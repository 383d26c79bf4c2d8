import { Worker } from 'node:worker_threads';
import type { Engine, SharedWork } from '../math/index.ts';
import { ortEngine } from './ort-engine.ts';
import { ortWebEngine } from './ort-web-engine.ts';

/** The fastest engine this machine has: the native one, else the WebAssembly one, saying so in one line to `log`. */
export async function openEngine(
  log: (line: string) => void = (line) => process.stderr.write(`${line}\n`),
  native: () => Promise<Engine> = ortEngine,
): Promise<Engine> {
  try {
    return { ...(await native()), startThread };
  } catch (error) {
    const engine = await ortWebEngine();
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    log(`no native ONNX Runtime on this machine (${reason}); using ${engine.id}, two to four times slower`);
    return { ...engine, startThread };
  }
}

/**
 * A thread of the process that follows the calls of kernels; it does not keep the process alive. If it ends before it was ever
 * up its work is done by the thread that gives it, more slowly: a warning says so.
 */
function startThread(given: SharedWork): void {
  const file = import.meta.url.endsWith('.ts') ? './kernel-thread.ts' : './kernel-thread.js';
  const worker = new Worker(new URL(file, import.meta.url), { workerData: given, execArgv: [] });
  worker.once('error', (error: Error) =>
    process.emitWarning(`the second thread of the kernels ended: ${error.message}`),
  );
  worker.unref();
}
