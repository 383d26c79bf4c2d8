import { eventTypeCode } from '../../core/index.ts';
import { funnelChances } from './choice.ts';
import { playAtRandom } from './play-at-random.ts';
import { type ItemFacts, type ShopStatistics, shopStatistics } from './shop-statistics.ts';
import type { ShopWorld } from './shop-world.ts';
import { truthOf } from './truth.ts';

const codes = { cart: eventTypeCode('add_to_cart'), purchase: eventTypeCode('purchase') };
/** Slates of each world that are played but not counted: about one life. */
const warmUp = 200;

export interface RatesAtRandom {
  /** Share of slates with a click at the first place, the second ... */
  readonly clickRateBySlot: readonly number[];
  readonly cartRate: number;
  readonly buyRate: number;
}

/**
 * The statistics of a simulated shop under uniformly random slates. Shares and rates are expectations, summed from the
 * true probabilities of every slate shown: with as many slates, their noise is a fraction of that of counted clicks.
 * Visit lengths are counted. All worlds begin with newcomers, who trust the shop more than those who have seen some of
 * it, so the first slates of each world are left out.
 */
export function statisticsAtRandom(
  world: ShopWorld,
  facts: ItemFacts,
  steps: number,
  seed: number,
): ShopStatistics & RatesAtRandom {
  const { model, lives } = world.hidden;
  const { k } = world.action;
  const { clickProbabilities } = truthOf(world);
  const logs = Float64Array.from(facts.prices, (price) => Math.log(Math.max(0.01, price)));
  const itemShares = new Float64Array(model.items);
  const categoryShares = new Float64Array(facts.categoryCount);
  const slots = new Float64Array(k);
  let slates = 0;
  let [clicks, carts, buys, sum, squares] = [0, 0, 0, 0, 0];
  const visits = playAtRandom(world, steps, seed, {
    skip: warmUp,
    shown(actions, open) {
      slates += world.n;
      for (let w = 0; w < world.n; w++) {
        const slate = actions.subarray(w * k, (w + 1) * k);
        const { items, types } = open[w]!;
        clickProbabilities(w, slate).forEach((p, j) => {
          slots[j]! += p;
          if (p === 0) return;
          const item = slate[j]!;
          const { cart, buy } = funnelChances(lives, model, w, item);
          // As in the statistics of a log, a second click in a visit only counts for going deeper than the first.
          let before = -1;
          for (let i = 0; i < items.length; i++) if (items[i] === item) before = Math.max(before, types[i]!);
          if (before < codes.cart) carts += p * cart;
          if (before < codes.purchase) buys += p * cart * buy;
          if (before >= 0) return;
          itemShares[item]! += p;
          categoryShares[facts.categories[item]!]! += p;
          clicks += p;
          sum += p * logs[item]!;
          squares += p * logs[item]! ** 2;
        });
      }
    },
  });
  const mean = sum / clicks;
  return {
    itemShares: itemShares.map((share) => share / clicks),
    categoryShares: categoryShares.map((share) => share / clicks),
    logPrice: { mean, deviation: Math.sqrt(Math.max(0, squares / clicks - mean * mean)) },
    visitLength: shopStatistics(visits, facts).visitLength,
    clickRateBySlot: Array.from(slots, (sum) => sum / slates),
    cartRate: carts / clicks,
    buyRate: buys / carts,
  };
}
