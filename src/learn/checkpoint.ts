import { arrayOf, type FitCheckpoint, readModel, type SavedModel, writeModel } from '../agent/index.ts';
import { contentHash, TendrilError } from '../core/index.ts';

/**
 * Where a training that takes long leaves what it needs to go on, should it be killed: the agent's own bytes, where the
 * random order stood, and the best moment so far. A run that goes on from there ends with the same model to the byte.
 */
export type Checkpoint = FitCheckpoint;

const format = 'checkpoint';

/** What a run depends on, by the name it has for who starts it, each as a hash. */
export type Run = Readonly<Record<string, string>>;

/** `settings` are taken apart, so that the one that differs can be named. */
export const runOf = (
  parts: Readonly<Record<string, unknown>>,
  settings: Readonly<Record<string, unknown>>,
): Run =>
  Object.fromEntries(
    [
      ...Object.entries(parts),
      ...Object.entries(settings).map(([name, value]) => [`--setting ${name}`, value] as const),
    ].map(([name, value]) => [name, contentHash(JSON.stringify(value) ?? '')]),
  );

export const packCheckpoint = (run: Run, { values, arrays }: SavedModel): Uint8Array =>
  writeModel(format, { values: { run, ...values }, arrays });

/** Throws `bad-model`, and says what differs, where the bytes are of another run. */
export function openCheckpoint(bytes: Uint8Array, run: Run): SavedModel {
  const saved = readModel(format, bytes);
  const killed = saved.values.run as Run | string | undefined;
  // Checkpoints of before had one hash of everything, in which nothing can be named.
  const named = typeof killed === 'object' ? killed : undefined;
  const differs = Object.keys({ ...run, ...named }).filter((name) => named?.[name] !== run[name]);
  if (differs.length === 0) return saved;
  // A setting that only one of the two has came or went with a version of tendril.
  const told = named && differs.every((name) => name in named && name in run);
  const what = told ? `had other ${listed(differs)}` : 'was of an earlier version of tendril';
  throw new TendrilError(
    'bad-model',
    `the killed run ${what}, so it cannot go on; accepted: the command it was started with, or the same without --resume to begin anew`,
  );
}

const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

export const bytesOf = (saved: SavedModel, name: string): Uint8Array => arrayOf(saved, name, 'u8');
