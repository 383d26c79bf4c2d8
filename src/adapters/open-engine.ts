import type { Engine } from '../math/index.ts';
import { ortEngine } from './ort-engine.ts';
import { ortWebEngine } from './ort-web-engine.ts';

/** The fastest engine this machine has: the native one, else the WebAssembly one, saying so in one line to `log`. */
export async function openEngine(
  log: (line: string) => void = (line) => process.stderr.write(`${line}\n`),
  native: () => Promise<Engine> = ortEngine,
): Promise<Engine> {
  try {
    return await native();
  } catch (error) {
    const engine = await ortWebEngine();
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    log(`no native ONNX Runtime on this machine (${reason}); using ${engine.id}, two to four times slower`);
    return engine;
  }
}
