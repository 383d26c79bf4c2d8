import { type Progress, rng, type Sequences, silent, TendrilError } from '../../core/index.ts';
import { calibrate } from './calibrate.ts';
import { drawShop } from './draw-shop.ts';
import { logit, sigmoid } from './model.ts';
import type { ShopParameters } from './parameters.ts';
import { shopRanges } from './ranges.ts';
import { type ItemFacts, type ShopStatistics, shopStatistics, totalVariation } from './shop-statistics.ts';
import { type ShopOptions, shopWorld } from './shop-world.ts';
import { statisticsAtRandom } from './statistics-at-random.ts';

/**
 * A simulated shop that looks like an imported one. From the data come, so that uniformly random slates reproduce them:
 * categories and prices (as they are), the popularity of each item and category (appeal and demand), interactions in a
 * visit (odds of leaving), the funnel's rates, visits a shopper and the days between them. A log of interactions cannot
 * say the rest (tastes, quality, price sensitivity, satisfaction): it is drawn from the seed within shop-v1's documented
 * ranges, so what a fitted shop says about personalisation is an assumption, and `assumed` names what was assumed.
 *
 * Popularity is fitted by iterative scaling: play, compare shares, move each item's appeal by the log of what is missing.
 * Fitted on every other shopper; the quality is reported on the others, beside the distance of the two halves of the real
 * data, which is what chance alone makes.
 */
export interface FittedShop {
  readonly parameters: ShopParameters;
  readonly quality: FitQuality;
  /** Share of uniformly random slates clicked at the first place, the second ...: position bias, all else being equal. */
  readonly clickRateBySlot: readonly number[];
  readonly assumed: readonly string[];
}

/** Distances between held-out shoppers and the fitted shop; `chance` is that between the halves of the real data. */
export interface FitQuality {
  readonly items: Distance;
  readonly categories: Distance;
  readonly visitLengths: Distance;
  readonly meanLogPrice: { readonly real: number; readonly fitted: number };
  readonly meanVisitLength: { readonly real: number; readonly fitted: number };
  readonly cartRate?: { readonly real: number; readonly fitted: number };
  readonly buyRate?: { readonly real: number; readonly fitted: number };
}

/** Total variation: the share of interactions (or visits) that would have to move. */
export interface Distance {
  readonly fitted: number;
  readonly chance: number;
}

export interface FitOptions {
  readonly slate?: number;
  readonly seed?: number;
  /** Share of random slates with a click, which logs without impressions do not tell; the middle of shop-v1's range. */
  readonly clickRate?: number;
  /** Slates played in each of the rounds. */
  readonly steps?: number;
  readonly progress?: Progress;
}

const rounds = 10;
/** Played at once. */
const worlds = 32;

/** Fits shop-v1. Throws TendrilError `no-data` below 100 interactions. */
export function fitShop(sequences: Sequences, facts: ItemFacts, options: FitOptions = {}): FittedShop {
  const { slate = 5, seed = 1, clickRate = middle('clickRate'), steps = 60_000, progress = silent } = options;
  if (sequences.items.length < 100) {
    throw new TendrilError(
      'no-data',
      `a shop is fitted on at least 100 interactions; there are ${sequences.items.length}`,
    );
  }
  const target = shopStatistics(sequences, facts, (row) => row % 2 === 0);
  const held = shopStatistics(sequences, facts, (row) => row % 2 === 1);
  const assumed = ['tastes', 'quality', 'price sensitivity', 'satisfaction', 'click rate at random slates'];
  if (target.cartRate === undefined) assumed.push('cart and purchase rates');
  if (target.visitsPerShopper === undefined) assumed.push('visits a shopper', 'days between visits');
  const rates = {
    click: clickRate,
    cart: target.cartRate ?? middle('cartRate'),
    buy: Math.min(0.95, target.buyRate ?? middle('buyRate')),
  };
  const world: ShopOptions = {
    slate,
    history: 20,
    visits: 20,
    rest: 2,
    reward: { click: 0.1, cart: 0, purchase: 1, money: 0, rating: 0, leave: 0 },
  };
  let parameters = begin(target, facts, slate, seed);
  let wanted = { ...rates };
  for (let round = 0; round < rounds; round++) {
    parameters = calibrate(parameters, wanted, slate, seed);
    const seen = statisticsAtRandom(shopWorld(parameters, worlds, world), facts, steps, seed + round);
    // Large steps first; small ones at the end, where what is missing is mostly the noise of the play.
    const gain = Math.min(1, 3 / (round + 1));
    parameters = move(parameters, target, seen, gain);
    // calibrate() solves for first visits; over whole lives trust and repeats move the rates a little.
    wanted = {
      ...wanted,
      cart: moved(wanted.cart, rates.cart, seen.cartRate, gain),
      buy: moved(wanted.buy, rates.buy, seen.buyRate, gain),
    };
    progress(round + 1, rounds + 1);
  }
  parameters = calibrate(parameters, wanted, slate, seed);
  const played = statisticsAtRandom(shopWorld(parameters, worlds, world), facts, 2 * steps, seed + 1000);
  progress(rounds + 1, rounds + 1);
  const { clickRateBySlot } = played;
  return { parameters, quality: compare(target, held, played), clickRateBySlot, assumed };
}

