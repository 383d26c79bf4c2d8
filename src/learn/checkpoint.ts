import { arrayOf, type FitCheckpoint, readModel, type SavedModel, writeModel } from '../agent/index.ts';
import { contentHash, TendrilError } from '../core/index.ts';

/**
 * Where a training that takes long leaves what it needs to go on, should it be killed: the agent's own bytes, where the
 * random order stood, and the best moment so far. A run that goes on from there ends with the same model to the byte.
 */
export type Checkpoint = FitCheckpoint;

const format = 'checkpoint';

/** Names a run by everything it depends on. */
export const runOf = (...parts: readonly unknown[]): string => contentHash(JSON.stringify(parts));

export const packCheckpoint = (run: string, { values, arrays }: SavedModel): Uint8Array =>
  writeModel(format, { values: { run, ...values }, arrays });

/** Throws `bad-model` where the bytes are of another run: other data, settings, seed or steps, or another choice of what is kept. */
export function openCheckpoint(bytes: Uint8Array, run: string): SavedModel {
  const saved = readModel(format, bytes);
  if (saved.values.run === run) return saved;
  throw new TendrilError(
    'bad-model',
    'the killed run had other data, settings, seed, steps or --keep-best, so it cannot go on; accepted: the command it was started with, or the same without --resume to begin anew',
  );
}

export const bytesOf = (saved: SavedModel, name: string): Uint8Array => arrayOf(saved, name, 'u8');
