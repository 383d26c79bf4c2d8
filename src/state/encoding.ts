import type { Catalogue } from '../core/index.ts';
import type { ItemEmbeddings } from './item-embeddings.ts';
import { type Profile, type ProfileLabels, profileFitter } from './profile.ts';

/**
 * How states and items become numbers: labels and min-max scales, fitted on training rows only and saved with the
 * model as plain JSON, so that tomorrow's shopper is read as the model was taught to read.
 */
export interface Encoding {
  readonly format: 1;
  /** Items the model knows: catalogue numbers 0 .. itemCount - 1. Newer items are not shown to it. */
  readonly itemCount: number;
  readonly historyLength: number;
  readonly price: Scale;
  readonly medianPrice: number;
  readonly helpfulness: Scale;
  /** First and last time in the training rows. */
  readonly time: Scale;
  /** Shoppers in the training rows. */
  readonly shopperCount: number;
  /** Missing where nothing is known of any shopper: then the observation has no parts for it. */
  readonly profile?: ProfileLabels;
  /** Numbers of a shopper's embedding; missing where there is none: then the observation has no part for it. */
  readonly embedding?: number;
  /** True where the observation shows the pauses between the tokens of the history. */
  readonly gaps?: boolean;
  /** What may have become known only later than the event it stands on, and whether it is shown all the same. */
  readonly later: LaterFields;
}

/** Votes come in for years after a review, and a crawled price is that of the day of the crawl. */
export interface LaterFields {
  readonly votes: boolean;
  readonly prices: boolean;
}

export interface Scale {
  readonly min: number;
  readonly max: number;
}

/** Where a value lies between the scale's ends, cut off at 0 and 1; .5 on a scale without length. */
export function scaled({ min, max }: Scale, value: number): number {
  return max > min ? Math.min(1, Math.max(0, (value - min) / (max - min))) : 0.5;
}

export interface TrainingRow {
  readonly timestamp: number;
  readonly price?: number | undefined;
  readonly helpfulness?: number | undefined;
}

/** Collects training rows one by one, in any order. */
export function encodingFitter(): {
  add(row: TrainingRow): void;
  addProfile(profile: Profile): void;
  encoding(options: {
    readonly itemCount: number;
    readonly shopperCount: number;
    readonly historyLength?: number;
    readonly later?: LaterFields;
    /** Those of a model that goes on, in place of the fitted ones. */
    readonly profile?: ProfileLabels;
    readonly embedding?: number;
    readonly gaps?: boolean;
  }): Encoding;
} {
  const prices: number[] = [];
  const helpfulness = grow();
  const time = grow();
  const profiles = profileFitter();
  return {
    add(row) {
      time.add(row.timestamp);
      if (row.price !== undefined) prices.push(row.price);
      if (row.helpfulness !== undefined) helpfulness.add(row.helpfulness);
    },
    addProfile: profiles.add,
    encoding({
      itemCount,
      shopperCount,
      historyLength = 20,
      later = { votes: false, prices: true },
      profile = profiles.labels(),
      embedding,
      gaps = false,
    }) {
      const sorted = Float64Array.from(prices).sort();
      return {
        format: 1,
        itemCount,
        historyLength,
        shopperCount,
        price: sorted.length === 0 ? { min: 0, max: 0 } : { min: sorted[0]!, max: sorted.at(-1)! },
        medianPrice: sorted[sorted.length >> 1] ?? 0,
        helpfulness: helpfulness.scale(),
        time: time.scale(),
        ...(profile && { profile }),
        ...(embedding !== undefined && { embedding }),
        ...(gaps && { gaps }),
        later,
      };
    },
  };
}

function grow(): { add(value: number): void; scale(): Scale } {
  let min = Infinity;
  let max = -Infinity;
  return {
    add(value) {
      min = Math.min(min, value);
      max = Math.max(max, value);
    },
    scale: () => (min <= max ? { min, max } : { min: 0, max: 0 }),
  };
}

/** Shoppers' labels, 1 .. n in order of first appearance; 0 for everybody else. */
export type LabelOf = (shopper: string) => number;

/** What encoding a state needs at hand. */
export interface Encoder {
  readonly encoding: Encoding;
  readonly catalogue: Pick<Catalogue, 'indexOf'>;
  readonly labelOf: LabelOf;
  /** Where the encoding has an embedding: of the items it knows. */
  readonly embeddings?: ItemEmbeddings;
}
