import { agentNamed } from '../agent/index.ts';
import { type FullReportOptions, simulate } from '../eval/index.ts';
import type { Engine } from '../math/index.ts';
import { shopV1 } from '../world/index.ts';

const slate = 5;
/** Baselines explore half of the time while they learn: chosen on development shops, best for all of them. */
const contestants = ['dqn', 'markov', 'item-knn', 'popularity', 'random'].map((name) => ({
  definition: agentNamed(name),
  ...(name === 'dqn' || name === 'random'
    ? {}
    : { settings: { epsilon: 0.5 }, interactions: ['view', 'add_to_cart', 'purchase'] }),
}));

/** The experiment that a report shows: agents learn in a small simulated shop and are judged on the same shoppers. */
export function shopExperiment(settings: {
  readonly seed: number;
  readonly seeds: number;
  readonly interactions: number;
  readonly engine: () => Promise<Engine>;
  readonly progress: (done: number, total: number, note?: string) => void;
}): NonNullable<FullReportOptions['simulate']> {
  const { seed, seeds, interactions, engine, progress } = settings;
  return {
    slate,
    caption: `In the simulated shop shop-v1 (100 products, slates of ${slate}) each agent learned from ${interactions.toLocaleString('en')} slates, ${seeds} times anew, and was then judged on the same 400 shoppers.`,
    run: () =>
      simulate({
        world: (n) => shopV1.create(n, { slate }),
        contestants,
        interactions,
        seeds: Array.from({ length: seeds }, (_, i) => seed + i),
        epochs: 10,
        engine,
        progress: (done, total, note) => progress(done, total ?? 1, note),
      }),
  };
}
