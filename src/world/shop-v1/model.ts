import type { ShopParameters } from './parameters.ts';

/** A shop's parameters as flat typed arrays, with what can be worked out beforehand. */
export interface ShopModel {
  readonly parameters: ShopParameters;
  readonly items: number;
  readonly categories: number;
  readonly styleSize: number;
  readonly category: Int32Array;
  readonly price: Float64Array;
  readonly dearness: Float64Array;
  readonly quality: Float64Array;
  /** Appeal times its weight. */
  readonly pull: Float64Array;
  readonly style: Float64Array;
  readonly launchDay: Float64Array;
  readonly runsOut: Float64Array;
  /** Log price, min-max scaled. */
  readonly scaledPrice: Float64Array;
  readonly medianPrice: number;
}

export function shopModel(parameters: ShopParameters): ShopModel {
  const { items, clicks } = parameters;
  const logs = items.price.map((price) => Math.log(Math.max(price, 0.01)));
  const low = logs.reduce((a, b) => Math.min(a, b), Infinity);
  const high = logs.reduce((a, b) => Math.max(a, b), -Infinity);
  return {
    parameters,
    items: items.category.length,
    categories: parameters.categories.demand.length,
    styleSize: items.styleSize,
    category: Int32Array.from(items.category),
    price: Float64Array.from(items.price),
    dearness: Float64Array.from(items.dearness),
    quality: Float64Array.from(items.quality),
    pull: Float64Array.from(items.appeal, (appeal) => clicks.appeal * appeal),
    style: Float64Array.from(items.style, (s) => s / Math.sqrt(items.styleSize)),
    launchDay: Float64Array.from(items.launchDay),
    runsOut: Float64Array.from(items.runsOut),
    scaledPrice: Float64Array.from(logs, (log) => (high > low ? (log - low) / (high - low) : 0.5)),
    medianPrice: items.price.toSorted((a, b) => a - b)[items.price.length >> 1]!,
  };
}

/** Odds that an empty shelf is filled again between two visits. */
export const restocks = 0.5;

/** Log demand of a category on a day: its season. */
export function demandOn(model: ShopModel, category: number, day: number): number {
  const { demand, seasonHeight, seasonPeak } = model.parameters.categories;
  const angle = (2 * Math.PI * (day - seasonPeak[category]!)) / 365;
  return demand[category]! + seasonHeight[category]! * Math.cos(angle);
}

export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
export const logit = (p: number): number => Math.log(p / (1 - p));
