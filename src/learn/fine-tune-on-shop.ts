import { type AgentDefinition, agentNamed, type SavedModel } from '../agent/index.ts';
import { readSettings, rng, TendrilError } from '../core/index.ts';
import type { Log } from '../log/index.ts';
import { observationOf } from '../state/index.ts';
import { bytesOf, type Checkpoint, openCheckpoint, packCheckpoint, type Run, runOf } from './checkpoint.ts';
import type { ShopData } from './shop-data.ts';
import { type TrainedModel, trainOnShop } from './train-on-shop.ts';
import type { TrainOnShopOptions } from './train-on-shop-options.ts';

/** What a transformer, or the gru in its place, and the agent that fine-tunes it must have alike. */
const shape = ['body', 'width', 'blocks', 'heads', 'inner', 'places'];

/** The transformer's shape among settings. */
const transformerShape = (settings: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(shape.filter((key) => key in settings).map((key) => [key, settings[key]]));

export interface FineTuneOnShopOptions extends Omit<TrainOnShopOptions, 'resume'> {
  /** How the transformer (`settings.body`: the gru) is taught; its defaults where missing. Its shape is that of `settings` where those tell. */
  readonly transformer?: Readonly<Record<string, unknown>>;
}

/**
 * Teaches a transformer what comes next, then fine-tunes it by rewards: with `definition`, one of the agents that begin
 * with a taught transformer. Both see the log up to the held-back interactions, by which the best moment is chosen: the
 * transformer never learns those, else the choice would be between memories. That is why a stored transformer, which has
 * learned them in the end, is not taken itself. With `body=gru` a recurrent network is taught instead. A checkpoint holds one
 * of two stages:
 *
 *   fit                     what the transformer's teaching left
 *   transformer, [tuning]   the taught transformer's bytes, and what the fine-tuning left
 */
export async function fineTuneOnShop(
  log: Log,
  data: ShopData,
  options: FineTuneOnShopOptions,
): Promise<TrainedModel> {
  const { definition, seed, slate = 10, checkpoint } = options;
  const given = options.settings ?? {};
  const first = agentNamed(String(given.body ?? 'transformer'));
  const asked = Object.entries(transformerShape(given)).filter(([key]) => key in first.settings);
  const taught = valuesOf(first, { ...options.transformer, ...Object.fromEntries(asked) });
  const settings = { ...given, ...transformerShape(taught) };
  for (const part of ['timeGaps', 'priceBuckets', 'reviewSentiment'])
    if (taught[part])
      throw new TendrilError(
        'bad-setting',
        `${definition.name} reads items and types of events alone, and the newest ${first.name} was taught with ${part}; accepted: one trained without`,
      );
  const { reward, discount, steps, takings } = options;
  const run = runOf(
    {
      data: [data.fingerprint, data.labels, data.encoder.encoding],
      '--rl': definition.name,
      'settings of the transformer': taught,
      '--seed': seed,
      '--reward': reward,
      '--discount': discount,
      '--steps': steps,
      slate,
      '--takings': takings,
    },
    valuesOf(definition, settings),
  );
  const kept = checkpoint?.found && openCheckpoint(checkpoint.found, run);
  let transformer: Uint8Array;
  if (kept && 'transformer' in kept.arrays) transformer = bytesOf(kept, 'transformer');
  else {
    transformer = await teach(first, taught, data, options, staged(checkpoint, run, kept, 'fit', {}));
    await checkpoint?.keep(packCheckpoint(run, { values: {}, arrays: { transformer } }));
  }
  const tuning = staged(checkpoint, run, kept, 'tuning', { transformer });
  const { checkpoint: _, transformer: __, ...rest } = options;
  return trainOnShop(log, data, {
    ...rest,
    settings,
    resume: transformer,
    ...(tuning && { checkpoint: tuning }),
  });
}

/** A stage's own checkpoint within the run's. */
function staged(
  whole: Checkpoint | undefined,
  run: Run,
  kept: SavedModel | undefined,
  name: string,
  beside: SavedModel['arrays'],
): Checkpoint | undefined {
  if (!whole) return;
  return {
    due: () => whole.due(),
    keep: (bytes) => whole.keep(packCheckpoint(run, { values: {}, arrays: { ...beside, [name]: bytes } })),
    ...(kept && name in kept.arrays && { found: bytesOf(kept, name) }),
  };
}

async function teach(
  definition: AgentDefinition,
  settings: Readonly<Record<string, unknown>>,
  data: ShopData,
  { slate = 10, seed, engine, progress }: FineTuneOnShopOptions,
  checkpoint: Checkpoint | undefined,
): Promise<Uint8Array> {
  const transformer = await definition.create(
    {
      observation: observationOf(data.encoder.encoding),
      action: { kind: 'slate', k: slate, n: data.catalogue.size },
      items: data.features,
      rng: rng(seed),
      ...(engine && { engine }),
    },
    settings as never,
  );
  if (transformer.consumes !== 'sequences')
    throw new RangeError(`${definition.name} does not learn from sequences`);
  const { inputs, targets, repeats } = data.validation;
  await transformer.fit(data.train, {
    ...(progress && { progress }),
    ...(checkpoint && { checkpoint }),
    ...(targets.length > 0 && { validation: { inputs, targets, repeats } }),
  });
  return transformer.save();
}

function valuesOf(
  { settings }: AgentDefinition,
  given: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const read = readSettings(settings, given);
  if (!read.ok) throw new TendrilError(read.error.code, read.error.message);
  return read.value;
}
