import type { Rng } from '../../core/index.ts';
import { chance, chanceNormal, purposes } from './chance.ts';
import { demandOn, restocks, type ShopModel } from './model.ts';

/**
 * The shoppers of n worlds at once, one array for each quantity. A life is a chain of visits; a visit is a chain of
 * slates. Everything here is hidden from agents; what they may see is kept in `observe.ts`.
 */
export interface Lives {
  readonly n: number;
  readonly keyA: Int32Array;
  readonly keyB: Int32Array;
  readonly day: Float64Array;
  /** Days since the last visit, 0 in the first. */
  readonly gap: Float64Array;
  /** Number of the visit in the life and of the slate in the visit, from 0. */
  readonly visit: Int32Array;
  readonly slate: Int32Array;
  readonly satisfaction: Float64Array;
  /** Category looked for in this visit. */
  readonly intent: Int32Array;
  /** Category of the last thing bought in this visit, -1 for nothing bought. */
  readonly found: Int32Array;
  readonly priceSensitivity: Float64Array;
  /** Multiplies the odds of leaving. */
  readonly hurry: Float64Array;
  /** What the page adds to the utility of everything on it; 0 but in placements where the page is part of the decision. */
  readonly pull: Float64Array;
  /** n x categories and n x styleSize, standard normal. */
  readonly categoryTaste: Float64Array;
  readonly styleTaste: Float64Array;
  /** n x items: times shown before (halved from visit to visit), and 0 new / 1 clicked / 2 bought in earlier visits or this one. */
  readonly shown: Float32Array;
  readonly known: Uint8Array;
  readonly inStock: Uint8Array;
  /** n x items: launched and in stock in this visit. */
  readonly shelved: Uint8Array;
  /** n x items: 1 where the next slate may hold the item: on the shelf and not resting after it was shown. */
  readonly open: Uint8Array;
  /** Items open in each world. */
  readonly openCount: Int32Array;
}

export function emptyLives(n: number, model: ShopModel): Lives {
  const perItem = n * model.items;
  return {
    n,
    keyA: new Int32Array(n),
    keyB: new Int32Array(n),
    day: new Float64Array(n),
    gap: new Float64Array(n),
    visit: new Int32Array(n),
    slate: new Int32Array(n),
    satisfaction: new Float64Array(n),
    intent: new Int32Array(n),
    found: new Int32Array(n),
    priceSensitivity: new Float64Array(n),
    hurry: new Float64Array(n),
    pull: new Float64Array(n),
    categoryTaste: new Float64Array(n * model.categories),
    styleTaste: new Float64Array(n * model.styleSize),
    shown: new Float32Array(perItem),
    known: new Uint8Array(perItem),
    inStock: new Uint8Array(perItem),
    shelved: new Uint8Array(perItem),
    open: new Uint8Array(perItem),
    openCount: new Int32Array(n),
  };
}

/** The moment as one number, for `chance`. */
export const momentOf = (lives: Lives, w: number): number => lives.visit[w]! * 256 + lives.slate[w]!;

/** A new shopper in world w, at the start of the first visit. */
export function beginLife(lives: Lives, model: ShopModel, w: number, stream: Rng): void {
  const { shoppers } = model.parameters;
  const a = (stream.float() * 4294967296) | 0;
  const b = (stream.float() * 4294967296) | 0;
  lives.keyA[w] = a;
  lives.keyB[w] = b;
  lives.day[w] = 365 * chance(a, b, 0, purposes.birthDay);
  lives.gap[w] = 0;
  lives.visit[w] = 0;
  lives.slate[w] = 0;
  lives.satisfaction[w] = shoppers.startSatisfaction;
  lives.found[w] = -1;
  lives.priceSensitivity[w] =
    shoppers.priceSensitivity * Math.exp(shoppers.priceSpread * chanceNormal(a, b, 0, purposes.price));
  lives.hurry[w] = Math.exp(shoppers.patienceSpread * chanceNormal(a, b, 0, purposes.patience));
  for (let c = 0; c < model.categories; c++) {
    lives.categoryTaste[w * model.categories + c] = chanceNormal(a, b, 0, purposes.categoryTaste + c);
  }
  for (let d = 0; d < model.styleSize; d++) {
    lives.styleTaste[w * model.styleSize + d] = chanceNormal(a, b, 0, purposes.styleTaste + d);
  }
  const from = w * model.items;
  lives.shown.fill(0, from, from + model.items);
  lives.known.fill(0, from, from + model.items);
  for (let i = 0; i < model.items; i++) {
    const out = model.runsOut[i]! / (model.runsOut[i]! + restocks);
    lives.inStock[from + i] = chance(a, b, 0xffff, purposes.stock + i) < out ? 0 : 1;
  }
  lives.intent[w] = drawIntent(lives, model, w);
  openShelves(lives, model, w);
}

