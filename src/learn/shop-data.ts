import {
  contentHash,
  type Event,
  helpfulnessOf,
  type ItemFeatures,
  type ItemGraph,
  linesOf,
  type Sequences,
  shopperOf,
  TendrilError,
  textOf,
} from '../core/index.ts';
import type { Log } from '../log/index.ts';
import { sentiment } from '../math/index.ts';
import {
  type CatalogueState,
  type Encoder,
  embeddingsOf,
  encodeState,
  encodingFitter,
  type FoldContext,
  type ItemEmbeddings,
  type ItemLabels,
  itemEmbeddings,
  itemFeatures,
  itemGraph,
  itemLabels,
  type LaterFields,
  observationOf,
  type ProfileLabels,
  profileOf,
} from '../state/index.ts';
import { catalogueOfLog } from './catalogue-of-log.ts';
import { replayStates } from './replay-states.ts';
import { type LogSlice, sequencesOfLog } from './sequences-of-log.ts';

/**
 * A log made ready for learning: the catalogue, the histories, and each shopper's last interaction held back for
 * validation. What an agent is fitted on lies strictly before the held-back moment of its shopper, and so does the
 * state the validation is predicted from: nothing of the same order or the same day-stamped batch.
 */
export interface ShopData {
  readonly catalogue: CatalogueState;
  readonly features: ItemFeatures;
  readonly graph: ItemGraph;
  readonly labels: ItemLabels;
  readonly shoppers: readonly string[];
  /** Everything. */
  readonly sequences: Sequences;
  /** What lies before the held-back moments. */
  readonly train: Sequences;
  readonly validation: {
    readonly inputs: Sequences;
    readonly targets: Int32Array;
    /** True where shoppers come back to the same items (at least 5 % of the targets): such items are not masked. */
    readonly repeats: boolean;
    /** The shop's observation of each input, `targets.length` rows. */
    readonly observations: Float32Array;
    /** The row of `sequences` that each is of. */
    readonly rows: readonly number[];
  };
  readonly encoder: Encoder;
  readonly context: FoldContext;
  readonly fingerprint: string;
  /** Slates of ours that the log holds. */
  readonly decisions: number;
}

export interface ShopDataOptions extends LogSlice {
  readonly historyLength?: number;
  readonly later?: LaterFields;
  /** Item ids whose numbers are fixed: those of a model that is to be continued. */
  readonly known?: readonly string[];
  /** The labels of that model, of its items and its shoppers. */
  readonly labels?: ItemLabels;
  readonly profile?: ProfileLabels;
  /** Numbers of a shopper's embedding, learned from the histories; none where missing. Or those of that model. */
  readonly embeddings?: number | ItemEmbeddings;
  /** True where the observation shall show the pauses within the history (`timeGaps`). */
  readonly gaps?: boolean;
  /** True where the items' features shall tell the sentiment of their reviews (`reviewSentiment`). */
  readonly sentiments?: boolean;
  /** Shoppers validated on at most, evenly chosen. */
  readonly validated?: number;
}

/** A shopper's label is found by this hash, so that a model need not hold ids. */
export const shopperHash = (shopper: string): string => contentHash(shopper).slice(0, 16);

export const foldContextOf = (catalogue: Pick<CatalogueState, 'item'>): FoldContext => ({
  item: (itemId) => catalogue.item(itemId),
  sentiment: (text) => sentiment(text).compound,
});

