import { arrayOf, type SavedModel } from './saved-model.ts';

/**
 * Steps of several worlds, kept until their episodes are over and it is known what followed each:
 *
 *   G_t = r_t + discount x G_t+1
 *
 * A step is a row of numbers of which the last is its reward, and from the end of its episode on its return G.
 */
export interface WholeEpisodes {
  /** Steps whose return is known, the oldest first. */
  readonly ready: Float32Array[];
  /** Steps of the episode that a world is in. */
  length(world: number): number;
  took(world: number, row: Float32Array): void;
  /** The episode is over; `after` is what its last state is worth: 0 at an end. */
  over(world: number, after: number, discount: number): void;
  state(): Readonly<Record<string, Float32Array | Int32Array>>;
  restore(saved: SavedModel): void;
}

/** `width` numbers make a row. */
export function wholeEpisodes(width: number): WholeEpisodes {
  const ready: Float32Array[] = [];
  const open: Float32Array[][] = [];
  const joined = (rows: readonly Float32Array[]): Float32Array => {
    const all = new Float32Array(rows.length * width);
    rows.forEach((row, i) => {
      all.set(row, i * width);
    });
    return all;
  };
  return {
    ready,
    length: (world) => open[world]?.length ?? 0,
    took(world, row) {
      open[world] ??= [];
      open[world].push(row);
    },
    over(world, after, discount) {
      const rows = open[world] ?? [];
      let later = after;
      for (let t = rows.length - 1; t >= 0; t--) {
        later = rows[t]![width - 1]! + discount * later;
        rows[t]![width - 1] = later;
      }
      // One by one: a call cannot take as many arguments as a long episode has steps.
      for (const row of rows) ready.push(row);
      open[world] = [];
    },
    state: () => ({
      ready: joined(ready),
      open: joined(open.flat()),
      openLengths: Int32Array.from(open, (rows) => rows.length),
    }),
    restore(saved) {
      const rowsOf = (name: string): Float32Array[] => {
        const all = arrayOf(saved, name, 'f32');
        return Array.from({ length: all.length / width }, (_, i) => all.slice(i * width, (i + 1) * width));
      };
      ready.length = 0;
      for (const row of rowsOf('ready')) ready.push(row);
      const rows = rowsOf('open');
      open.length = 0;
      for (const length of arrayOf(saved, 'openLengths', 'i32')) open.push(rows.splice(0, length));
    },
  };
}
