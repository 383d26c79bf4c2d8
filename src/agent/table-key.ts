import {
  type ItemFeatures,
  type ObservationSpec,
  partAt,
  shopFeatures,
  TendrilError,
} from '../core/index.ts';

/**
 * From an observation to one whole number, the state of a table. Every digit is one thing known of the shopper, in a
 * base of its own (mixed radix):
 *
 *   key = (... (digit_1 x base_2 + digit_2) x base_3 + ...)
 *
 * An index is its own digit; a number in [low, high] is cut into `bins` equal pieces. Which digits there are is said in
 * words: `age:6,gender,history.items:1,features.lastRating:5,item.category,item.price:3`.
 *
 *   <part>[:count]       an index part: the newest `count` entries of it, all where missing
 *   <part>[:bins]        a real part: every number of it, in bins
 *   features.<name>      one number of the shop's features
 *   item.category        of the last item, item.price[:bins], and item.brand[:bins]: the brands with most items have a bin
 *                        each, the others share the last
 *   shopper.gender, shopper.region, and shopper.age[:bins]: equal pieces from 0 to the oldest of the training rows
 *
 * What is unknown of an item or a shopper is 0, apart from all that is known.
 */
export interface TableKey {
  /** States that can be told apart. */
  readonly states: number;
  /** The key of the observation that begins at `at`. */
  of(observations: Float32Array, at: number): number;
}

/** What a key may know of the last item. */
export type KeyItems = Pick<
  ItemFeatures,
  'categories' | 'categoryCount' | 'brands' | 'brandCount' | 'prices'
>;
const itemWords = ['item.category', 'item.brand', 'item.price'] as const;

interface Digit {
  readonly base: number;
  of(observations: Float32Array, at: number): number;
}

/** Throws TendrilError `bad-setting` where the words name something the observation has not, or the key gets too long. */
export function tableKey(spec: ObservationSpec, words: string, bins: number, items?: KeyItems): TableKey {
  const digits = (words === '' ? wholeObservation(spec) : words.split(',')).flatMap((word) =>
    digitsOf(word.trim(), spec, bins, items),
  );
  const states = digits.reduce((product, { base }) => product * base, 1);
  if (states > Number.MAX_SAFE_INTEGER)
    throw new TendrilError('bad-setting', `setting "key" tells ${states} states apart; accepted: up to 2^53`);
  const [only] = digits;
  if (digits.length === 1) return { states, of: only!.of };
  return {
    states,
    of(observations, at) {
      let key = 0;
      for (const digit of digits) key = key * digit.base + digit.of(observations, at);
      return key;
    },
  };
}

/** Of a shop the last item; of anything else all there is. */
function wholeObservation(spec: ObservationSpec): string[] {
  return partAt(spec, 'history.items') ? ['history.items:1'] : spec.parts.map((part) => part.name);
}

function digitsOf(word: string, spec: ObservationSpec, bins: number, items: KeyItems | undefined): Digit[] {
  const [name, given] = word.split(':') as [string, string | undefined];
  const count = given === undefined ? undefined : Number(given);
  if (count !== undefined && !(Number.isInteger(count) && count >= 1))
    throw new TendrilError(
      'bad-setting',
      `"${word}" of setting "key": after the colon comes a whole number from 1`,
    );
  if (name.startsWith('item.')) return [itemDigit(name, spec, count ?? bins, items)];
  if (name.startsWith('features.')) {
    const features = partAt(spec, 'features');
    const place = (shopFeatures as readonly string[]).indexOf(name.slice('features.'.length));
    if (!features || place < 0 || place >= features.part.size) throw unknown(name, spec, shopFeatures);
    return [binned(features.offset + place, 0, 1, count ?? bins)];
  }
  const found = partAt(spec, name);
  if (!found) throw unknown(name, spec);
  const { offset, part } = found;
  if (name === 'shopper.age') return [ageDigit(offset, part.high!, count ?? bins)];
  if (part.kind === 'index') {
    const newest = Math.min(count ?? part.size, part.size);
    return Array.from({ length: newest }, (_, i) => {
      const place = offset + part.size - newest + i;
      return { base: part.n! + 1, of: (observations, at) => observations[at + place]! };
    });
  }
  const { low, high } = part;
  if (low === undefined || high === undefined || !Number.isFinite(high - low))
    throw new TendrilError('bad-setting', `part "${name}" has no bounds, so it cannot be cut into bins`);
  return Array.from({ length: part.size }, (_, i) => binned(offset + i, low, high, count ?? bins));
}