/** Reads the log four times, in streams. Throws `no-data` where it holds no interactions. */
export async function readShop(log: Log, options: ShopDataOptions = {}): Promise<ShopData> {
  const {
    from = Number.NEGATIVE_INFINITY,
    to,
    historyLength,
    later,
    known,
    profile,
    embeddings: asked,
    gaps,
    sentiments: asksSentiments = false,
    validated = 4000,
  } = options;
  const { catalogue } = await catalogueOfLog(log, known);
  const { sequences, shoppers } = await sequencesOfLog(log, catalogue, options);
  if (sequences.items.length === 0)
    throw new TendrilError('no-data', 'the log holds no interaction of a shopper with an item');
  const held = holdBack(sequences);

  const fitter = encodingFitter();
  const heldAt = new Map(shoppers.map((shopper, u) => [shopper, held.times[u]!]));
  const opinions = asksSentiments ? itemOpinions(catalogue) : undefined;
  let decisions = 0;
  // From the beginning: states are folded from there too, and profiles often stand there.
  for await (const event of log.readByTime(undefined, to)) {
    const shopper = shopperOf(event);
    const held = shopper === undefined || event.timestamp >= (heldAt.get(shopper) ?? Infinity);
    if (event.eventType === 'shopper_changed' && !held) fitter.addProfile(profileOf(event));
    if (event.timestamp < from) continue;
    if (event.eventType === 'decision') decisions++;
    if (held) continue;
    if (linesOf(event).length > 0) addRows(fitter, event, catalogue);
    opinions?.add(event);
  }
  const hashes = new Map(shoppers.map((shopper, u) => [shopperHash(shopper), u + 1]));
  const embeddings =
    typeof asked === 'number'
      ? itemEmbeddings(held.train, asked)
      : asked && embeddingsOf(asked, catalogue.size);
  const encoder: Encoder = {
    encoding: fitter.encoding({
      itemCount: catalogue.size,
      shopperCount: shoppers.length,
      ...(historyLength !== undefined && { historyLength }),
      ...(later !== undefined && { later }),
      ...(profile && { profile }),
      ...(embeddings && { embedding: embeddings.size }),
      ...(gaps && { gaps }),
    }),
    catalogue,
    ...(embeddings && { embeddings }),
    labelOf: (shopper) => hashes.get(shopperHash(shopper)) ?? 0,
  };

  const context = foldContextOf(catalogue);
  const rows = evenly(held.rows, validated);
  const place = new Map(rows.map((u, i) => [shoppers[u]!, i]));
  const { size } = observationOf(encoder.encoding);
  const observations = new Float32Array(rows.length * size);
  for await (const { event, shopper, before } of replayStates(log, context, { to })) {
    const i = place.get(shopper);
    const at = heldAt.get(shopper)!;
    if (i === undefined || event.timestamp < at) continue;
    encodeState(before, at, encoder, observations, i * size);
    place.delete(shopper);
    if (place.size === 0) break;
  }

  const labels = options.labels ?? itemLabels(catalogue);
  const inputs = pick(held.train, rows);
  const targets = Int32Array.from(rows, (u) => held.targets[u]!);
  return {
    catalogue,
    features: {
      ...itemFeatures(catalogue, encoder.encoding, labels, known?.length),
      ...(opinions && { sentiments: opinions.means() }),
    },
    graph: itemGraph(catalogue),
    labels,
    shoppers,
    sequences,
    train: held.train,
    validation: { inputs, targets, observations, rows, repeats: repeatShare(inputs, targets) >= 0.05 },
    encoder,
    context,
    fingerprint: fingerprintOf(sequences),
    decisions,
  };
}

function addRows(fitter: ReturnType<typeof encodingFitter>, event: Event, catalogue: CatalogueState): void {
  const lines = linesOf(event);
  for (const { itemId, price } of lines) {
    fitter.add({
      timestamp: event.timestamp,
      price: price ?? (lines.length === 1 ? event.value : undefined) ?? catalogue.item(itemId)?.price,
      helpfulness: helpfulnessOf(event),
    });
  }
}

/** The mean sentiment of what was written about each item. */
function itemOpinions(catalogue: CatalogueState) {
  const sums = new Float64Array(catalogue.size);
  const counts = new Float64Array(catalogue.size);
  return {
    add(event: Event): void {
      const text = textOf(event);
      if (text === '') return;
      const { compound } = sentiment(text);
      for (const { itemId } of linesOf(event)) {
        const item = catalogue.indexOf(itemId)!;
        sums[item]! += compound;
        counts[item]!++;
      }
    },
    /** NaN where nothing was written. */
    means: () => Float32Array.from(sums, (sum, item) => sum / counts[item]!),
  };
}

