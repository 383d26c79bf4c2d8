import type { HistoryPlace, Sequences } from '../core/index.ts';
import { buildTopK, type TopKIndex } from '../math/index.ts';
import type { Validation } from './agent.ts';
import { evenly, rankWithin10 } from './pick-on-validation.ts';
import type { Policy } from './policy.ts';
import {
  type History,
  mostScored,
  pauseBefore,
  type StateReader,
  type TransformerModel,
} from './transformer-model.ts';

/**
 * Scores for rows of observations, rows x items. Who has no history gets the share of all interactions that each item had,
 * in logarithms, as a model that knows nothing of the shopper would say.
 */
export async function observationScores(
  model: TransformerModel,
  counts: Float64Array,
  place: HistoryPlace,
  places: number,
  observations: Float32Array,
  rows: number,
): Promise<Float32Array> {
  const n = counts.length;
  const size = observations.length / rows;
  const scores = new Float32Array(rows * n);
  const histories = Array.from({ length: rows }, (_, row) =>
    historyOf(observations, row * size, place, places),
  );
  const known = byLength(histories);
  for (let at = 0; at < known.length; at += mostScored) {
    const some = known.slice(at, at + mostScored);
    const found = await model.score(some.map((row) => histories[row]!));
    some.forEach((row, i) => {
      scores.set(found.subarray(i * n, (i + 1) * n), row * n);
    });
  }
  if (known.length < rows) {
    const popular = popularScores(counts);
    histories.forEach((history, row) => {
      if (history.items.length === 0) scores.set(popular, row * n);
    });
  }
  return scores;
}

/** The k best items for one observation: the state once, then a scan of the rows in 7 bits (`buildTopK`), built anew when they changed. */
export function bestOfRows(
  model: TransformerModel,
  counts: Float64Array,
  place: HistoryPlace,
  places: number,
): { best: NonNullable<Policy['best']>; stateOf: StateReader['stateOf']; changed(): Promise<void> } {
  const n = counts.length;
  let made: { readonly index: TopKIndex; readonly reader: StateReader } | undefined;
  let popular: TopKIndex | undefined;
  const current = (): NonNullable<typeof made> => {
    if (!made) {
      const [, table] = model.weights;
      const index = buildTopK(table, n, table.length / n);
      made = { index, reader: model.reader(index.rows) };
    }
    return made;
  };
  return {
    async changed() {
      const { reader } = made ?? {};
      made = undefined;
      popular = undefined;
      await reader?.release();
    },
    stateOf: (history) => current().reader.stateOf(history),
    async best(observation, k, mask, also) {
      const history = historyOf(observation, 0, place, places);
      if (history.items.length === 0) {
        popular ??= buildTopK(popularScores(counts), n, 1);
        return popular.search(Float32Array.of(1), k, mask, also);
      }
      const { index, reader } = current();
      return index.search(await reader.stateOf(history), k, mask, also);
    },
  };
}

/** Hits and NDCG at 10 of validation cases, at most `most` of them spread evenly; without a history none is a hit. */
export async function judgeTransformer(
  model: TransformerModel,
  { inputs, targets, repeats }: Validation,
  places: number,
  most: number,
): Promise<{ readonly hits: number; readonly ndcg: number }> {
  const n = inputs.itemCount;
  const rows = evenly(inputs.n, most);
  const histories = [...rows].map((row) => newest(inputs, row, places));
  const order = byLength(histories);
  let [hits, ndcg] = [0, 0];
  for (let at = 0; at < order.length; at += mostScored) {
    const some = order.slice(at, at + mostScored);
    const found = await model.score(some.map((i) => histories[i]!));
    some.forEach((i, k) => {
      const row = rows[i]!;
      const scores = found.subarray(k * n, (k + 1) * n);
      if (!repeats)
        for (let p = inputs.offsets[row]!; p < inputs.offsets[row + 1]!; p++)
          scores[inputs.items[p]!] = -Infinity;
      const rank = rankWithin10(scores, targets[row]!);
      if (rank >= 10) return;
      hits++;
      ndcg += 1 / Math.log2(rank + 2);
    });
  }
  const cases = Math.max(1, rows.length);
  return { hits: hits / cases, ndcg: ndcg / cases };
}

/** Rows with a history, short ones first. */
const byLength = (histories: readonly History[]): number[] =>
  histories
    .map((_, i) => i)
    .filter((i) => histories[i]!.items.length > 0)
    .sort((a, b) => histories[a]!.items.length - histories[b]!.items.length);

function newest(inputs: Sequences, row: number, places: number): History {
  const to = inputs.offsets[row + 1]!;
  return historyAt(inputs, Math.max(inputs.offsets[row]!, to - places), to);
}

/** Entries from .. to. */
export function historyAt(sequences: Sequences, from: number, to: number): History {
  const { items, types, times } = sequences;
  return {
    items: items.subarray(from, to),
    ...(types && { kinds: types.subarray(from, to) }),
    ...(times && {
      gaps: Int32Array.from({ length: to - from }, (_, i) =>
        i === 0 ? 0 : pauseBefore(sequences, from + i),
      ),
    }),
  };
}

/** The newest tokens of an observation, oldest first. */
export function historyOf(
  observations: Float32Array,
  at: number,
  place: HistoryPlace,
  places: number,
): History {
  const items: number[] = [];
  const kinds: number[] = [];
  const gaps: number[] = [];
  for (let slot = place.size - places; slot < place.size; slot++) {
    const token = observations[at + place.items + slot]!;
    if (token <= 0) continue;
    items.push(token - 1);
    if (place.types >= 0) kinds.push(observations[at + place.types + slot]! - 1);
    if (place.gaps >= 0) gaps.push(observations[at + place.gaps + slot]!);
  }
  return {
    items: Int32Array.from(items),
    ...(place.types >= 0 && { kinds: Int32Array.from(kinds) }),
    ...(place.gaps >= 0 && { gaps: Int32Array.from(gaps) }),
  };
}

function popularScores(counts: Float64Array): Float32Array {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return Float32Array.from(counts, (count) => Math.log((count + 1) / (total + counts.length)));
}
