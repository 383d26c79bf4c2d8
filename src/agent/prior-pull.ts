import { chosenSlot, type ReplayBuffer } from './replay-buffer.ts';

/**
 * How strongly the prior of an item's row acts on it in one update (ridge regression, Hoerl & Kennard 1970, made
 * stochastic). A normal prior of precision p adds p / 2 |row|^2 to the loss of all data once. An update sees a sample, in
 * which an item stands as often as it does in the replay, so each time it stands there it is pulled by
 *
 *     p / (how often it stands in the replay)
 *
 * Rare items stay near what all items share, frequent ones go where their data are.
 */
export interface PriorPull {
  /** Takes a transition into account that enters the replay, or one (sign -1) that makes room for it. */
  count(transition: Float32Array, sign: 1 | -1): void;
  recount(replay: ReplayBuffer): void;
  /** Of a row that values are learned on: the item chosen, or (the last row) nothing. */
  ofValue(row: number): number;
  /** Of a row that stands among what could be chosen. */
  ofChoice(row: number): number;
}

/** `rows`: the items and one for choosing nothing. A transition is laid out as the replay's (replay-buffer.ts). */
export function priorPull(rows: number, observation: number, slots: number): PriorPull {
  const chosen = new Int32Array(rows);
  const shown = new Int32Array(rows);
  const first = 2 * observation;
  const self: PriorPull = {
    count(transition, sign) {
      for (let slot = first; slot < first + slots; slot++) {
        if (transition[slot]! >= 0) shown[transition[slot]!]! += sign;
      }
      const kept = transition[first + slots + 2]!;
      const slot = chosenSlot(kept, slots);
      if (slot === kept) shown[rows - 1]! += sign;
      chosen[slot < 0 ? rows - 1 : transition[first + slot]!]! += sign;
    },
    recount(replay) {
      chosen.fill(0);
      shown.fill(0);
      const { width } = replay.layout;
      for (let i = 0; i < replay.size; i++) self.count(replay.rows.subarray(i * width, (i + 1) * width), 1);
    },
    ofValue: (row) => 1 / Math.max(1, chosen[row]!),
    ofChoice: (row) => 1 / Math.max(1, shown[row]!),
  };
  return self;
}
