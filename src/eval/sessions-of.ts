import type { Sequences } from '../core/index.ts';
import { timesOf } from './time-split.ts';

/**
 * Cuts histories into sessions: a gap of more than `gapMs` begins a new one (30 minutes is the web's habit). Sessions
 * come out in the order they begin; those of one interaction tell nothing of what comes next and are left out. The last
 * `testShare` of them are the test.
 */
export function sessionsOf(
  sequences: Sequences,
  { gapMs = 30 * 60_000, testShare = 0.1 }: { readonly gapMs?: number; readonly testShare?: number } = {},
): { readonly train: Sequences; readonly test: Sequences } {
  const times = timesOf(sequences, 'sessions');
  const { n, offsets } = sequences;
  const found: { readonly from: number; readonly to: number }[] = [];
  for (let u = 0; u < n; u++) {
    let from = offsets[u]!;
    for (let p = from + 1; p <= offsets[u + 1]!; p++) {
      if (p < offsets[u + 1]! && times[p]! - times[p - 1]! <= gapMs) continue;
      if (p - from > 1) found.push({ from, to: p });
      from = p;
    }
  }
  found.sort((a, b) => times[a.from]! - times[b.from]! || a.from - b.from);
  const cut = Math.round(found.length * (1 - testShare));
  return { train: gather(sequences, found.slice(0, cut)), test: gather(sequences, found.slice(cut)) };
}

function gather(
  { itemCount, items, types, times }: Sequences,
  found: readonly { readonly from: number; readonly to: number }[],
): Sequences {
  const offsets = new Int32Array(found.length + 1);
  found.forEach(({ from, to }, s) => {
    offsets[s + 1] = offsets[s]! + to - from;
  });
  const size = offsets[found.length]!;
  const fill = <A extends Int32Array | Uint8Array | Float64Array>(source: A, out: A): A => {
    found.forEach(({ from, to }, s) => {
      out.set(source.subarray(from, to) as never, offsets[s]!);
    });
    return out;
  };
  return {
    n: found.length,
    itemCount,
    offsets,
    items: fill(items, new Int32Array(size)),
    ...(types && { types: fill(types, new Uint8Array(size)) }),
    ...(times && { times: fill(times, new Float64Array(size)) }),
  };
}