/** Each shopper's last interaction as target, and what lies strictly before its time as input, where there is any. */
function holdBack(all: Sequences): {
  readonly train: Sequences;
  readonly targets: Int32Array;
  /** Time of the held-back moment, Infinity where nothing is held back. */
  readonly times: Float64Array;
  readonly rows: readonly number[];
} {
  const { n, offsets, items } = all;
  const times = new Float64Array(n).fill(Infinity);
  const targets = new Int32Array(n).fill(-1);
  const lengths = new Int32Array(n);
  const rows: number[] = [];
  for (let u = 0; u < n; u++) {
    const [begin, end] = [offsets[u]!, offsets[u + 1]!];
    let cut = end;
    while (cut > begin && all.times![cut - 1] === all.times![end - 1]) cut--;
    lengths[u] = cut > begin ? cut - begin : end - begin;
    if (cut === begin) continue;
    times[u] = all.times![end - 1]!;
    targets[u] = items[end - 1]!;
    rows.push(u);
  }
  return { train: firstOf(all, lengths), targets, times, rows };
}

/** The first `lengths[u]` interactions of every shopper. */
function firstOf(all: Sequences, lengths: Int32Array): Sequences {
  const offsets = new Int32Array(all.n + 1);
  for (let u = 0; u < all.n; u++) offsets[u + 1] = offsets[u]! + lengths[u]!;
  const total = offsets[all.n]!;
  const part = {
    items: new Int32Array(total),
    types: new Uint8Array(total),
    times: new Float64Array(total),
    ratings: new Float32Array(total),
  };
  for (let u = 0; u < all.n; u++) {
    const [from, to] = [all.offsets[u]!, all.offsets[u]! + lengths[u]!];
    part.items.set(all.items.subarray(from, to), offsets[u]!);
    part.types.set(all.types!.subarray(from, to), offsets[u]!);
    part.times.set(all.times!.subarray(from, to), offsets[u]!);
    part.ratings.set(all.ratings!.subarray(from, to), offsets[u]!);
  }
  return { n: all.n, itemCount: all.itemCount, offsets, ...part };
}

/** Some shoppers' rows, in rising order. */
export function pick(all: Sequences, rows: readonly number[]): Sequences {
  const lengths = new Int32Array(all.n);
  for (const u of rows) lengths[u] = all.offsets[u + 1]! - all.offsets[u]!;
  const part = firstOf(all, lengths);
  const offsets = Int32Array.from([0, ...rows.map((u) => part.offsets[u + 1]!)]);
  return { ...part, n: rows.length, offsets };
}

function evenly(rows: readonly number[], count: number): number[] {
  const size = Math.min(rows.length, count);
  return Array.from({ length: size }, (_, i) => rows[Math.floor((i * rows.length) / size)]!);
}

function repeatShare({ n, offsets, items }: Sequences, targets: Int32Array): number {
  let repeated = 0;
  for (let u = 0; u < n; u++) {
    if (items.subarray(offsets[u]!, offsets[u + 1]!).includes(targets[u]!)) repeated++;
  }
  return n === 0 ? 0 : repeated / n;
}

/** A hash of every interaction: same data, same fingerprint. */
function fingerprintOf({ n, itemCount, offsets, items, types, times }: Sequences): string {
  let [a, b] = [0x9e3779b9 ^ n, 0x85ebca6b ^ itemCount];
  const mix = (value: number): void => {
    a = Math.imul(a ^ value, 0x01000193);
    b = Math.imul((b << 5) | (b >>> 27), 0x5bd1e995) ^ value;
  };
  for (let u = 0; u <= n; u++) mix(offsets[u]!);
  for (let i = 0; i < items.length; i++) {
    mix(items[i]!);
    mix(types![i]!);
    mix(times![i]! % 4294967296);
    mix(times![i]! / 4294967296);
  }
  return contentHash(`${a >>> 0} ${b >>> 0} ${items.length}`);
}
