import { type AgentDefinition, agentNamed } from '../agent/index.ts';
import { readSettings, rng, TendrilError } from '../core/index.ts';
import type { Log } from '../log/index.ts';
import { observationOf } from '../state/index.ts';
import type { ShopData } from './shop-data.ts';
import { type TrainedModel, trainOnShop } from './train-on-shop.ts';
import type { TrainOnShopOptions } from './train-on-shop-options.ts';

/** What a transformer and the agent that fine-tunes it must have alike. */
const shape = ['width', 'blocks', 'heads', 'inner', 'places'];

/**
 * Teaches a transformer what comes next, then fine-tunes it by rewards: with `definition`, one of the agents that begin
 * with a taught transformer. Both see the log up to the held-back interactions, by which the best moment is chosen: the
 * transformer never learns those, else the choice would be between memories.
 */
export async function fineTuneOnShop(
  log: Log,
  data: ShopData,
  options: Omit<TrainOnShopOptions, 'resume' | 'checkpoint'>,
): Promise<TrainedModel> {
  const { definition, seed, slate = 10, engine, progress } = options;
  const settings = readSettings(definition.settings, options.settings);
  if (!settings.ok) throw new TendrilError(settings.error.code, settings.error.message);
  const all: Readonly<Record<string, unknown>> = settings.value;
  const first: AgentDefinition = agentNamed('transformer');
  const same = readSettings(first.settings, Object.fromEntries(shape.map((key) => [key, all[key]])));
  if (!same.ok) throw new TendrilError(same.error.code, same.error.message);
  const transformer = await first.create(
    {
      observation: observationOf(data.encoder.encoding),
      action: { kind: 'slate', k: slate, n: data.catalogue.size },
      items: data.features,
      rng: rng(seed),
      ...(engine && { engine }),
    },
    same.value,
  );
  if (transformer.consumes !== 'sequences') throw new RangeError('a transformer learns from sequences');
  const { inputs, targets, repeats } = data.validation;
  await transformer.fit(data.train, {
    ...(progress && { progress }),
    ...(targets.length > 0 && { validation: { inputs, targets, repeats } }),
  });
  return trainOnShop(log, data, { ...options, resume: await transformer.save() });
}
