import type { Rng, Sequences } from '../core/index.ts';
import type { Cases } from './split.ts';

/** What can be wrong with the histories an agent is asked about, by name, in words for people. */
export const damages = {
  dropped: 'a third of each history is missing',
  replaced: 'a third of each history is some other product, drawn at random',
  bare: 'nothing is known but the order of the products: no times, no event types, no ratings',
} as const;

export type Damage = keyof typeof damages;

const share = 1 / 3;

/** The same cases with damaged histories; the targets stay what they are. Of a dropped history the newest item is kept. */
export function damagedCases(cases: Cases, damage: Damage, rng: Rng): Cases {
  const { sequences, rows, ends, targets } = cases;
  const { items, offsets } = sequences;
  const places: number[] = [];
  const starts = new Int32Array(rows.length + 1);
  rows.forEach((row, c) => {
    const end = offsets[row]! + ends[c]!;
    for (let p = offsets[row]!; p < end; p++) {
      if (damage !== 'dropped' || p === end - 1 || rng.float() >= share) places.push(p);
    }
    starts[c + 1] = places.length;
  });
  const damaged: Sequences = {
    n: rows.length,
    itemCount: sequences.itemCount,
    offsets: starts,
    items: Int32Array.from(places, (p) =>
      damage === 'replaced' && rng.float() < share ? rng.int(sequences.itemCount) : items[p]!,
    ),
    ...(damage !== 'bare' && fieldsAt(sequences, places)),
  };
  return {
    sequences: damaged,
    rows: rows.map((_, c) => c),
    ends: ends.map((_, c) => starts[c + 1]! - starts[c]!),
    targets,
  };
}

function fieldsAt({ types, times, ratings }: Sequences, places: readonly number[]): Partial<Sequences> {
  return {
    ...(types && { types: Uint8Array.from(places, (p) => types[p]!) }),
    ...(times && { times: Float64Array.from(places, (p) => times[p]!) }),
    ...(ratings && { ratings: Float32Array.from(places, (p) => ratings[p]!) }),
  };
}
