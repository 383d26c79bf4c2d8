import { rng } from '../../core/index.ts';
import { clickUtility, funnelChances } from './choice.ts';
import { beginLife, emptyLives } from './lives.ts';
import { logit, shopModel, sigmoid } from './model.ts';
import type { ShopParameters } from './parameters.ts';

/** Shares at uniformly random slates: of slates clicked, of clicks that reach the cart, of carts bought. */
export interface FunnelRates {
  readonly click: number;
  readonly cart: number;
  readonly buy: number;
}

/**
 * Solves for the three intercepts (nothing, cart, buy) that give the wanted rates when slates are uniformly random, over
 * 500 first visits: rates are what is known of shops, intercepts are not. Bisection; each rate is monotone in its own.
 */
export function calibrate(
  parameters: ShopParameters,
  rates: FunnelRates,
  slate: number,
  seed: number,
): ShopParameters {
  const base = {
    ...parameters,
    clicks: { ...parameters.clicks, nothing: 0 },
    funnel: { ...parameters.funnel, cart: 0, buy: 0 },
  };
  const model = shopModel(base);
  const visits = 500;
  const stream = rng(seed).fork('calibration');
  const lives = emptyLives(visits, model);
  const weights: number[] = [];
  const utilities: number[] = [];
  for (let w = 0; w < visits; w++) {
    beginLife(lives, model, w, stream);
    for (let j = 0; j < slate; j++) {
      const item = stream.int(model.items);
      weights.push(Math.exp(clickUtility(lives, model, w, item)) * (j + 1) ** -base.clicks.positionBias);
      utilities.push(logit(funnelChances(lives, model, w, item).cart));
    }
  }
  const clickRate = (nothing: number): number => {
    let sum = 0;
    for (let w = 0; w < visits; w++) {
      const total = totalOf(weights, w * slate, slate);
      sum += total / (Math.exp(nothing) + total);
    }
    return sum / visits;
  };
  const nothing = solve((x) => clickRate(x), rates.click);
  // Weight of each clicked item: its probability of being the one.
  const clicked = weights.map((weight, i) => {
    const total = totalOf(weights, Math.floor(i / slate) * slate, slate);
    return weight / (Math.exp(nothing) + total);
  });
  const mean = (of: (i: number) => number, by: (i: number) => number): number => {
    let sum = 0;
    let mass = 0;
    for (let i = 0; i < clicked.length; i++) {
      sum += by(i) * of(i);
      mass += by(i);
    }
    return sum / mass;
  };
  const cart = solve(
    (x) =>
      -mean(
        (i) => sigmoid(x + utilities[i]!),
        (i) => clicked[i]!,
      ),
    -rates.cart,
  );
  const buy = solve(
    (x) =>
      -mean(
        (i) => sigmoid(x + utilities[i]! / 2),
        (i) => clicked[i]! * sigmoid(cart + utilities[i]!),
      ),
    -rates.buy,
  );
  return {
    ...base,
    clicks: { ...base.clicks, nothing },
    funnel: { ...base.funnel, cart, buy },
  };
}

function totalOf(weights: readonly number[], from: number, count: number): number {
  let total = 0;
  for (let i = from; i < from + count; i++) total += weights[i]!;
  return total;
}

/** The x in [-20, 20] where a falling function takes a value. */
function solve(falling: (x: number) => number, value: number): number {
  let low = -20;
  let high = 20;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (falling(middle) > value) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
