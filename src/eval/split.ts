import type { Validation } from '../agent/index.ts';
import type { Sequences } from '../core/index.ts';

/** What is fitted on, what settings are picked on, and what is judged on: three things that never meet. */
export interface Split {
  readonly protocol: 'leave-one-out' | 'sessions' | 'time';
  /** How it was cut, in one sentence, for the caption of a table. */
  readonly caption: string;
  readonly train: Sequences;
  readonly validation: Cases;
  readonly test: Cases;
  /** Training data held back for picking settings, learned in increments once they are picked. */
  readonly heldBack?: Sequences;
  /** True where an item of the history may come again; else such items are masked. */
  readonly repeats: boolean;
}

/** Case c: after the first `ends[c]` interactions of row `rows[c]` came item `targets[c]`. */
export interface Cases {
  readonly sequences: Sequences;
  readonly rows: Int32Array;
  readonly ends: Int32Array;
  readonly targets: Int32Array;
}

/** The first `lengths[u]` interactions of each row. */
export function firstOf(sequences: Sequences, lengths: ArrayLike<number>): Sequences {
  return pieces(
    sequences,
    Int32Array.from({ length: sequences.n }, (_, u) => u),
    lengths,
  );
}

/** The cases as the agents' contract takes them: a row of its own for each, of long histories the newest 1,000. */
export function validationOf(cases: Cases, repeats: boolean): Validation {
  return { inputs: pieces(cases.sequences, cases.rows, cases.ends, 1000), targets: cases.targets, repeats };
}

/** Some of the rows, whole. */
export function rowsOf(sequences: Sequences, from: number, to: number): Sequences {
  const rows = Int32Array.from({ length: to - from }, (_, i) => from + i);
  const lengths = rows.map((u) => sequences.offsets[u + 1]! - sequences.offsets[u]!);
  return pieces(sequences, rows, lengths);
}

function pieces(
  { itemCount, offsets, items, types, times, ratings }: Sequences,
  rows: ArrayLike<number>,
  lengths: ArrayLike<number>,
  limit = Number.POSITIVE_INFINITY,
): Sequences {
  const n = rows.length;
  const cut = new Int32Array(n + 1);
  for (let i = 0; i < n; i++) cut[i + 1] = cut[i]! + Math.min(limit, lengths[i]!);
  const copy = <A extends Int32Array | Uint8Array | Float32Array | Float64Array>(from: A, to: A): A => {
    for (let i = 0; i < n; i++) {
      const end = offsets[rows[i]!]! + lengths[i]!;
      to.set(from.subarray(end - (cut[i + 1]! - cut[i]!), end) as never, cut[i]!);
    }
    return to;
  };
  const size = cut[n]!;
  return {
    n,
    itemCount,
    offsets: cut,
    items: copy(items, new Int32Array(size)),
    ...(types ? { types: copy(types, new Uint8Array(size)) } : {}),
    ...(times ? { times: copy(times, new Float64Array(size)) } : {}),
    ...(ratings ? { ratings: copy(ratings, new Float32Array(size)) } : {}),
  };
}