/** The same shopper comes back: time has passed, shelves and tastes have moved, something else may be looked for. */
export function comeBack(lives: Lives, model: ShopModel, w: number): void {
  const { visits, shoppers, satisfaction, categories } = model.parameters;
  const a = lives.keyA[w]!;
  const b = lives.keyB[w]!;
  lives.visit[w]!++;
  lives.slate[w] = 0;
  const moment = momentOf(lives, w);
  lives.gap[w] = -visits.gapDays * Math.log(1 - chance(a, b, moment, purposes.gap));
  lives.day[w]! += lives.gap[w]!;
  lives.satisfaction[w]! += satisfaction.forgetting * (shoppers.startSatisfaction - lives.satisfaction[w]!);
  for (let d = 0; d < model.styleSize; d++) {
    lives.styleTaste[w * model.styleSize + d]! +=
      shoppers.tasteDrift * chanceNormal(a, b, moment, purposes.styleDrift + d);
  }
  const luck = chance(a, b, moment, purposes.persist);
  const found = lives.found[w]!;
  if (found >= 0 && luck < visits.complement) lives.intent[w] = categories.complement[found]!;
  else if (found >= 0 || luck >= visits.persistence) lives.intent[w] = drawIntent(lives, model, w);
  lives.found[w] = -1;
  const from = w * model.items;
  for (let i = 0; i < model.items; i++) {
    lives.shown[from + i]! *= 0.5;
    const turn = chance(a, b, moment, purposes.stock + i);
    lives.inStock[from + i] = lives.inStock[from + i]
      ? turn < model.runsOut[i]!
        ? 0
        : 1
      : turn < restocks
        ? 1
        : 0;
  }
  openShelves(lives, model, w);
}

/** Everything in the shop and in stock may be shown (again). */
export function openShelves(lives: Lives, model: ShopModel, w: number): void {
  const from = w * model.items;
  const day = lives.day[w]!;
  let count = 0;
  for (let i = 0; i < model.items; i++) {
    const open = lives.inStock[from + i]! && model.launchDay[i]! <= day ? 1 : 0;
    lives.shelved[from + i] = open;
    lives.open[from + i] = open;
    count += open;
  }
  // A shop with nothing to show would be no world: then stock is ignored.
  if (count === 0) {
    lives.shelved.fill(1, from, from + model.items);
    lives.open.fill(1, from, from + model.items);
    count = model.items;
  }
  lives.openCount[w] = count;
}

/** A category with probability proportional to exp(demand today + taste). */
function drawIntent(lives: Lives, model: ShopModel, w: number): number {
  const { tasteSpread } = model.parameters.shoppers;
  const from = w * model.categories;
  const day = lives.day[w]!;
  const weight = (c: number): number =>
    Math.exp(demandOn(model, c, day) + tasteSpread * lives.categoryTaste[from + c]!);
  let total = 0;
  for (let c = 0; c < model.categories; c++) total += weight(c);
  let left = total * chance(lives.keyA[w]!, lives.keyB[w]!, lives.visit[w]! * 256, purposes.intent);
  for (let c = 0; c < model.categories; c++) {
    left -= weight(c);
    if (left < 0) return c;
  }
  return model.categories - 1;
}
