import { TendrilError } from '../core/index.ts';
import { type ReplayBuffer, storeRow } from './replay-buffer.ts';
import { arrayOf, type SavedModel } from './saved-model.ts';

/** The rows a buffer holds, for saving; live. Where the next goes is to be saved beside. */
export const heldRows = (replay: ReplayBuffer): Float32Array =>
  replay.rows.subarray(0, replay.size * replay.layout.width);

/** Fills an empty buffer with the saved rows. Throws TendrilError `bad-model` where they do not fit. */
export function restoreReplay(replay: ReplayBuffer, saved: SavedModel, next: number): void {
  const { width } = replay.layout;
  const rows = arrayOf(saved, 'replay', 'f32');
  if (rows.length % width !== 0 || rows.length > replay.capacity * width)
    throw new TendrilError(
      'bad-model',
      `the saved replay holds ${rows.length / width} transitions; accepted: a whole number up to replaySize, ${replay.capacity}`,
    );
  for (let at = 0; at < rows.length; at += width) storeRow(replay, rows.subarray(at, at + width));
  replay.next = next % replay.capacity;
}
