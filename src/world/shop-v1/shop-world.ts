import {
  type Catalogue,
  eventTypeCode,
  type ItemFeatures,
  type Rng,
  rng,
  shopObservation,
} from '../../core/index.ts';
import type { StepInfo, World } from '../world.ts';
import { catalogueOf, itemFeaturesOf } from './catalogue-of.ts';
import { chance, chanceNormal, purposes } from './chance.ts';
import {
  bored,
  clickUtility,
  experience,
  funnelChances,
  leaveChance,
  returnChance,
  satisfied,
} from './choice.ts';
import { beginLife, comeBack, emptyLives, type Lives, momentOf, openShelves } from './lives.ts';
import { type ShopModel, shopModel, sigmoid } from './model.ts';
import { emptySeen, forget, remember, writeFeatures } from './observe.ts';
import type { ShopParameters } from './parameters.ts';
import { reviewNumber, reviewTexts } from './reviews.ts';

export interface ShopOptions {
  readonly slate: number;
  readonly history: number;
  /** Visits after which a life is cut off. */
  readonly visits: number;
  /** Slates of the visit for which an item rests after it was shown: the next page shows something else. */
  readonly rest: number;
  readonly reward: RewardWeights;
}

/** Reward of a step = click + cart + purchase + money * price + rating * (stars - 3) / 2 + leave, each where it happened. */
export interface RewardWeights {
  readonly click: number;
  readonly cart: number;
  readonly purchase: number;
  readonly money: number;
  readonly rating: number;
  /** Given when the shopper leaves for good. */
  readonly leave: number;
}

export interface ShopWorld extends World {
  readonly action: { readonly kind: 'slate'; readonly k: number; readonly n: number };
  /** What content-aware agents may know of the items. */
  readonly itemFeatures: ItemFeatures;
  readonly catalogue: Catalogue;
  masks(): Uint8Array;
  /** Texts of reviews are made only when asked for. A `leave` event (item -1) ends each visit. */
  info(options?: { readonly texts?: boolean }): readonly StepInfo[];
  /** The hidden truth, for scoring only: never give it to an agent. */
  readonly hidden: { readonly model: ShopModel; readonly lives: Lives; readonly options: ShopOptions };
}

const longestVisit = 40;
const codes = {
  click: eventTypeCode('click'),
  view: eventTypeCode('view'),
  cart: eventTypeCode('add_to_cart'),
  purchase: eventTypeCode('purchase'),
};

