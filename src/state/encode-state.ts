import {
  eventTypeCode,
  eventTypes,
  gapBucket,
  gapsPart,
  type ObservationPart,
  type ObservationSpec,
  observationSpec,
  type ShopFeature,
  sessionFeature,
  shopFeatures,
  shopObservation,
} from '../core/index.ts';
import { type Encoder, type Encoding, scaled } from './encoding.ts';
import { embedShopper } from './item-embeddings.ts';
import type { Profile, ProfileLabels } from './profile.ts';
import { earliest, type ShopperState } from './shopper-state.ts';

/**
 * The shop's observation; where profiles are known, `shopper.age` (years), `shopper.gender` and `shopper.region` after it;
 * where items have embeddings, `embedding`, the shopper's; where it is asked for, `history.gaps` at the end.
 */
export function observationOf({
  itemCount,
  historyLength,
  profile,
  embedding,
  gaps,
}: Encoding): ObservationSpec {
  const shop = shopObservation(itemCount, historyLength);
  if (!profile && embedding === undefined && !gaps) return shop;
  const parts: ObservationPart[] = [...shop.parts];
  if (profile)
    parts.push(
      { name: 'shopper.age', kind: 'real', size: 1, low: 0, high: profile.oldest },
      { name: 'shopper.gender', kind: 'index', size: 1, n: profile.genders.length },
      { name: 'shopper.region', kind: 'index', size: 1, n: profile.regions.length },
    );
  if (embedding !== undefined)
    parts.push({ name: 'embedding', kind: 'real', size: embedding, low: -1, high: 1 });
  if (gaps) parts.push(gapsPart(historyLength));
  return observationSpec(parts);
}

const day = 86_400_000;
const buyingTypes = new Set(['add_to_cart', 'begin_checkout', 'purchase'].map(eventTypeCode));

/**
 * Writes one shopper's state as a row of `observationOf`, as it stands at `now` (milliseconds; not before the
 * state). The history holds what shows interest in an item the encoding knows; the rest of the state speaks through
 * the features. A state folded before an interaction says nothing about that interaction.
 */
export function encodeState(
  state: ShopperState,
  now: number,
  { encoding, catalogue, labelOf, embeddings }: Encoder,
  out: Float32Array,
  offset = 0,
): void {
  const { historyLength, itemCount } = encoding;
  let slot = historyLength;
  let lastItem = 0;
  for (let t = state.tokens.length - 1; t >= 0 && slot > 0; t--) {
    const token = state.tokens[t]!;
    const number = token.item === '' ? undefined : catalogue.indexOf(token.item);
    if (number === undefined || number >= itemCount) continue;
    if (lastItem === 0) lastItem = number + 1;
    if (eventTypes[token.type]!.interest <= 0) continue;
    slot--;
    out[offset + slot] = number + 1;
    out[offset + historyLength + slot] = token.type + 1;
  }
  out.fill(0, offset, offset + slot);
  out.fill(0, offset + historyLength, offset + historyLength + slot);

  const features = featuresOf(state, now, encoding, labelOf(state.shopper), lastItem);
  const first = offset + 2 * historyLength;
  for (let f = 0; f < shopFeatures.length; f++) out[first + f] = features[shopFeatures[f]!];
  let next = first + shopFeatures.length;
  if (encoding.profile) {
    const numbers = profileNumbers(state.profile, encoding.profile);
    out.set(numbers, next);
    next += numbers.length;
  }
  if (embeddings) embedShopper(embeddings, takenBy(state, encoding, catalogue), now, out, next);
  next += encoding.embedding ?? 0;
  if (encoding.gaps)
    writeGaps([...takenBy(state, encoding, catalogue)], out.subarray(next, next + historyLength));
}

/** The pause before each token shown but the oldest, as `writeHistory` writes it. */
function writeGaps(taken: readonly { readonly time: number }[], out: Float32Array): void {
  out.fill(0);
  const shown = Math.min(taken.length, out.length);
  for (let age = 0; age + 1 < shown; age++) {
    const at = taken.length - 1 - age;
    out[out.length - 1 - age] = gapBucket(taken[at]!.time - taken[at - 1]!.time);
  }
}

/** What of a state shows interest in items the encoding knows. */
function* takenBy(
  { tokens }: ShopperState,
  { itemCount }: Encoding,
  catalogue: Encoder['catalogue'],
): Generator<{ readonly item: number; readonly time: number }> {
  for (const { item: itemId, type, time } of tokens) {
    if (itemId === '' || eventTypes[type]!.interest <= 0) continue;
    const item = catalogue.indexOf(itemId);
    if (item !== undefined && item < itemCount) yield { item, time };
  }
}

/** Age, gender and region, 0 where they are unknown. */
function profileNumbers(
  { age = 0, gender, region }: Profile,
  { oldest, genders, regions }: ProfileLabels,
): number[] {
  return [Math.min(age, oldest), genders.indexOf(gender ?? '') + 1, regions.indexOf(region ?? '') + 1];
}

/** The named numbers of core's `shopFeatures`, each in 0 .. 1. */
function featuresOf(
  state: ShopperState,
  now: number,
  { shopperCount, itemCount, price, medianPrice, helpfulness, time, later }: Encoding,
  label: number,
  lastItem: number,
): Readonly<Record<ShopFeature, number>> {
  const { last, tokens, session } = state;
  const known = state.lastTime !== earliest;
  return {
    shopper: shopperCount > 0 ? label / shopperCount : 0,
    lastItem: itemCount > 0 ? lastItem / itemCount : 0,
    lastPrice: last.price === undefined || !later.prices ? 0.5 : scaled(price, last.price),
    lastRating: last.rating === undefined ? 0.5 : Math.min(1, Math.max(0, (last.rating - 1) / 4)),
    lastSentiment: last.sentiment === undefined ? 0.5 : (last.sentiment + 1) / 2,
    lastHelpfulness:
      last.helpfulness === undefined || !later.votes ? 0 : scaled(helpfulness, last.helpfulness),
    lastTime: known ? scaled(time, state.lastTime) : 0,
    recency: known ? Math.exp(-Math.max(0, now - state.lastTime) / day / 30) : 0,
    frequency: 1 - Math.exp(-state.actions / 20),
    monetary: medianPrice > 0 ? 1 - Math.exp(-Math.max(0, state.spent) / medianPrice / 20) : 0,
    engagement: state.shown > 0 ? state.answered / state.shown : 0,
    session: sessionFeature(now - state.lastTime > 30 * 60_000 ? 0 : session.actions),
    buying:
      tokens.length === 0
        ? 0
        : tokens.reduce((sum, token) => sum + (buyingTypes.has(token.type) ? 1 : 0), 0) / tokens.length,
    price: state.priceCount === 0 || !later.prices ? 0.5 : scaled(price, state.priceSum / state.priceCount),
    satisfaction: state.opinionCount === 0 ? 0.5 : state.opinionSum / state.opinionCount,
  };
}
