import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { checkpointFile } from '../adapters/index.ts';
import { TendrilError } from '../core/index.ts';
import type { Manifest, Registry } from '../registry/index.ts';
import type { TrainOptions } from './train-options.ts';

/** Where this agent's run leaves what it needs to go on; one that was left behind is told of, lest it be forgotten. */
export function checkpointOf(
  folder: string,
  agent: string,
  options: TrainOptions,
): ReturnType<typeof checkpointFile> {
  const path = join(folder, `${agent}.checkpoint`);
  if (!options.resume && existsSync(path))
    process.stderr.write(`tendril: ${path} is of a run that was killed: --resume goes on with it\n`);
  return checkpointFile(path, { seconds: options.checkpoint, now: Date.now, resume: options.resume });
}

/** An agent's newest version. */
export async function newest(
  registry: Registry,
  agent: string,
): Promise<{ readonly manifest: Manifest; readonly model: Uint8Array }> {
  const [manifest] = await registry.list(agent);
  const stored = manifest && (await registry.get(agent, manifest.version));
  if (!stored) throw new TendrilError('bad-model', `no version of "${agent}" is stored yet; train it first`);
  return stored;
}