/** n shoppers at a time in one shop. */
export function shopWorld(parameters: ShopParameters, n: number, options: ShopOptions): ShopWorld {
  const model = shopModel(parameters);
  const { slate: k, reward } = options;
  const { items } = model;
  const lives = emptyLives(n, model);
  const seen = emptySeen(n, model, options.history);
  const { observations, size } = seen;
  const rewards = new Float32Array(n);
  const terminated = new Uint8Array(n);
  const truncated = new Uint8Array(n);
  const finalObservations = new Float32Array(n * size);
  const weights = new Float64Array(k);
  const slotFactor = Float64Array.from({ length: k }, (_, j) => (j + 1) ** -parameters.clicks.positionBias);
  const nothing = Math.exp(parameters.clicks.nothing);
  /** n x rest x k: what the last slates of the visit showed, by slate number modulo rest. */
  const rest = Math.max(1, options.rest);
  const resting = new Int32Array(n * rest * k).fill(-1);
  // What happened in the last step, for info().
  const chosen = new Int32Array(n).fill(-1);
  const answered = new Int32Array(n).fill(-1);
  const depth = new Uint8Array(n);
  const stars = new Uint8Array(n);
  const review = new Int16Array(n).fill(-1);
  const left = new Uint8Array(n);
  let streams: Rng[] = [];

  const begin = (w: number): void => {
    beginLife(lives, model, w, streams[w]!);
    freshShelves(w);
    forget(seen, w);
    writeFeatures(seen, lives, model, w);
  };

  /** Shows the slate; answers the slot clicked or -1. */
  const show = (w: number, actions: ArrayLike<number>): number => {
    const shelf = w * items;
    let total = nothing;
    for (let j = 0; j < k; j++) {
      const item = actions[w * k + j]!;
      weights[j] = 0;
      // An empty slot, or an item that may not be shown now: nobody can click it.
      if (item < 0 || !lives.open[shelf + item]) continue;
      weights[j] = slotFactor[j]! * Math.exp(clickUtility(lives, model, w, item));
      total += weights[j]!;
      lives.open[shelf + item] = 0;
      lives.openCount[w]!--;
      lives.shown[shelf + item]!++;
    }
    wake(w, actions);
    let luck = total * chance(lives.keyA[w]!, lives.keyB[w]!, momentOf(lives, w), purposes.click) - nothing;
    if (luck < 0) return -1;
    let slot = -1;
    for (let j = 0; j < k; j++) {
      if (weights[j] === 0) continue;
      slot = j;
      luck -= weights[j]!;
      if (luck < 0) break;
    }
    return slot;
  };

  /** What was shown `rest` slates ago may be shown again; what is shown now rests. */
  const wake = (w: number, actions: ArrayLike<number>): void => {
    const shelf = w * items;
    const from = (w * rest + (lives.slate[w]! % rest)) * k;
    for (let j = 0; j < k; j++) {
      const item = options.rest > 0 ? resting[from + j]! : actions[w * k + j]!;
      if (item >= 0 && lives.shelved[shelf + item] && !lives.open[shelf + item]) {
        lives.open[shelf + item] = 1;
        lives.openCount[w]!++;
      }
      resting[from + j] = actions[w * k + j]!;
    }
  };

  const freshShelves = (w: number): void => {
    openShelves(lives, model, w);
    resting.fill(-1, w * rest * k, (w + 1) * rest * k);
  };

  /** The shopper looks at the item clicked, and perhaps buys, rates and reviews it. */
  const answer = (w: number, item: number): void => {
    const a = lives.keyA[w]!;
    const b = lives.keyB[w]!;
    const moment = momentOf(lives, w);
    const felt = experience(lives, model, w, item);
    const { cart, buy } = funnelChances(lives, model, w, item);
    const carted = chance(a, b, moment, purposes.cart) < cart;
    const bought = carted && chance(a, b, moment, purposes.buy) < buy;
    const looked = carted || chance(a, b, moment, purposes.dwell) < sigmoid(felt);
    depth[w] = bought ? codes.purchase : carted ? codes.cart : looked ? codes.view : codes.click;
    lives.satisfaction[w] = satisfied(model, lives.satisfaction[w]!, felt, bought);
    seen.pleased[w]! += 0.2 * ((looked ? 1 : 0) - seen.pleased[w]!);
    let gained = reward.click + (carted ? reward.cart : 0);
    if (bought) {
      const price = model.price[item]!;
      seen.spent[w]! += price;
      lives.found[w] = model.category[item]!;
      gained += reward.purchase + reward.money * price;
      const given = starsOf(felt, chanceNormal(a, b, moment, purposes.stars));
      const eager = parameters.funnel.rates * (0.5 + Math.abs(given - 3) / 2);
      if (chance(a, b, moment, purposes.rate) < eager) {
        stars[w] = given;
        gained += (reward.rating * (given - 3)) / 2;
        seen.lastStars[w] = given;
        seen.pleased[w]! += 0.4 * ((given - 1) / 4 - seen.pleased[w]!);
        seen.lastSentiment[w] = 0;
        if (chance(a, b, moment, purposes.review) < parameters.funnel.reviews) {
          review[w] = reviewNumber(given, chance(a, b, moment, purposes.text));
          seen.lastSentiment[w] = reviewTexts[review[w]!]![2];
        }
      }
    }
    const known = w * items + item;
    lives.known[known] = bought ? 2 : Math.max(1, lives.known[known]!);
    remember(seen, model, w, item, depth[w]!);
    rewards[w]! += gained;
  };

  /** Goes on, leaves, comes back, or is gone. */
  const move = (w: number, clicked: boolean): void => {
    const a = lives.keyA[w]!;
    const b = lives.keyB[w]!;
    const moment = momentOf(lives, w);
    const done =
      depth[w] === codes.purchase &&
      chance(a, b, moment, purposes.done) < parameters.visits.doneAfterPurchase;
    const tired = chance(a, b, moment, purposes.leave) < leaveChance(lives, model, w, clicked);
    lives.slate[w]!++;
    if (!done && !tired && lives.slate[w]! < longestVisit) {
      if (lives.openCount[w]! < k) freshShelves(w);
      writeFeatures(seen, lives, model, w);
      return;
    }
    left[w] = 1;
    const returns =
      chance(a, b, lives.visit[w]! * 256, purposes.return) < returnChance(model, lives.satisfaction[w]!);
    if (returns && lives.visit[w]! + 1 < options.visits) {
      comeBack(lives, model, w);
      freshShelves(w);
      writeFeatures(seen, lives, model, w);
      return;
    }
    if (returns) truncated[w] = 1;
    else {
      terminated[w] = 1;
      rewards[w]! += reward.leave;
    }
    writeFeatures(seen, lives, model, w);
    finalObservations.set(observations.subarray(w * size, (w + 1) * size), w * size);
    begin(w);
  };

  return {
    id: 'shop-v1',
    observation: shopObservation(items, options.history),
    action: { kind: 'slate', k, n: items },
    n,
    itemFeatures: itemFeaturesOf(model),
    catalogue: catalogueOf(model),
    hidden: { model, lives, options },
    reset(seed) {
      const root = rng(seed);
      streams = Array.from({ length: n }, (_, w) => root.fork(w));
      for (let w = 0; w < n; w++) begin(w);
      terminated.fill(0);
      truncated.fill(0);
      return observations;
    },
    step(actions) {
      rewards.fill(0);
      terminated.fill(0);
      truncated.fill(0);
      stars.fill(0);
      review.fill(-1);
      left.fill(0);
      depth.fill(0);
      for (let w = 0; w < n; w++) {
        const slot = show(w, actions);
        chosen[w] = slot;
        answered[w] = slot < 0 ? -1 : actions[w * k + slot]!;
        seen.slates[w]!++;
        if (slot < 0) lives.satisfaction[w] = bored(model, lives.satisfaction[w]!);
        else answer(w, answered[w]!);
        move(w, slot >= 0);
      }
      return { observations, rewards, terminated, truncated, finalObservations };
    },
    masks: () => lives.open,
    info: ({ texts = false } = {}) =>
      Array.from({ length: n }, (_, w) => ({ chosen: chosen[w]!, events: eventsOf(w, texts) })),
  };

  function eventsOf(w: number, texts: boolean): StepInfo['events'] {
    const item = answered[w]!;
    const events: { item: number; type: string; value?: number; text?: string }[] = [];
    if (item >= 0) {
      events.push({ item, type: 'click' });
      if (depth[w]! >= codes.view) events.push({ item, type: 'view' });
      if (depth[w]! >= codes.cart) events.push({ item, type: 'add_to_cart' });
      if (depth[w]! >= codes.purchase) events.push({ item, type: 'purchase', value: model.price[item]! });
      if (review[w]! >= 0) {
        const text = texts ? { text: reviewTexts[review[w]!]![1] } : {};
        events.push({ item, type: 'review', value: stars[w]!, ...text });
      } else if (stars[w]! > 0) events.push({ item, type: 'rating', value: stars[w]! });
    }
    if (left[w]) events.push({ item: -1, type: 'leave' });
    return events;
  }
}

/** Stars 1 to 5 from what it was like: most purchases please, as in real shops. */
function starsOf(felt: number, luck: number): number {
  return Math.min(5, Math.max(1, Math.round(3.6 + 0.9 * felt + 0.7 * luck)));
}
