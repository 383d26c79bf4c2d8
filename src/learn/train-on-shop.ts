import type { Agent, AgentContext, AgentDefinition, SequenceAgent, TransitionAgent } from '../agent/index.ts';
import {
  type Progress,
  type Rng,
  readSettings,
  rng,
  silent,
  TendrilError,
  type TransitionBatch,
} from '../core/index.ts';
import type { Log } from '../log/index.ts';
import type { Engine } from '../math/index.ts';
import type { Manifest } from '../registry/index.ts';
import { defaultReward, parseReward } from '../reward/index.ts';
import { type Encoding, observationOf } from '../state/index.ts';
import { packModel } from './model-file.ts';
import { type ShopData, shopperHash } from './shop-data.ts';
import { transitionsOfLog } from './transitions-of-log.ts';
import { validate } from './validate.ts';

/** A function of (data, definition, settings, seed): the same four, the same model. */
export interface TrainOnShopOptions {
  readonly definition: AgentDefinition;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly seed: number;
  /** Time for the manifest, milliseconds. */
  readonly now: number;
  /** Items in a slate; 10 where missing. */
  readonly slate?: number;
  /** What agents that learn by reinforcement are to want; `defaultReward` where missing. */
  readonly reward?: string;
  /** For them: weight of what comes after the next step, 0 to 1; .5 where missing. */
  readonly discount?: number;
  /** For them: transitions learned at most; where missing five times what there is, or 30,000 if that is less. */
  readonly steps?: number;
  readonly engine?: Engine;
  readonly progress?: Progress;
  /** The agent's bytes of an earlier run with the same settings, to go on from. */
  readonly resume?: Uint8Array;
}

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
  const settings = readSettings(definition.settings, {
    ...singleItems(definition, data),
    ...options.settings,
  });
  if (!settings.ok) throw new TendrilError(settings.error.code, settings.error.message);
  const context: AgentContext = {
    observation: observationOf(data.encoder.encoding),
    action: { kind: 'slate', k: slate, n: data.catalogue.size },
    items: data.features,
    rng: rng(seed),
    ...(engine && { engine }),
  };
  const agent = options.resume
    ? await definition.restore(context, settings.value, options.resume)
    : await definition.create(context, settings.value);
  const restore = (saved: Uint8Array) =>
    definition.restore(context, settings.value, saved) as Promise<TransitionAgent>;
  const { agent: learned, metrics } =
    agent.consumes === 'sequences'
      ? { agent, metrics: await learnSequences(agent, data, progress) }
      : await learnTransitions(agent, log, data, { ...options, reward, settings: settings.value }, restore);
  const encoding: ShopEncoding = {
    ...data.encoder.encoding,
    kind: 'shop',
    slate,
    repeats: data.validation.repeats,
    reward,
  };
  return {
    agent: learned,
    model: packModel({
      agent: definition.name,
      items: data.catalogue.items.slice(0, data.encoder.encoding.itemCount).map((item) => item.itemId),
      shoppers: data.shoppers.map(shopperHash),
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
): Promise<Record<string, number>> {
  const { inputs, targets, repeats } = data.validation;
  const report = await agent.fit(data.train, {
    progress,
    ...(targets.length > 0 && { validation: { inputs, targets, repeats } }),
  });
  const figures = await validate(agent.policy(), data);
  const known = Int32Array.from(
    { length: data.train.n },
    (_, u) => data.train.offsets[u + 1]! - data.train.offsets[u]!,
  );
  await agent.learn(data.sequences, known);
  return { ...named('fit', report), ...figures };
}

const batchRows = 256;
const defaultSteps = 30_000;
/** How often the validation is looked at in a whole run, and how often in a row it may fail to improve. */
const judgements = 10;
const patience = 3;

async function learnTransitions(
  first: TransitionAgent,
  log: Log,
  data: ShopData,
  {
    settings = {},
    seed,
    steps,
    reward,
    discount = 0.5,
    slate = 10,
    progress = silent,
    resume,
  }: TrainOnShopOptions & { readonly reward: string },
  restore: (saved: Uint8Array) => Promise<TransitionAgent>,
): Promise<{ readonly agent: TransitionAgent; readonly metrics: Record<string, number> }> {
  const formula = parseReward(reward);
  if (!formula.ok) throw new TendrilError(formula.error.code, formula.error.message);
  if ((settings.nStep ?? 1) !== 1) {
    throw new TendrilError(
      'bad-setting',
      `setting "nStep" is ${settings.nStep}; accepted when learning from a log, in random order: 1`,
    );
  }
  const heldAt = heldBackTimes(data);
  const { taken, decided } = await transitionsOfLog(log, {
    encoder: data.encoder,
    context: data.context,
    action: { kind: 'slate', k: slate, n: data.catalogue.size },
    reward: formula.value,
    discount,
    rng: rng(seed).fork('negatives'),
    until: (shopper) => heldAt.get(shopper) ?? Infinity,
  });
  const total = taken.n + decided.n;
  const budget = steps ?? Math.min(5 * total, defaultSteps);
  const round = Math.max(batchRows, Math.ceil(budget / judgements));
  const random = rng(seed).fork('order');
  let agent = first;
  let done = 0;
  let since = 0;
  let worse = 0;
  let report = {};
  let best = { score: -1, saved: await agent.save(), metrics: {} as Record<string, number> };
  const judge = async (): Promise<boolean> => {
    const figures = await validate(agent.policy(), data);
    progress(done, budget, `ndcg@10 ${figures['ndcg@10'].toFixed(4)}`);
    if (figures['ndcg@10'] > best.score) {
      best = {
        score: figures['ndcg@10'],
        saved: await agent.save(),
        metrics: { ...named('fit', report), ...figures, steps: done },
      };
      worse = 0;
    } else worse++;
    return worse < patience;
  };
  if (resume) await judge();
  training: while (done < budget && total > 0) {
    for (const batch of shuffledBatches([taken, decided], random)) {
      if (done >= budget) break;
      report = await agent.learn(batch);
      done += batch.n;
      since += batch.n;
      progress(Math.min(done, budget), budget);
      if (since < round) continue;
      since = 0;
      if (!(await judge())) break training;
    }
  }
  if (since > 0 || done === 0) await judge();
  agent = await restore(best.saved);
  return { agent, metrics: best.metrics };
}

/** One pass over all rows in random order; a batch holds rows of one kind. */
function* shuffledBatches(kinds: readonly TransitionBatch[], random: Rng): Generator<TransitionBatch> {
  const orders = kinds.map(({ n }) => shuffled(n, random));
  const starts = kinds.flatMap(({ n }, kind) =>
    Array.from({ length: Math.ceil(n / batchRows) }, (_, i) => ({ kind, from: i * batchRows })),
  );
  for (const at of shuffled(starts.length, random)) {
    const { kind, from } = starts[at]!;
    yield rowsOf(kinds[kind]!, orders[kind]!.subarray(from, from + batchRows));
  }
}

function shuffled(n: number, random: Rng): Int32Array {
  const order = Int32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = random.int(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

function rowsOf(all: TransitionBatch, rows: Int32Array): TransitionBatch {
  const n = rows.length;
  const take = <T extends Float32Array | Int32Array | Uint8Array>(from: T): T => {
    const width = from.length / all.n;
    const to = new (from.constructor as new (length: number) => T)(n * width);
    rows.forEach((row, i) => {
      to.set(from.subarray(row * width, (row + 1) * width), i * width);
    });
    return to;
  };
  return {
    n,
    observations: take(all.observations),
    actions: take(all.actions),
    rewards: take(all.rewards),
    nextObservations: take(all.nextObservations),
    discounts: take(all.discounts),
    terminated: take(all.terminated),
    truncated: take(all.truncated),
    ...(all.logProbs && { logProbs: take(all.logProbs) }),
    ...(all.chosen && { chosen: take(all.chosen) }),
  };
}

function heldBackTimes({ shoppers, sequences, train }: ShopData): Map<string, number> {
  const held = new Map<string, number>();
  shoppers.forEach((shopper, u) => {
    const end = sequences.offsets[u + 1]!;
    const fitted = train.offsets[u + 1]! - train.offsets[u]!;
    if (fitted < end - sequences.offsets[u]!) held.set(shopper, sequences.times![end - 1]!);
  });
  return held;
}

const named = (prefix: string, report: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(report).map(([name, value]) => [`${prefix}.${name}`, value]));
