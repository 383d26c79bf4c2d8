import {
  type ObservationSpec,
  observationSpec,
  TendrilError,
  type TransitionBatch,
  written,
} from '../core/index.ts';
import type { CampaignLog, FeatureColumn } from '../measure/index.ts';

/**
 * A log of choices as agents read it: every column a part of the observation (numbers `real`, bounded by what the log
 * holds; words `index`, 0 for one the log does not have), the choice a number, its propensity the probability. Where the
 * log knows its shoppers, a row is followed by the same shopper's next one, worth `discount` of its value.
 */
export function decisionsOfLog(log: CampaignLog, discount: number): TransitionBatch {
  const observations = observationsOfLog(log);
  const size = log.columns.length;
  const next = nextRows(log);
  const nextObservations = observations.slice();
  for (let i = 0; i < log.n; i++)
    if (next[i]! >= 0)
      nextObservations.set(observations.subarray(next[i]! * size, (next[i]! + 1) * size), i * size);
  const masks = log.allowed && masksOf(log);
  const followed = discount > 0 ? Uint8Array.from(next, (row) => (row >= 0 ? 1 : 0)) : new Uint8Array(log.n);
  return {
    n: log.n,
    observations,
    actions: log.action.slice(),
    rewards: Float32Array.from(log.reward),
    nextObservations,
    discounts: Float32Array.from(followed, (is) => is * discount),
    terminated: Uint8Array.from(followed, (is) => 1 - is),
    truncated: new Uint8Array(log.n),
    logProbs: Float32Array.from(log.propensity, Math.log),
    shoppers: log.shopper,
    ...(masks && { masks, nextMasks: nextOf(masks, next) }),
  };
}

/** n x actions of the log: what was never chosen cannot be learned. */
function masksOf({ n, actions: { length }, allowed }: CampaignLog): Uint8Array {
  const masks = new Uint8Array(n * length);
  for (let i = 0; i < n; i++) {
    const from = i * allowed!.actions.length;
    masks.set(allowed!.mask.subarray(from, from + length), i * length);
  }
  return masks;
}

/** Of the shopper's next row; the row's own where there is none, which is worth nothing then. */
function nextOf(masks: Uint8Array, next: Int32Array): Uint8Array {
  const width = masks.length / next.length;
  const out = masks.slice();
  for (const [i, row] of next.entries())
    if (row >= 0) out.set(masks.subarray(row * width, (row + 1) * width), i * width);
  return out;
}

/** n x columns. */
export function observationsOfLog({ n, columns, features, width }: CampaignLog): Float32Array {
  const rows = new Float32Array(n * columns.length);
  let from = 0;
  columns.forEach(({ words }, column) => {
    for (let i = 0; i < n; i++) {
      const at = i * width + from;
      rows[i * columns.length + column] = words
        ? 1 + features.subarray(at, at + words.length).indexOf(1)
        : features[at]!;
    }
    from += words?.length ?? 1;
  });
  return rows;
}

/** What a policy of this log sees. Throws `bad-setting` where there is nothing to see. */
export function observationOf(
  columns: readonly FeatureColumn[],
  bounds: readonly (readonly [low: number, high: number])[],
): ObservationSpec {
  if (columns.length === 0)
    throw new TendrilError(
      'bad-setting',
      'the log has no feature, so there is nothing to tell shoppers apart by; accepted: at least one column that was known before the choice',
    );
  return observationSpec(
    columns.map(({ name, words }, i) =>
      words
        ? { name, kind: 'index', size: 1, n: words.length }
        : { name, kind: 'real', size: 1, low: bounds[i]![0], high: bounds[i]![1] },
    ),
  );
}

/** The least and the largest of every column. */
export function boundsOf(observations: Float32Array, size: number): [number, number][] {
  const bounds = Array.from({ length: size }, (): [number, number] => [Infinity, -Infinity]);
  observations.forEach((x, i) => {
    const bound = bounds[i % size]!;
    bound[0] = Math.min(bound[0], x);
    bound[1] = Math.max(bound[1], x);
  });
  return bounds;
}

/** The same shopper's next row in order of time, or -1. */
function nextRows({ n, shopper, time }: CampaignLog): Int32Array {
  const order = Array.from({ length: n }, (_, i) => i).sort(
    (a, b) => shopper[a]! - shopper[b]! || time[a]! - time[b]! || a - b,
  );
  const next = new Int32Array(n).fill(-1);
  for (let k = 0; k + 1 < n; k++)
    if (shopper[order[k]!] === shopper[order[k + 1]!]) next[order[k]!] = order[k + 1]!;
  return next;
}

/** The words of each column of words. */
export const vocabularyOf = (
  columns: readonly FeatureColumn[],
): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(columns.flatMap(({ name, words }) => (words ? [[name, words]] : [])));

/** A shopper given by name, `{"channel": "Web", ...}`, with the numbers of its words; throws `bad-observation` for others. */
export function numbersOfWords(columns: readonly FeatureColumn[], given: unknown): unknown {
  if (typeof given !== 'object' || given === null) return given;
  const entries = Object.entries(given).map(([name, value]) => {
    const words = columns.find((column) => column.name === name)?.words;
    if (!words) return [name, value];
    const number = words.indexOf(String(value));
    if (number < 0)
      throw new TendrilError(
        'bad-observation',
        `field "${name}" of the observation is ${written(value)}; accepted: ${words.join(', ')}`,
      );
    return [name, number + 1];
  });
  return Object.fromEntries(entries);
}
