import { type Progress, silent } from '../core/index.ts';
import type { Log } from '../log/index.ts';
import type { ShopData } from './shop-data.ts';
import { decidingFigure } from './train-best.ts';
import { type TrainedModel, trainOnShop } from './train-on-shop.ts';
import type { TrainOnShopOptions } from './train-on-shop-options.ts';

/** One combination of a small search, and how its model did on the held-back interactions. */
export interface Tried {
  readonly choice: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, number>>;
}

export interface Adjusted {
  readonly best: TrainedModel;
  readonly choice: Readonly<Record<string, string>>;
  readonly tried: readonly Tried[];
}

/**
 * A small search: trains the agent once for every combination of the values given and keeps the model with the best
 * NDCG@10 on validation, of equals the first. `discount` and `reward` are those of the run (the reward's weights), every
 * other key is a setting of the agent. The best of many figures flatters: judge the model on a test split of its own.
 */
export async function adjust(
  log: Log,
  data: ShopData,
  values: Readonly<Record<string, readonly string[]>>,
  { settings, progress = silent, ...options }: TrainOnShopOptions,
): Promise<Adjusted> {
  const choices = combinations(values);
  const tried: Tried[] = [];
  let best: { readonly model: TrainedModel; readonly choice: Tried['choice'] } | undefined;
  for (const choice of choices) {
    const { discount, reward, ...own } = choice;
    const model = await trainOnShop(log, data, {
      ...options,
      settings: { ...settings, ...own },
      ...(discount !== undefined && { discount: Number(discount) }),
      ...(reward !== undefined && { reward }),
      progress: within(progress, tried.length, choices.length),
    });
    const { metrics } = model.manifest;
    tried.push({ choice, metrics });
    if (!best || metrics[decidingFigure]! > best.model.manifest.metrics[decidingFigure]!)
      best = { model, choice };
  }
  return { best: best!.model, choice: best!.choice, tried };
}

/** Every combination, the last key changing fastest. */
function combinations(values: Readonly<Record<string, readonly string[]>>): Record<string, string>[] {
  let all: Record<string, string>[] = [{}];
  for (const [key, list] of Object.entries(values))
    all = all.flatMap((choice) => list.map((value) => ({ ...choice, [key]: value })));
  return all;
}

/** The progress of one part of several alike. */
const within =
  (progress: Progress, part: number, parts: number): Progress =>
  (done, total) =>
    progress(part + (total ? Math.min(1, done / total) : 0), parts, `${part + 1} of ${parts}`);
