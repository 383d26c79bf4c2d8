import { agentNamed } from '../agent/index.ts';
import { type FullReportOptions, fitFrequent, simulate, simulatedYear } from '../eval/index.ts';
import type { Engine } from '../math/index.ts';
import { shopV1 } from '../world/index.ts';
import { tunedAgents, tunedDiscount } from './tuned-agents.ts';

const slate = 5;
const products = 500;
const contestants = ['dqn', 'markov', 'item-knn', 'popularity', 'random'].map((name) => ({
  definition: agentNamed(name),
  ...tunedAgents[name],
  ...(name === 'dqn' && { epochs: 10 }),
}));

/**
 * The experiment that a report shows: shop-v1 is fitted to the shop's most frequent products, agents learn in it from
 * the same number of slates, and are judged on the same simulated shoppers. Others of its shoppers give the simulated
 * clicks, ratings and reviews of the report: none of it ever enters the log.
 */
export function shopExperiment(settings: {
  readonly seed: number;
  readonly seeds: number;
  readonly interactions: number;
  /** Lists shown to the shoppers whose clicks and reviews are told of. */
  readonly slates?: number;
  readonly engine: () => Promise<Engine>;
  readonly progress: (done: number, total: number, note?: string) => void;
}): NonNullable<FullReportOptions['simulate']> {
  const { seed, seeds, slates = 300_000, engine, progress } = settings;
  return async (shop, prices, from) => {
    const { parameters, kept, popularity, share, quality, clickRateBySlot } = fitFrequent(shop, prices, {
      most: products,
      slate,
      seed,
      progress: (done, total) => progress((fitShare * done) / (total ?? 1), 1, 'a shop like this one'),
    });
    const simulation = await simulate({
      world: (n) => shopV1.create(n, { slate, parameters }),
      contestants,
      interactions: settings.interactions,
      discount: tunedDiscount,
      seeds: Array.from({ length: seeds }, (_, i) => seed + i),
      engine,
      progress: (done, total, note) => progress(fitShare + ((1 - fitShare) * done) / (total ?? 1), 1, note),
    });
    const fitted = `shop-v1, fitted to the ${count(kept.length)} most frequent of ${count(shop.catalogue.size)} products (${percent(share)} of all interactions)`;
    return {
      slate,
      simulation,
      caption: `Shoppers of ${fitted}, with their categories, popularity and prices: ${percent(quality.items.fitted)} of the interactions would have to move to match what held-out shoppers chose (${percent(quality.items.chance)} between two halves of the real shoppers). Tastes, satisfaction and how often lists are clicked are assumed. Each agent learned from ${count(settings.interactions)} lists of ${slate}, ${seeds === 1 ? 'once' : `${seeds} times anew`}, and was judged on the same 400 shoppers.`,
      shop: {
        ...(await simulatedYear({ parameters, popularity, slate, slates, seed, from })),
        clickRateBySlot,
        caption: `Nobody real did any of this, and none of it is in the shop's log or in the tables of real data: these are shoppers of ${fitted}, who were shown products in proportion to how often they are bought.`,
      },
    };
  };
}

/** Share of the time that fitting takes, about. */
const fitShare = 0.05;
const count = (n: number): string => n.toLocaleString('en');
const percent = (share: number): string => `${Math.round(100 * share)} %`;
