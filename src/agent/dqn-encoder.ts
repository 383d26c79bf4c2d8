import {
  eventTypes,
  historyPlace,
  type ItemFeatures,
  type ObservationSpec,
  partAt,
  sessionActions,
  shopFeatures,
  TendrilError,
} from '../core/index.ts';

/**
 * From observations to what the network reads: dense numbers, and the history as item numbers with weights.
 *
 *     dense     [ real parts | one-hot of index parts | what kinds of events, how recently | categories, words, price ]
 *     history   [ item, item, ... ]   weights [ decay^2, decay, 1 ]   (newest last, weight 0 where there was nothing)
 *     affinity  [ share of each category: lately | in this session only | over all that is shown ]
 *     profile   [ mean words of the items answered to ]
 *
 * As printed in the source document only the seven scalars that begin the shop's features are read.
 */
export interface Encoder {
  /** Numbers in a dense row. */
  readonly dense: number;
  /** Interactions in the history, 0 where it is not read. */
  readonly history: number;
  /** Columns of one affinity: one for each category and one for none; 0 without item features. */
  readonly affinity: number;
  /** Numbers in the profile of words; 0 where items have none. */
  readonly profile: number;
  encode(observations: Float32Array, n: number, into: Encoded): void;
}

/** Room for n encoded rows. */
export interface Encoded {
  readonly dense: Float32Array;
  readonly history: Int32Array;
  readonly weights: Float32Array;
  /** n x (affinities x affinity): how much of the history lies in each category, three ways. */
  readonly affinity: Float32Array;
  /** n x profile. */
  readonly profile: Float32Array;
  /** n: recency-weighted mean price of the history, .5 where there is none. */
  readonly price: Float32Array;
}

export interface EncoderOptions {
  readonly scalarsOnly: boolean;
  readonly historyDecay: number;
  /** Real parts as they are instead of scaled to [0, 1] by their bounds. */
  readonly raw: boolean;
  readonly items?: ItemFeatures | undefined;
}

/** Lately, in this session only, over all that is shown. */
export const affinities = 3;
/** How fast what is "lately" fades with each newer interaction: what is looked for now; tastes fade slowly. */
const latelyDecay = 0.5;
const tasteDecay = 0.95;

/** The widest one-hot row that is sensible; beyond it an index part would need a table of its own. */
const mostOneHot = 20_000;

