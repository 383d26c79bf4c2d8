import { type Rng, rng } from '../../core/index.ts';
import { calibrate } from './calibrate.ts';
import type { ShopItems, ShopParameters } from './parameters.ts';
import { type ShopRange, shopRanges } from './ranges.ts';

export interface ShopSize {
  readonly items: number;
  readonly categories: number;
  readonly slate: number;
}

const styleSize = 4;

/** The shop of a seed number: every quantity uniform in its documented range, the same for ever. */
export function drawShop(seed: number, size: ShopSize): ShopParameters {
  const stream = rng(seed).fork('shop-v1');
  const drawn = (name: ShopRange): number => {
    const [low, high] = shopRanges[name];
    return low + (high - low) * stream.fork(name).float();
  };
  const items = drawItems(stream.fork('items'), size, drawn);
  const categoryStream = stream.fork('categories');
  const shuffled = permutation(categoryStream, size.categories);
  const parameters: ShopParameters = {
    items,
    categories: {
      demand: Array.from(
        { length: size.categories },
        (_, c) => -drawn('demandExponent') * Math.log(c + 1) + 0.2 * categoryStream.normal(),
      ),
      seasonHeight: Array.from({ length: size.categories }, () => {
        const [low, high] = shopRanges.seasonHeight;
        return low + (high - low) * categoryStream.float();
      }),
      seasonPeak: Array.from({ length: size.categories }, () => 365 * categoryStream.float()),
      complement: Array.from(
        { length: size.categories },
        (_, c) => shuffled[(shuffled.indexOf(c) + 1) % size.categories]!,
      ),
    },
    shoppers: {
      tasteSpread: drawn('tasteSpread'),
      priceSensitivity: drawn('priceSensitivity'),
      priceSpread: drawn('priceSpread'),
      patienceSpread: drawn('patienceSpread'),
      startSatisfaction: drawn('startSatisfaction'),
      tasteDrift: drawn('tasteDrift'),
    },
    clicks: {
      nothing: 0,
      appeal: drawn('appeal'),
      intent: drawn('intent'),
      taste: drawn('taste'),
      style: drawn('style'),
      positionBias: drawn('positionBias'),
      shownBefore: drawn('shownBefore'),
      clickedBefore: drawn('clickedBefore'),
      boughtBefore: drawn('boughtBefore'),
    },
    funnel: {
      cart: 0,
      buy: 0,
      quality: drawn('funnelQuality'),
      style: drawn('style') * 0.7,
      intent: drawn('intent') * 0.7,
      trust: drawn('trust'),
      rates: drawn('rates'),
      reviews: drawn('reviews'),
    },
    satisfaction: {
      quality: drawn('satisfactionQuality'),
      style: drawn('satisfactionStyle'),
      clickStep: drawn('clickStep'),
      purchaseStep: drawn('purchaseStep'),
      boredom: drawn('boredom'),
      forgetting: drawn('forgetting'),
    },
    visits: {
      leave: drawn('leave'),
      doneAfterPurchase: drawn('doneAfterPurchase'),
      returns: drawn('returns'),
      returnSlope: drawn('returnSlope'),
      gapDays: drawn('gapDays'),
      persistence: drawn('persistence'),
      complement: drawn('complement'),
    },
  };
  const rates = { click: drawn('clickRate'), cart: drawn('cartRate'), buy: drawn('buyRate') };
  return calibrate(parameters, rates, size.slate, seed);
}

function drawItems(stream: Rng, size: ShopSize, drawn: (name: ShopRange) => number): ShopItems {
  const n = size.items;
  const categoryPrice = Array.from(
    { length: size.categories },
    () => Math.log(25) + drawn('categoryPriceSpread') * stream.normal(),
  );
  const category: number[] = [];
  const quality: number[] = [];
  const appeal: number[] = [];
  const dearness: number[] = [];
  const price: number[] = [];
  const launchDay: number[] = [];
  const runsOut: number[] = [];
  const withPrice = drawn('qualityPriceCorrelation');
  const withAppeal = drawn('appealQualityCorrelation');
  for (let i = 0; i < n; i++) {
    // The first items go round the categories, so that none is empty.
    const c = i < size.categories ? i : stream.int(size.categories);
    const bait = stream.float() < drawn('clickbaitShare');
    const inner = stream.normal();
    const outer = stream.normal();
    const money = stream.normal();
    const q = bait ? drawn('clickbaitQuality') + 0.3 * inner : inner;
    category.push(c);
    quality.push(q);
    appeal.push(
      bait
        ? drawn('clickbaitAppeal') + 0.3 * outer
        : withAppeal * inner + Math.sqrt(1 - withAppeal * withAppeal) * outer,
    );
    dearness.push(withPrice * inner + Math.sqrt(1 - withPrice * withPrice) * money);
    price.push(Math.round(100 * Math.exp(categoryPrice[c]! + drawn('itemPriceSpread') * dearness[i]!)) / 100);
    launchDay.push(stream.float() < drawn('newShare') ? Math.floor(365 * stream.float()) : 0);
    runsOut.push(drawn('runsOut') * 2 * stream.float());
  }
  return {
    category,
    price,
    dearness,
    quality,
    appeal,
    style: Array.from({ length: n * styleSize }, () => stream.normal()),
    styleSize,
    launchDay,
    runsOut,
  };
}

function permutation(stream: Rng, n: number): number[] {
  const order = Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = stream.int(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
