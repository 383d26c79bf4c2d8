import { agentNamed } from '../agent/index.ts';
import { type FullReportOptions, fitFrequent, simulate } from '../eval/index.ts';
import type { Engine } from '../math/index.ts';
import { shopV1 } from '../world/index.ts';

const slate = 5;
const products = 100;
const interactions = ['view', 'add_to_cart', 'purchase'];
/** Settings as bench/shop.ts tuned them on its development shops; see bench/results/shop-v1.json. */
const contestants = [
  { definition: agentNamed('dqn'), settings: { nStep: 3 } },
  { definition: agentNamed('markov'), settings: { epsilon: 0.5 }, interactions },
  { definition: agentNamed('item-knn'), settings: { epsilon: 0.2 }, interactions },
  { definition: agentNamed('popularity'), settings: { epsilon: 0.5 }, interactions },
  { definition: agentNamed('random') },
];
const discount = 0.9;

/**
 * The experiment that a report shows: shop-v1 is fitted to the shop's most frequent products, agents learn in it from
 * the same number of slates, and are judged on the same simulated shoppers.
 */
export function shopExperiment(settings: {
  readonly seed: number;
  readonly seeds: number;
  readonly interactions: number;
  readonly engine: () => Promise<Engine>;
  readonly progress: (done: number, total: number, note?: string) => void;
}): NonNullable<FullReportOptions['simulate']> {
  const { seed, seeds, engine, progress } = settings;
  return async (shop) => {
    const { parameters, items, share, quality } = fitFrequent(shop, products, slate, seed);
    const simulation = await simulate({
      world: (n) => shopV1.create(n, { slate, parameters }),
      contestants,
      interactions: settings.interactions,
      discount,
      seeds: Array.from({ length: seeds }, (_, i) => seed + i),
      epochs: 10,
      engine,
      progress: (done, total, note) => progress(done, total ?? 1, note),
    });
    return {
      slate,
      simulation,
      caption: `Simulated shoppers in a shop fitted to this one: its ${items} most frequent products (${percent(share)} of all interactions), their categories and prices; ${percent(quality.items.fitted)} of the interactions would have to move to match the held-out shoppers' choice of products (${percent(quality.items.chance)} by chance alone). Tastes and satisfaction are assumed. Each agent learned from ${settings.interactions.toLocaleString('en')} slates of ${slate}, ${seeds} times anew, and was judged on the same 400 shoppers.`,
    };
  };
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;
