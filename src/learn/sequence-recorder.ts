import { eventTypeCode, type Sequences } from '../core/index.ts';
import type { StepInfo } from '../world/index.ts';

interface Life {
  readonly items: number[];
  readonly types: number[];
  readonly ratings: number[];
  /** Interactions that were in an earlier lesson. */
  learned: number;
}

/**
 * Writes down what shoppers in a world answered to, as agents of sequences want it: one interaction for each slate
 * answered, with the deepest thing done (click, view, add_to_cart, purchase) and the stars given; a row for each life.
 */
export function sequenceRecorder(n: number, itemCount: number, kinds?: readonly string[]) {
  const wanted = kinds && new Set(kinds.map(eventTypeCode));
  const empty = (): Life => ({ items: [], types: [], ratings: [], learned: 0 });
  const lives = Array.from({ length: n }, empty);
  let ended: Life[] = [];
  return {
    took(w: number, { events }: StepInfo, over: boolean): void {
      const life = lives[w]!;
      let item = -1;
      let type = 0;
      let stars = 0;
      for (const event of events) {
        if (event.type === 'rating' || event.type === 'review') stars = event.value ?? 0;
        else if (event.item >= 0) {
          item = event.item;
          type = eventTypeCode(event.type);
        }
      }
      if (item >= 0 && (!wanted || wanted.has(type))) {
        life.items.push(item);
        life.types.push(type);
        life.ratings.push(stars);
      }
      if (!over) return;
      if (life.items.length > life.learned) ended.push(life);
      lives[w] = empty();
    },
    /** Every life with something new since the last lesson; `newFrom` says where the new begins. */
    lesson(): { readonly sequences: Sequences; readonly newFrom: Int32Array } {
      const rows = [...ended, ...lives.filter((life) => life.items.length > life.learned)];
      ended = [];
      const newFrom = Int32Array.from(rows, (life) => life.learned);
      const offsets = new Int32Array(rows.length + 1);
      rows.forEach((life, u) => {
        offsets[u + 1] = offsets[u]! + life.items.length;
        life.learned = life.items.length;
      });
      const sequences = {
        n: rows.length,
        itemCount,
        offsets,
        items: Int32Array.from(rows.flatMap((life) => life.items)),
        types: Uint8Array.from(rows.flatMap((life) => life.types)),
        ratings: Float32Array.from(rows.flatMap((life) => life.ratings)),
      };
      return { sequences, newFrom };
    },
  };
}
