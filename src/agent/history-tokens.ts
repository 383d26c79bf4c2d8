import type { HistoryPlace } from '../core/index.ts';
import type { Tensors } from '../math/index.ts';
import { hiddenPlace } from './transformer-network.ts';

/** Histories as a transformer reads them: oldest first, the newest in the last place. */
export interface Tokens {
  /** n x places item numbers, 0 where there is none. */
  readonly tokens: Int32Array;
  /** n x places x kinds, one-hot. */
  readonly kinds: Float32Array;
  /** n x places: 0 where a place is taken, `hiddenPlace` where it is not. */
  readonly padding: Float32Array;
  /** n: 1 where there is a history, else 0. */
  readonly known: Float32Array;
}

export interface HistoryReader {
  /** Room for n histories. */
  room(n: number): Tokens;
  /** Reads the newest `places` interactions of n rows of observations. */
  read(observations: Float32Array, n: number, into: Tokens): void;
  /** What to bind to the inputs that read them. */
  tensors(of: Tokens, n: number, prefix: string): Tensors;
}

export function historyReader(
  place: HistoryPlace,
  places: number,
  kinds: number,
  observationSize: number,
): HistoryReader {
  const first = place.size - places;
  return {
    room: (n) => ({
      tokens: new Int32Array(n * places),
      kinds: new Float32Array(n * places * kinds),
      padding: new Float32Array(n * places).fill(hiddenPlace),
      known: new Float32Array(n),
    }),
    read(observations, n, { tokens, kinds: oneHot, padding, known }) {
      oneHot.fill(0, 0, n * places * kinds);
      for (let row = 0; row < n; row++) {
        const from = row * observationSize + first;
        for (let slot = 0; slot < places; slot++) {
          const token = observations[from + place.items + slot]!;
          const at = row * places + slot;
          tokens[at] = Math.max(0, token - 1);
          padding[at] = token > 0 ? 0 : hiddenPlace;
          if (token <= 0 || kinds === 0) continue;
          const kind = observations[from + place.types + slot]! - 1;
          if (kind >= 0) oneHot[at * kinds + kind] = 1;
        }
        known[row] = padding[(row + 1) * places - 1] === 0 ? 1 : 0;
      }
    },
    tensors: (of, n, prefix) => ({
      [`${prefix}tokens`]: { data: of.tokens, shape: [n * places] },
      ...(kinds > 0 && { [`${prefix}kinds`]: { data: of.kinds, shape: [n * places, kinds] } }),
      [`${prefix}padding`]: { data: of.padding, shape: [n, 1, 1, places] },
      [`${prefix}known`]: { data: of.known, shape: [n, 1] },
    }),
  };
}