/** A drawn shop of the right size with the data's facts put in its place. */
function begin(target: ShopStatistics, facts: ItemFacts, slate: number, seed: number): ShopParameters {
  const items = facts.prices.length;
  const drawn = drawShop(seed, { items, categories: facts.categoryCount, slate });
  const stream = rng(seed).fork('fit');
  const logs = Array.from(facts.prices, (price) => Math.log(Math.max(0.01, price)));
  const category = Array.from(facts.categories);
  const mean = new Float64Array(facts.categoryCount);
  const square = new Float64Array(facts.categoryCount);
  const size = new Float64Array(facts.categoryCount);
  category.forEach((c, i) => {
    mean[c]! += logs[i]!;
    square[c]! += logs[i]! ** 2;
    size[c]!++;
  });
  const dearness = category.map((c, i) => {
    const m = mean[c]! / size[c]!;
    const deviation = Math.sqrt(Math.max(0, square[c]! / size[c]! - m * m));
    return deviation > 1e-6 ? clamp((logs[i]! - m) / deviation, -3, 3) : 0;
  });
  return {
    ...drawn,
    items: {
      ...drawn.items,
      category,
      price: Array.from(facts.prices),
      dearness,
      quality: Array.from({ length: items }, () => stream.normal()),
      appeal: new Array<number>(items).fill(0),
      launchDay: new Array<number>(items).fill(0),
    },
    categories: {
      ...drawn.categories,
      demand: Array.from(target.categoryShares, (share) => Math.log(share + 1e-4)),
    },
    clicks: { ...drawn.clicks, appeal: 1 },
    visits: {
      ...drawn.visits,
      ...(target.visitsPerShopper !== undefined && {
        returns: clamp(1 - 1 / target.visitsPerShopper, 0.05, 0.95),
      }),
      ...(target.gapDays !== undefined && { gapDays: target.gapDays }),
    },
  };
}

/** One step of iterative scaling towards the target's shares and visit length. */
function move(
  parameters: ShopParameters,
  target: ShopStatistics,
  seen: ShopStatistics,
  gain: number,
): ShopParameters {
  const floor = 0.2 / target.itemShares.length;
  // The log of what is missing goes far; near the end its mean would be off by half the variance of the play (rare, dear
  // items would be fitted too high), so there the relative difference is taken, whose mean is right.
  const step = (want: number, have: number, small: number): number =>
    gain < 1
      ? clamp((want - have) / (want + small), -1, 1)
      : clamp(Math.log((want + small) / (have + small)), -1.5, 1.5);
  const longer = (seen.visitLength.mean / target.visitLength.mean) ** gain;
  return {
    ...parameters,
    items: {
      ...parameters.items,
      appeal: parameters.items.appeal.map((appeal, i) =>
        clamp(appeal + gain * step(target.itemShares[i]!, seen.itemShares[i]!, floor), -6, 6),
      ),
    },
    categories: {
      ...parameters.categories,
      demand: parameters.categories.demand.map(
        (demand, c) => demand + 0.3 * gain * step(target.categoryShares[c]!, seen.categoryShares[c]!, 1e-4),
      ),
    },
    visits: { ...parameters.visits, leave: clamp(parameters.visits.leave * longer, 0.002, 0.85) },
  };
}

/** A rate to be solved for, so that the one seen comes to where it should be: a step in its logit. */
const moved = (asked: number, should: number, seen: number, gain: number): number =>
  clamp(sigmoid(logit(asked) + gain * (logit(should) - logit(clamp(seen, 0.001, 0.999)))), 0.005, 0.95);

function compare(target: ShopStatistics, held: ShopStatistics, fitted: ShopStatistics): FitQuality {
  const distance = (of: (s: ShopStatistics) => ArrayLike<number>): Distance => ({
    fitted: totalVariation(of(held), of(fitted)),
    chance: totalVariation(of(held), of(target)),
  });
  return {
    items: distance((s) => s.itemShares),
    categories: distance((s) => s.categoryShares),
    visitLengths: distance((s) => s.visitLength.shares),
    meanLogPrice: { real: held.logPrice.mean, fitted: fitted.logPrice.mean },
    meanVisitLength: { real: held.visitLength.mean, fitted: fitted.visitLength.mean },
    ...(held.cartRate !== undefined &&
      fitted.cartRate !== undefined && { cartRate: { real: held.cartRate, fitted: fitted.cartRate } }),
    ...(held.buyRate !== undefined &&
      fitted.buyRate !== undefined && { buyRate: { real: held.buyRate, fitted: fitted.buyRate } }),
  };
}

/** What is assumed where the data do not tell. */
const middle = (name: 'clickRate' | 'cartRate' | 'buyRate'): number =>
  (shopRanges[name][0] + shopRanges[name][1]) / 2;

const clamp = (x: number, low: number, high: number): number => Math.min(high, Math.max(low, x));
