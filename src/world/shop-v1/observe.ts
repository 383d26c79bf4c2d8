import { eventTypeCode, sessionFeature, shopFeatures, shopObservation } from '../../core/index.ts';
import type { Lives } from './lives.ts';
import type { ShopModel } from './model.ts';

/**
 * What may be seen of the shoppers, written straight into the rows of observations (layout: `shopObservation`). One
 * token for each item answered to, with the deepest thing done to it (click, view, add_to_cart, purchase); slates
 * without an answer leave no token, only their mark on `engagement`.
 */
export interface Seen {
  readonly history: number;
  readonly size: number;
  readonly observations: Float32Array;
  readonly slates: Int32Array;
  readonly answered: Int32Array;
  /** Answers in this visit. */
  readonly inVisit: Int32Array;
  readonly spent: Float64Array;
  readonly priceSum: Float64Array;
  /** 0 .. 1: running mean of dwelling (looked at the page or bounced), ratings counting double. */
  readonly pleased: Float64Array;
  readonly lastStars: Float64Array;
  readonly lastSentiment: Float64Array;
}

/** Days from the first of the year to where `lastTime` reaches 1. */
const horizonDays = 540;
const at = Object.fromEntries(shopFeatures.map((name, i) => [name, i])) as Record<
  (typeof shopFeatures)[number],
  number
>;
const cartCode = eventTypeCode('add_to_cart') + 1;
const purchaseCode = eventTypeCode('purchase') + 1;

export function emptySeen(n: number, model: ShopModel, history: number): Seen {
  const { size } = shopObservation(model.items, history);
  return {
    history,
    size,
    observations: new Float32Array(n * size),
    slates: new Int32Array(n),
    answered: new Int32Array(n),
    inVisit: new Int32Array(n),
    spent: new Float64Array(n),
    priceSum: new Float64Array(n),
    pleased: new Float64Array(n),
    lastStars: new Float64Array(n),
    lastSentiment: new Float64Array(n),
  };
}

export function forget(seen: Seen, w: number): void {
  seen.observations.fill(0, w * seen.size, (w + 1) * seen.size);
  seen.slates[w] = 0;
  seen.answered[w] = 0;
  seen.inVisit[w] = 0;
  seen.spent[w] = 0;
  seen.priceSum[w] = 0;
  seen.pleased[w] = 0.5;
  seen.lastStars[w] = 0;
  seen.lastSentiment[w] = 0;
}

/** An item was answered to: its token joins the history. */
export function remember(seen: Seen, model: ShopModel, w: number, item: number, type: number): void {
  const { observations, history, size } = seen;
  const from = w * size;
  const types = from + history;
  observations.copyWithin(from, from + 1, types);
  observations.copyWithin(types, types + 1, types + history);
  observations[types - 1] = item + 1;
  observations[types + history - 1] = type + 1;
  seen.answered[w]!++;
  seen.inVisit[w]!++;
  seen.priceSum[w]! += model.scaledPrice[item]!;
}

/** Brings the features of world w up to date. */
export function writeFeatures(seen: Seen, lives: Lives, model: ShopModel, w: number): void {
  const { observations: o, history, size } = seen;
  const tokens = w * size;
  const types = tokens + history;
  const f = types + history;
  const last = o[types - 1]!;
  const answered = seen.answered[w]!;
  const began = lives.slate[w] === 0;
  if (began) seen.inVisit[w] = 0;
  let buying = 0;
  for (let j = types; j < f; j++) if (o[j] === cartCode || o[j] === purchaseCode) buying++;
  o[f + at.shopper] = 0;
  o[f + at.lastItem] = last / model.items;
  o[f + at.lastPrice] = last > 0 ? model.scaledPrice[last - 1]! : 0.5;
  o[f + at.lastRating] = seen.lastStars[w]! > 0 ? (seen.lastStars[w]! - 1) / 4 : 0.5;
  o[f + at.lastSentiment] = (seen.lastSentiment[w]! + 1) / 2;
  o[f + at.lastHelpfulness] = 0;
  o[f + at.lastTime] = Math.min(1, lives.day[w]! / horizonDays);
  o[f + at.recency] = began ? Math.exp(-lives.gap[w]! / 30) : 1;
  o[f + at.frequency] = 1 - Math.exp(-answered / 20);
  o[f + at.monetary] = 1 - Math.exp(-seen.spent[w]! / (20 * model.medianPrice));
  o[f + at.engagement] = seen.slates[w] === 0 ? 0 : answered / seen.slates[w]!;
  o[f + at.session] = sessionFeature(seen.inVisit[w]!);
  o[f + at.buying] = answered === 0 ? 0 : buying / Math.min(answered, history);
  o[f + at.price] = answered === 0 ? 0.5 : seen.priceSum[w]! / answered;
  o[f + at.satisfaction] = seen.pleased[w]!;
}
