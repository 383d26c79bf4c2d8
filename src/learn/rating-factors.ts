import type { Rng } from '../core/index.ts';

/**
 * Ratings foretold by matrix factorisation with biases (Koren, Bell & Volinsky 2009, "Matrix Factorization Techniques
 * for Recommender Systems", eq. 4 and 5): the yardstick of everything else that foretells stars.
 *
 *   r(u, i) = mean + b_u + b_i + p_u . q_i
 *
 * learned by stochastic gradient descent on (rating - r)^2 + regularisation (b_u^2 + b_i^2 + |p_u|^2 + |q_i|^2). Shoppers
 * and items that were never rated have biases of 0 and add nothing; what comes later is taken in one rating at a time.
 */
export interface Ratings {
  readonly n: number;
  readonly shoppers: Int32Array;
  readonly items: Int32Array;
  readonly values: Float32Array;
}

export interface RatingFactorsOptions {
  readonly shoppers: number;
  readonly items: number;
  readonly factors: number;
  readonly learningRate: number;
  readonly regularisation: number;
  /** The scale's ends: predictions are kept within. */
  readonly low: number;
  readonly high: number;
  readonly rng: Rng;
}

export interface RatingFactors {
  /**
   * Passes over the ratings in random order, at most `passes`; with a validation set it ends when the error there has
   * not fallen for `patience` passes and goes back to the best. Answers the passes kept.
   */
  fit(
    ratings: Ratings,
    options: { readonly passes: number; readonly validation?: Ratings; readonly patience?: number },
  ): number;
  /** One step on one rating. */
  learn(shopper: number, item: number, value: number): void;
  predict(shopper: number, item: number): number;
}

export function ratingFactors({
  shoppers,
  items,
  factors: size,
  learningRate,
  regularisation,
  low,
  high,
  rng,
}: RatingFactorsOptions): RatingFactors {
  const start = rng.fork('start');
  const small = (n: number): Float64Array =>
    Float64Array.from({ length: n }, () => (0.1 * start.normal()) / Math.sqrt(Math.max(1, size)));
  const now = {
    mean: Float64Array.of((low + high) / 2),
    shopperBias: new Float64Array(shoppers),
    itemBias: new Float64Array(items),
    p: small(shoppers * size),
    q: small(items * size),
  };
  const { mean, shopperBias, itemBias, p, q } = now;
  const copy = (): typeof now =>
    Object.fromEntries(Object.entries(now).map(([name, array]) => [name, array.slice()])) as typeof now;

  const value = (shopper: number, item: number): number => {
    let sum = mean[0]! + shopperBias[shopper]! + itemBias[item]!;
    for (let f = 0, a = shopper * size, b = item * size; f < size; f++) sum += p[a + f]! * q[b + f]!;
    return sum;
  };
  const predict = (shopper: number, item: number): number =>
    Math.min(high, Math.max(low, value(shopper, item)));
  const learn = (shopper: number, item: number, rating: number): void => {
    const error = rating - value(shopper, item);
    shopperBias[shopper]! += learningRate * (error - regularisation * shopperBias[shopper]!);
    itemBias[item]! += learningRate * (error - regularisation * itemBias[item]!);
    for (let f = 0, a = shopper * size, b = item * size; f < size; f++) {
      const [pu, qi] = [p[a + f]!, q[b + f]!];
      p[a + f] = pu + learningRate * (error * qi - regularisation * pu);
      q[b + f] = qi + learningRate * (error * pu - regularisation * qi);
    }
  };
  const squaredError = ({ n, shoppers, items, values }: Ratings): number => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += (values[i]! - predict(shoppers[i]!, items[i]!)) ** 2;
    return sum;
  };

  return {
    predict,
    learn,
    fit(ratings, { passes, validation, patience = 3 }) {
      if (ratings.n > 0) mean[0] = ratings.values.reduce((a, b) => a + b, 0) / ratings.n;
      const order = Int32Array.from({ length: ratings.n }, (_, i) => i);
      const chance = rng.fork('order');
      let best = { error: Infinity, pass: passes, kept: undefined as typeof now | undefined };
      for (let pass = 1; pass <= passes; pass++) {
        for (let i = ratings.n - 1; i > 0; i--) {
          const j = chance.int(i + 1);
          [order[i], order[j]] = [order[j]!, order[i]!];
        }
        for (const i of order) learn(ratings.shoppers[i]!, ratings.items[i]!, ratings.values[i]!);
        if (!validation) continue;
        const error = squaredError(validation);
        if (error < best.error) best = { error, pass, kept: copy() };
        else if (pass - best.pass >= patience) break;
      }
      for (const [name, array] of Object.entries(best.kept ?? {})) now[name as keyof typeof now].set(array);
      return best.pass;
    },
  };
}
