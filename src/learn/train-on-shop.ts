import {
  type Agent,
  type AgentContext,
  type AgentDefinition,
  actsOnly,
  growModel,
  needsLog,
  outcomesOf,
  type Policy,
  type SequenceAgent,
  type TransitionAgent,
} from '../agent/index.ts';
import { type Progress, readSettings, rng, silent, TendrilError } from '../core/index.ts';
import type { Log } from '../log/index.ts';
import type { Manifest } from '../registry/index.ts';
import { defaultReward } from '../reward/index.ts';
import { type Encoding, observationOf } from '../state/index.ts';
import { behaviourFigures, foreseen } from './behaviour-figures.ts';
import { bytesOf, type Checkpoint, openCheckpoint, packCheckpoint, type Run, runOf } from './checkpoint.ts';
import { learnSince, lengthsOf } from './learn-since.ts';
import { learnTransitions, named } from './learn-transitions.ts';
import { packModel } from './model-file.ts';
import { type ShopData, shopperHash } from './shop-data.ts';
import type { TrainOnShopOptions } from './train-on-shop-options.ts';
import { validate } from './validate.ts';

export interface TrainedModel {
  readonly agent: Agent;
  readonly model: Uint8Array;
  readonly manifest: Omit<Manifest, 'version'>;
}

/** What a shop's model needs besides the agent's own settings, in `Manifest.encoding`. */
export interface ShopEncoding extends Encoding {
  readonly kind: 'shop';
  /** Slots of the slate the agent was built for. */
  readonly slate: number;
  /** True where shoppers take items again. */
  readonly repeats: boolean;
  readonly reward: string;
  /** Of agents that learn by reinforcement, where they were stated. */
  readonly discount?: number;
  readonly takings?: 'refusals' | 'slates';
}

/**
 * Fits an agent on what lies before the held-back interactions, judges it on those, and returns it with all that is
 * needed to use it. Agents of sequences then learn the held-back part too; agents of transitions stop where the
 * validation no longer improves, and are the ones of their best moment.
 */
export async function trainOnShop(
  log: Log,
  data: ShopData,
  options: TrainOnShopOptions,
): Promise<TrainedModel> {
  const { definition, seed, now, slate = 10, reward = defaultReward, engine, progress = silent } = options;
  if (definition.consumes === 'rollouts') throw actsOnly(definition.name);
  if (definition.consumes === 'decisions') throw needsLog(definition.name);
  const settings = readSettings(definition.settings, {
    ...(options.takings !== 'slates' && singleItems(definition, data)),
    ...options.settings,
  });
  if (!settings.ok) throw new TendrilError(settings.error.code, settings.error.message);
  const context: AgentContext = {
    observation: observationOf(data.encoder.encoding),
    action: { kind: 'slate', k: slate, n: data.catalogue.size },
    items: data.features,
    graph: data.graph,
    rng: rng(seed),
    ...(engine && { engine }),
  };
  if (options.takings === 'slates' && settings.value.slate !== 'slateq')
    throw new TendrilError(
      'bad-setting',
      `${definition.name} does not choose within slates: takings as slates are for dqn, sqn and sa2c, with slate=slateq`,
    );
  const { earlier } = options;
  const resume = earlier
    ? growModel(definition, settings.value, earlier.bytes, {
        from: earlier.items.length,
        to: data.catalogue.size,
        features: data.features,
      })
    : options.resume;
  const agent = resume
    ? await definition.restore(context, settings.value, resume)
    : await definition.create(context, settings.value);
  const restore = (saved: Uint8Array) =>
    definition.restore(context, settings.value, saved) as Promise<TransitionAgent>;
  const { agent: learned, metrics } =
    agent.consumes === 'sequences'
      ? {
          agent,
          metrics: earlier
            ? await learnSince(agent, data, earlier)
            : await learnSequences(
                agent,
                data,
                progress,
                options.checkpoint,
                runOf(
                  {
                    data: [data.fingerprint, data.labels, data.encoder.encoding],
                    agent: definition.name,
                    '--seed': seed,
                  },
                  settings.value as Readonly<Record<string, unknown>>,
                ),
              ),
        }
      : await learnTransitions(
          agent as TransitionAgent,
          log,
          data,
          { ...options, ...(resume && { resume }), reward, settings: settings.value },
          restore,
        );
  const encoding: ShopEncoding = {
    ...data.encoder.encoding,
    kind: 'shop',
    slate,
    repeats: data.validation.repeats,
    reward,
    ...(options.discount !== undefined && { discount: options.discount }),
    ...(options.takings !== undefined && { takings: options.takings }),
  };
  return {
    agent: learned,
    model: packModel({
      agent: definition.name,
      items: data.catalogue.items.slice(0, data.encoder.encoding.itemCount).map((item) => item.itemId),
      shoppers: data.shoppers.map(shopperHash),
      labels: data.labels,
      ...(learned.consumes === 'sequences' && { learned: [...lengthsOf(data.sequences)] }),
      ...(data.encoder.embeddings && { embeddings: data.encoder.embeddings }),
      bytes: await learned.save(),
    }),
    manifest: {
      agent: definition.name,
      format: 1,
      createdAt: now,
      seed,
      settings: settings.value,
      data: {
        fingerprint: data.fingerprint,
        interactions: data.sequences.items.length,
        shoppers: data.shoppers.length,
        items: data.catalogue.size,
      },
      metrics,
      encoding: { ...encoding },
    },
  };
}

/**
 * Takings are of single items: nothing was compared within a slate. Where the log holds no slates of ours, an agent
 * that can value items by themselves does so unless it is told otherwise.
 */
function singleItems({ settings }: AgentDefinition, data: ShopData): Readonly<Record<string, unknown>> {
  const slate = settings.slate;
  return slate?.type === 'choice' && slate.choices.includes('top-k') && data.decisions === 0
    ? { slate: 'top-k' }
    : {};
}

async function learnSequences(
  agent: SequenceAgent,
  data: ShopData,
  progress: Progress,
  checkpoint: Checkpoint | undefined,
  run: Run,
): Promise<Record<string, number>> {
  const { inputs, targets, repeats, observations } = data.validation;
  const kept = checkpoint?.found && openCheckpoint(checkpoint.found, run);
  const report = await agent.fit(data.train, {
    progress,
    ...(targets.length > 0 && { validation: { inputs, targets, repeats, observations }, cut: true }),
    ...(checkpoint && {
      checkpoint: {
        due: () => checkpoint.due(),
        keep: (fit) => checkpoint.keep(packCheckpoint(run, { values: {}, arrays: { fit } })),
        ...(kept && { found: bytesOf(kept, 'fit') }),
      },
    }),
  });
  const figures = {
    ...(await validate(agent.crossFitted?.() ?? agent.policy(), data)),
    ...(await behaviour(agent.policy(), data)),
  };
  await agent.learn(data.sequences, lengthsOf(data.train));
  return { ...named('fit', report), ...figures };
}

/** Of the heads of behaviour, where the agent has some: at the held-back moments. */
async function behaviour(policy: Policy, data: ShopData): Promise<Readonly<Record<string, number>>> {
  if (!policy.foresee) return {};
  const { observations, rows } = data.validation;
  const { size } = policy.observation;
  const outcome = outcomesOf(data.sequences, data.features.categories);
  const { offsets } = data.train;
  const cases = await foreseen(
    policy,
    rows.length,
    (i) => observations.subarray(i * size, (i + 1) * size),
    (i) => outcome(rows[i]!, offsets[rows[i]! + 1]! - offsets[rows[i]!]!),
  );
  return behaviourFigures(cases);
}
