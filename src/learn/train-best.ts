import { agentNamed } from '../agent/index.ts';
import { type Progress, TendrilError } from '../core/index.ts';
import type { Log } from '../log/index.ts';
import type { Manifest, Registry } from '../registry/index.ts';
import { readShop, type ShopData, type ShopDataOptions } from './shop-data.ts';
import { type TrainedModel, trainOnShop } from './train-on-shop.ts';
import type { TrainOnShopOptions } from './train-on-shop-options.ts';

export interface TrainBestOptions extends Omit<TrainOnShopOptions, 'definition' | 'progress' | 'resume'> {
  /** Names; blends such as `markov+item-knn` too. */
  readonly agents: readonly string[];
  readonly data?: ShopDataOptions | ShopData;
  readonly progress?: (agent: string, ...at: Parameters<Progress>) => void;
  /** Called after each agent: its manifest as stored. */
  readonly trained?: (manifest: Manifest) => void;
}

export interface TrainBestResult {
  /** Promoted: the best NDCG@10 on the held-back interactions; of equals the one named first. */
  readonly winner: Manifest;
  readonly best: TrainedModel;
  readonly manifests: readonly Manifest[];
  readonly data: ShopData;
}

/** The figure that decides. */
export const decidingFigure = 'ndcg@10';

/** Trains several agents on one reading of the log, stores all, and lets the one that wins on validation serve. */
export async function trainBest(
  log: Log,
  registry: Registry,
  { agents, data: given, progress = () => {}, trained = () => {}, ...options }: TrainBestOptions,
): Promise<TrainBestResult> {
  const definitions = agents.map(agentNamed);
  if (definitions.length === 0) throw new TendrilError('unknown-agent', 'no agent is named to be trained');
  const data = given && 'encoder' in given ? given : await readShop(log, given);
  const manifests: Manifest[] = [];
  let best: { readonly model: TrainedModel; readonly manifest: Manifest } | undefined;
  for (const definition of definitions) {
    const model = await trainOnShop(log, data, {
      ...options,
      definition,
      progress: (...at) => progress(definition.name, ...at),
    });
    const manifest = await registry.put(model.model, model.manifest);
    manifests.push(manifest);
    trained(manifest);
    if (!best || manifest.metrics[decidingFigure]! > best.manifest.metrics[decidingFigure]!)
      best = { model, manifest };
  }
  const { manifest: winner, model } = best!;
  await registry.promote(winner.agent, winner.version, options.now);
  return { winner, best: model, manifests, data };
}