export function encoder(spec: ObservationSpec, options: EncoderOptions): Encoder {
  const { scalarsOnly, historyDecay, raw, items } = options;
  const place = scalarsOnly ? undefined : historyPlace(spec);
  const types = place && place.types >= 0 ? eventTypes.length : 0;
  const history = place?.size ?? 0;
  const affinity = place && items ? items.categoryCount + 1 : 0;
  const columns: ((row: Float32Array, at: number, out: Float32Array, to: number) => void)[] = [];
  let dense = 0;
  let offset = 0;
  for (const part of spec.parts) {
    const start = offset;
    offset += part.size;
    if (part.name.startsWith('history.') && (place || scalarsOnly)) continue;
    // Profiles are for tables, where they can be asked for by name.
    if (part.name.startsWith('shopper.')) continue;
    const to = dense;
    if (part.kind === 'index') {
      const entries = part.n ?? 1;
      dense += part.size * entries;
      if (part.size * entries > mostOneHot)
        throw new TendrilError(
          'bad-setting',
          `part "${part.name}" of the observation has ${entries} entries; dqn reads at most ${mostOneHot} as one-hot`,
        );
      columns.push((row, at, out, base) => {
        for (let i = 0; i < part.size; i++) {
          const index = row[at + start + i]!;
          if (index > 0) out[base + to + i * entries + index - 1] = 1;
        }
      });
    } else {
      const [from, until] = part.name === 'features' ? featureRange(part.size, scalarsOnly) : [0, part.size];
      const low = part.low ?? 0;
      const bounded =
        !raw && part.low !== undefined && part.high !== undefined && Number.isFinite(part.high - part.low);
      const range = bounded && part.high! > low ? part.high! - low : 1;
      dense += until - from;
      columns.push((row, at, out, base) => {
        for (let i = from; i < until; i++)
          out[base + to + i - from] = bounded ? (row[at + start + i]! - low) / range : row[at + start + i]!;
      });
    }
  }
  const profile = affinity > 0 ? items!.textSize : 0;
  const sessionAt = sessionPlace(spec);
  const typesAt = dense;
  const affinityAt = typesAt + types;
  const profileAt = affinityAt + affinities * affinity;
  dense = profileAt + profile + (affinity > 0 ? 1 : 0);
  if (dense === 0)
    throw new TendrilError(
      'bad-setting',
      'the observation has no part that dqn can read with these settings',
    );

  return {
    dense,
    history,
    affinity,
    profile,
    encode(observations, n, into) {
      into.dense.fill(0, 0, n * dense);
      into.affinity.fill(0, 0, n * affinities * affinity);
      into.profile.fill(0, 0, n * profile);
      for (let i = 0; i < n; i++) {
        const at = i * spec.size;
        const base = i * dense;
        for (const column of columns) column(observations, at, into.dense, base);
        const lean = i * affinities * affinity;
        // Interactions of this session are the newest ones; where sessions are not shown all is one.
        const inSession = sessionAt < 0 ? history : sessionActions(observations[at + sessionAt]!);
        let [weight, lately, taste, tastes, prices] = [1, 1 - latelyDecay, 1, 0, 0];
        let [sofar, now] = [0, 0];
        for (let slot = history - 1; slot >= 0; slot--) {
          const token = observations[at + place!.items + slot]!;
          const item = Math.max(token - 1, 0);
          into.history[i * history + slot] = item;
          into.weights[i * history + slot] = token > 0 ? weight : 0;
          if (token <= 0) continue;
          if (types > 0) {
            const type = observations[at + place!.types + slot]!;
            if (type > 0) into.dense[base + typesAt + type - 1]! += weight;
          }
          weight *= historyDecay;
          if (!items) continue;
          const category = items.categories[item]!;
          into.affinity[lean + category]! += lately;
          if (sofar++ < inSession) {
            into.affinity[lean + affinity + category]! += lately;
            now += lately;
          }
          into.affinity[lean + 2 * affinity + category]! += taste;
          for (let d = 0; d < profile; d++)
            into.profile[i * profile + d]! += taste * items.text[item * profile + d]!;
          prices += taste * items.prices[item]!;
          tastes += taste;
          lately *= latelyDecay;
          taste *= tasteDecay;
        }
        if (affinity === 0) continue;
        // Means over what was seen, drawn towards "nothing known" where that is little.
        const share = 1 / (tastes + 1);
        for (let c = affinity; c < 2 * affinity && now > 0; c++) into.affinity[lean + c]! /= now;
        for (let c = 2 * affinity; c < 3 * affinity; c++) into.affinity[lean + c]! *= share;
        for (let d = 0; d < profile; d++) into.profile[i * profile + d]! *= share;
        into.price[i] = (prices + 0.5) * share;
        into.dense.set(into.affinity.subarray(lean, lean + affinities * affinity), base + affinityAt);
        into.dense.set(into.profile.subarray(i * profile, (i + 1) * profile), base + profileAt);
        into.dense[base + profileAt + profile] = into.price[i]!;
      }
    },
  };
}

/** The scalar state vector of the source document, or the features that are not labels in disguise. */
function featureRange(size: number, scalarsOnly: boolean): [number, number] {
  const scalars = shopFeatures.indexOf('lastTime') + 1;
  return scalarsOnly
    ? [0, Math.min(scalars, size)]
    : [Math.min(shopFeatures.indexOf('lastPrice'), size), size];
}

/** Where the observation says how far the session has gone, or -1. */
function sessionPlace(spec: ObservationSpec): number {
  const features = partAt(spec, 'features');
  return features && features.part.size === shopFeatures.length
    ? features.offset + shopFeatures.indexOf('session')
    : -1;
}

export function encodedRows(by: Encoder, n: number): Encoded {
  return {
    dense: new Float32Array(n * by.dense),
    history: new Int32Array(n * by.history),
    weights: new Float32Array(n * by.history),
    affinity: new Float32Array(n * affinities * by.affinity),
    profile: new Float32Array(n * by.profile),
    price: new Float32Array(n),
  };
}
