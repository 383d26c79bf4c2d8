import { rng } from '../core/index.ts';
import { sentiment } from '../math/index.ts';
import { type ShopParameters, type ShopWorld, shopV1 } from '../world/index.ts';
import type { SimulatedShop } from './report.ts';
import { type ReviewText, sentimentFigures } from './sentiment-figures.ts';

export interface SimulatedYearOptions {
  readonly parameters: ShopParameters;
  /** How often each product was chosen: lists are drawn in proportion to it, as shops show bestsellers more often. */
  readonly popularity: ArrayLike<number>;
  readonly slate: number;
  /** Lists shown. */
  readonly slates: number;
  readonly seed: number;
  /** Moment of day 0 of the simulated year, milliseconds since 1970. */
  readonly from: number;
}

const day = 86_400_000;
const year = 365;
const worlds = 32;

/**
 * What simulated shoppers do in a fitted shop: clicks, purchases, ratings, and reviews with the days they were written
 * on. Of the reviews those of the first year are kept: few shoppers live beyond it.
 */
export async function simulatedYear({
  parameters,
  popularity,
  slate,
  slates,
  seed,
  from,
}: SimulatedYearOptions): Promise<Omit<SimulatedShop, 'caption' | 'clickRateBySlot'>> {
  const world = shopV1.create(worlds, { slate, parameters });
  const counts = { shoppers: 0, slates: 0, clicks: 0, carts: 0, purchases: 0, ratings: 0, reviews: 0 };
  const reviews: ReviewText[] = [];
  let stars = 0;
  const draw = drawn(world, popularity, seed);
  world.reset(seed);
  while (counts.slates < slates) {
    // A visit that ends takes the clock to the next one: the day is read before.
    const days = world.hidden.lives.day.slice();
    const step = world.step(draw());
    counts.slates += worlds;
    world.info({ texts: true }).forEach(({ events }, w) => {
      counts.shoppers += step.terminated[w]! + step.truncated[w]!;
      for (const { type, value, text } of events) {
        if (type === 'click') counts.clicks++;
        else if (type === 'add_to_cart') counts.carts++;
        else if (type === 'purchase') counts.purchases++;
        else if (type === 'rating' || type === 'review') {
          counts.ratings++;
          stars += value!;
        }
        if (type !== 'review') continue;
        counts.reviews++;
        if (days[w]! < year) reviews.push({ text: text!, timestamp: from + days[w]! * day, stars: value! });
      }
    });
  }
  const spoken = await sentimentFigures(reviews, (text) => sentiment(text).compound, {
    source: 'reviews of simulated shoppers',
    simulated: true,
  });
  return {
    simulated: true,
    ...counts,
    ...(counts.ratings > 0 && { meanStars: stars / counts.ratings }),
    ...(spoken && { sentiment: spoken }),
  };
}

/** Lists drawn without replacement among what may be shown; a place stays empty after 50 draws in vain. */
function drawn(
  { n, action, masks }: ShopWorld,
  popularity: ArrayLike<number>,
  seed: number,
): () => Int32Array {
  const { k, n: items } = action;
  const chance = rng(seed).fork('lists');
  const sums = new Float64Array(items);
  for (let i = 0; i < items; i++) sums[i] = (sums[i - 1] ?? 0) + popularity[i]!;
  const one = (): number => {
    const luck = chance.float() * sums[items - 1]!;
    let [low, high] = [0, items - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sums[middle]! > luck) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  const actions = new Int32Array(n * k);
  return () => {
    const open = masks();
    actions.fill(-1);
    for (let w = 0; w < n; w++) {
      const list = actions.subarray(w * k, (w + 1) * k);
      for (let j = 0; j < k; j++) {
        for (let tries = 0; tries < 50 && list[j]! < 0; tries++) {
          const item = one();
          if (open[w * items + item] && !list.includes(item)) list[j] = item;
        }
      }
    }
    return actions;
  };
}
