/** Matrix factorisation of the ratings of MovieLens 100k, its settings and passes chosen on validation. */
import { rng } from '../src/core/index.ts';
import { type RatingFactors, type Ratings, ratingFactors } from '../src/learn/index.ts';
import type { Case } from './movielens-ratings.ts';

interface Settings {
  readonly factors: number;
  readonly learningRate: number;
  readonly regularisation: number;
}
/** Every combination that is tried; 0 factors leave the biases. */
export const factorisations: readonly Settings[] = [0, 10, 50].flatMap((factors) =>
  [0.005, 0.01, 0.02].flatMap((learningRate) =>
    [0.02, 0.05, 0.1].map((regularisation) => ({ factors, learningRate, regularisation })),
  ),
);
const mostPasses = 60;

/** Two rows: the factors as they are when judging begins, and the factors as they go on learning while judged. */
export function factorise(
  cases: readonly Case[],
  learnEnd: number,
  chooseEnd: number,
): { label: string; settings: object; error: number; predicted: number[] }[] {
  const numbered = (of: (one: Case) => string): Int32Array => {
    const numbers = new Map<string, number>();
    return Int32Array.from(cases, (one) => {
      const number = numbers.get(of(one)) ?? numbers.size;
      numbers.set(of(one), number);
      return number;
    });
  };
  const [shoppers, items] = [numbered((one) => one.shopper), numbered((one) => one.item)];
  const values = Float32Array.from(cases, (one) => one.rating);
  const part = (from: number, to: number): Ratings => ({
    n: to - from,
    shoppers: shoppers.subarray(from, to),
    items: items.subarray(from, to),
    values: values.subarray(from, to),
  });
  const make = (settings: Settings): RatingFactors =>
    ratingFactors({
      ...settings,
      shoppers: Math.max(...shoppers) + 1,
      items: Math.max(...items) + 1,
      low: 1,
      high: 5,
      rng: rng(1),
    });
  /** Predictions of `from .. to`; going on, each second's ratings are learned once the second is over. */
  const predict = (model: RatingFactors, from: number, to: number, goesOn: boolean): number[] => {
    const predicted: number[] = [];
    let learned = from;
    for (let i = from; i < to; i++) {
      for (; goesOn && cases[learned]!.second < cases[i]!.second; learned++)
        model.learn(shoppers[learned]!, items[learned]!, values[learned]!);
      predicted.push(model.predict(shoppers[i]!, items[i]!));
    }
    return predicted;
  };
  const rmse = (predicted: readonly number[], from: number): number =>
    Math.sqrt(
      predicted.reduce((sum, value, i) => sum + (value - values[from + i]!) ** 2, 0) / predicted.length,
    );

  const tried = factorisations.map((settings) => {
    const model = make(settings);
    const passes = model.fit(part(0, learnEnd), {
      passes: mostPasses,
      validation: part(learnEnd, chooseEnd),
    });
    return {
      settings,
      passes,
      fixed: rmse(predict(model, learnEnd, chooseEnd, false), learnEnd),
      goingOn: rmse(predict(model, learnEnd, chooseEnd, true), learnEnd),
    };
  });
  return (['fixed', 'goingOn'] as const).map((way) => {
    const { settings, passes, [way]: error } = tried.reduce((a, b) => (b[way] < a[way] ? b : a));
    const model = make(settings);
    model.fit(part(0, chooseEnd), { passes });
    return {
      label: way === 'fixed' ? 'matrix factorisation' : 'matrix factorisation, kept learning',
      settings: { ...settings, passes },
      error,
      predicted: predict(model, chooseEnd, cases.length, way === 'goingOn'),
    };
  });
}
