import type { Event, ObservationSpec, Rng } from '../src/core/index.ts';
import { encodeState, encodingFitter, fold, newShopper, observationOf } from '../src/state/index.ts';

/** Shoppers who look at `n` products at random, and the row that a policy sees of one of them. */
export function askingShoppers(
  n: number,
  count: number,
  historyLength: number,
  chance: Rng,
): {
  readonly observation: ObservationSpec;
  readonly row: Float32Array;
  look(u: number, eventId: string, timestamp: number): Event;
  fold(u: number, event: Event): void;
  /** Fills `row`. */
  encode(u: number, now: number): void;
} {
  const encoding = { ...encodingFitter().encoding({ itemCount: n, shopperCount: 0 }), historyLength };
  const observation = observationOf(encoding);
  const encoder = {
    encoding,
    catalogue: { indexOf: (itemId: string) => Number(itemId) },
    labelOf: () => 0,
  } as unknown as Parameters<typeof encodeState>[2];
  const known = { item: () => undefined, sentiment: () => 0 };
  const shoppers = Array.from({ length: count }, (_, u) => newShopper(`u${u}`));
  const row = new Float32Array(observation.size);
  return {
    observation,
    row,
    look: (u, eventId, timestamp) => ({
      eventId,
      eventType: 'view',
      timestamp,
      userId: `u${u}`,
      itemId: String(chance.int(n)),
    }),
    fold(u, event) {
      shoppers[u] = fold(shoppers[u]!, event, known);
    },
    encode: (u, now) => encodeState(shoppers[u]!, now, encoder, row),
  };
}