function binned(place: number, low: number, high: number, bins: number): Digit {
  const width = (high - low) / bins || 1;
  return {
    base: bins,
    of: (observations, at) =>
      Math.min(Math.max(Math.floor((observations[at + place]! - low) / width), 0), bins - 1),
  };
}

/** Unknown, or in which piece of 0 .. oldest. */
function ageDigit(place: number, oldest: number, bins: number): Digit {
  const known = binned(place, 0, oldest, bins);
  return {
    base: bins + 1,
    of: (observations, at) => (observations[at + place]! > 0 ? 1 + known.of(observations, at) : 0),
  };
}

/** What is known of the last item of the history; 0 where there is none. */
function itemDigit(name: string, spec: ObservationSpec, bins: number, items: KeyItems | undefined): Digit {
  const history = partAt(spec, 'history.items');
  if (!history || !items)
    throw new TendrilError(
      'bad-setting',
      `"${name}" of setting "key" needs a history of items with known features`,
    );
  const place = history.offset + history.part.size - 1;
  const last = (observations: Float32Array, at: number): number => observations[at + place]! - 1;
  const digit = (base: number, of: (item: number) => number): Digit => ({
    base,
    of(observations, at) {
      const item = last(observations, at);
      return item < 0 ? 0 : of(item);
    },
  });
  switch (name) {
    case 'item.category':
      return digit(items.categoryCount + 1, (item) => items.categories[item]!);
    case 'item.brand': {
      const bin = binsOf(items.brands, items.brandCount, bins);
      return digit(Math.min(bins, items.brandCount) + 1, (item) => bin[items.brands[item]!]!);
    }
    case 'item.price':
      return digit(bins + 1, (item) => 1 + Math.min(Math.floor(items.prices[item]! * bins), bins - 1));
    default:
      throw new TendrilError(
        'bad-setting',
        `"${name}" of setting "key" is not known; accepted: ${itemWords.join(', ')}`,
      );
  }
}

/** Of names numbered 1 .. count the most frequent have a bin each, the others share the last; 0 stays 0. */
function binsOf(numbers: Int32Array, count: number, bins: number): Int32Array {
  const items = new Int32Array(count + 1);
  for (const number of numbers) items[number]!++;
  const bin = new Int32Array(count + 1);
  Array.from({ length: count }, (_, i) => i + 1)
    .sort((a, b) => items[b]! - items[a]! || a - b)
    .forEach((number, place) => {
      bin[number] = Math.min(place + 1, bins);
    });
  return bin;
}

function unknown(name: string, spec: ObservationSpec, features?: readonly string[]): TendrilError {
  if (name.startsWith('shopper.') && !partAt(spec, 'shopper.age')) {
    return new TendrilError(
      'bad-setting',
      `"${name}" of setting "key" needs profiles of shoppers and the log has none before the held-back interactions; accepted where it has (shopper_changed): shopper.age, shopper.gender, shopper.region`,
    );
  }
  const names = features
    ? features.map((feature) => `features.${feature}`)
    : [...spec.parts.map((part) => part.name), ...itemWords];
  return new TendrilError(
    'bad-setting',
    `"${name}" of setting "key" is not in the observation; accepted: ${names.join(', ')}`,
  );
}
