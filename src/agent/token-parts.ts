import { gapBuckets, type ItemFeatures, TendrilError } from '../core/index.ts';
import { arrayOf, type SavedModel } from './saved-model.ts';

/**
 * What a token says beside which item it is, as columns of ones and zeros that a network multiplies by one matrix, so that
 * each part adds a row of its own to the item's:
 *
 *   [ type of the event | pause before it, in doublings | price of the item, in eighths | sentiment of its reviews, in eighths ]
 *
 * Eighths are of the catalogue as it was when the agent was made, and are saved with it: a price that changes later means
 * what it meant in teaching until the next one.
 */
export const tokenSettings = {
  timeGaps: {
    type: 'boolean',
    default: false,
    doc: 'the pause before an event (in doublings of a second) is part of its token; needs histories with times',
  },
  priceBuckets: {
    type: 'boolean',
    default: false,
    doc: "an item's price (in eighths of the catalogue) is part of its token",
  },
  reviewSentiment: {
    type: 'boolean',
    default: false,
    doc: "the mean sentiment of an item's reviews (in eighths of the catalogue) is part of its token",
  },
} as const;

export interface TokenParts {
  /** Columns of a token; 0 where nothing is read but the item. */
  readonly columns: number;
  readonly gaps: boolean;
  /** Adds the ones of a token to the zeros from `at` on. `kind` is the code of a type, -1 for unknown; `gap` a bucket, 0 for unknown. */
  mark(rows: Float32Array, at: number, item: number, kind: number, gap: number): void;
  /** Items x columns: the ones that follow from the item alone. Missing where there are none. */
  readonly ofItems?: Float32Array;
  /** Needed by a run that goes on. */
  readonly arrays: Readonly<Record<string, Int8Array>>;
}

export interface TokenOptions {
  readonly timeGaps: boolean;
  readonly priceBuckets: boolean;
  readonly reviewSentiment: boolean;
}

/** Types of events alone. */
export const kindTokens = (kinds: number): TokenParts =>
  tokenParts(kinds, { timeGaps: false, priceBuckets: false, reviewSentiment: false }, () => undefined);

/** Throws `bad-setting` where the items do not tell what is asked for, `bad-model` where the saved agent does not hold it. */
export function tokenParts(
  kinds: number,
  { timeGaps, priceBuckets, reviewSentiment }: TokenOptions,
  /** Asked only where they are needed: to make them reads every title. */
  items: () => ItemFeatures | undefined,
  stored?: { readonly model: SavedModel; readonly items: number },
): TokenParts {
  const arrays: Record<string, Int8Array> = {};
  const told = (setting: string, values: (features: ItemFeatures) => Float32Array | undefined): Int8Array => {
    const name = `token.${setting}`;
    if (stored) arrays[name] = arrayOf(stored.model, name, 'i8', stored.items);
    else {
      const features = items();
      const given = features && values(features);
      if (!given || given.every(Number.isNaN))
        throw new TendrilError(
          'bad-setting',
          `${setting} needs a catalogue that tells it; there is none here`,
        );
      arrays[name] = eighths(given);
    }
    return arrays[name];
  };
  const prices = priceBuckets ? told('priceBuckets', (features) => features.prices) : undefined;
  const sentiments = reviewSentiment ? told('reviewSentiment', (features) => features.sentiments) : undefined;
  const afterGaps = kinds + (timeGaps ? gapBuckets : 0);
  const afterPrices = afterGaps + (prices ? 8 : 0);
  const columns = afterPrices + (sentiments ? 8 : 0);
  const markItem = (rows: Float32Array, at: number, item: number): void => {
    if (prices && prices[item]! >= 0) rows[at + afterGaps + prices[item]!] = 1;
    if (sentiments && sentiments[item]! >= 0) rows[at + afterPrices + sentiments[item]!] = 1;
  };
  const known = (prices ?? sentiments)?.length ?? 0;
  const ofItems = new Float32Array(known * columns);
  for (let item = 0; item < known; item++) markItem(ofItems, item * columns, item);
  return {
    columns,
    gaps: timeGaps,
    mark(rows, at, item, kind, gap) {
      if (kind >= 0 && kind < kinds) rows[at + kind] = 1;
      if (timeGaps && gap > 0) rows[at + kinds + gap - 1] = 1;
      markItem(rows, at, item);
    },
    ...(known > 0 && { ofItems }),
    arrays,
  };
}

/** The eighth of each among all that are numbers, 0 .. 7, equals together; -1 for NaN. */
function eighths(values: Float32Array): Int8Array {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  const edges = Array.from({ length: 7 }, (_, i) => sorted[Math.floor(((i + 1) * sorted.length) / 8)]!);
  return Int8Array.from(values, (value) =>
    Number.isNaN(value) ? -1 : edges.filter((edge) => edge < value).length,
  );
}
