import { type Agent, type AgentDefinition, agentNamed } from '../agent/index.ts';
import {
  type Clock,
  contentHash,
  type Progress,
  readSettings,
  rng,
  shuffle,
  silent,
  TendrilError,
  type TransitionBatch,
} from '../core/index.ts';
import type { Engine } from '../math/index.ts';
import type { CampaignLog, FeatureColumn } from '../measure/index.ts';
import type { Manifest } from '../registry/index.ts';
import type { LoggedRows } from '../world/index.ts';
import { boundsOf, decisionsOfLog, observationOf, vocabularyOf } from './decisions-of-log.ts';
import { openModel, packModel } from './model-file.ts';

/** How a log was read, so that whoever judges the policy reads another one alike. */
export interface LogReading {
  readonly action: string;
  readonly propensity: string | number;
  /** A column, or a formula over the columns of outcomes. */
  readonly reward: { readonly column: string } | { readonly formula: string };
}

/** What the manifest of a policy learned from a log says of what it sees and does. */
export interface LogEncoding extends LogReading {
  readonly kind: 'log';
  readonly actions: readonly string[];
  readonly columns: readonly FeatureColumn[];
  readonly bounds: readonly (readonly [low: number, high: number])[];
  readonly discount: number;
}

export interface TrainOnLogOptions {
  readonly definition: AgentDefinition;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly log: CampaignLog;
  readonly reading: LogReading;
  readonly seed: number;
  /** Worth of what the same shopper does next; 0 (each choice by itself) where missing. */
  readonly discount?: number;
  /** Of agents that learn step by step: rows learned from; every row once where missing. */
  readonly steps?: number;
  readonly engine?: Engine;
  readonly clock: Clock;
  readonly progress?: Progress;
}

export interface TrainedOnLog {
  readonly agent: Agent;
  readonly model: Uint8Array;
  readonly manifest: Omit<Manifest, 'version'>;
  /** Some of the rows it learned from, for explanations: shoppers to compare one with. */
  readonly sample: LoggedRows;
}

const mostSampled = 5000;
const rowsAtOnce = 64;

/** Trains an agent on a log of choices: a function of (log, settings, seed). Its metrics are what `fit` or `learn` said. */
export async function trainOnLog(options: TrainOnLogOptions): Promise<TrainedOnLog> {
  const { definition, log, reading, seed, discount = 0, clock, engine, progress = silent } = options;
  const settings = readSettings(definition.settings, options.settings);
  if (!settings.ok) throw new TendrilError(settings.error.code, settings.error.message);
  if (log.actions.length < 2)
    throw new TendrilError(
      'bad-setting',
      `the log has ${log.n} ${log.n === 1 ? 'row' : 'rows'}, and one action was chosen ("${log.actions[0]}"); accepted: a log of at least two, for there is nothing to choose`,
    );
  const batch = decisionsOfLog(log, discount);
  const bounds = boundsOf(batch.observations, log.columns.length);
  const observation = observationOf(log.columns, bounds);
  const stream = rng(seed);
  const context = {
    observation,
    action: { kind: 'choice' as const, n: log.actions.length },
    rng: stream.fork('agent'),
    ...(engine && { engine }),
  };
  const agent = await definition.create(context, settings.value);
  const began = clock();
  const order = Int32Array.from({ length: log.n }, (_, i) => i);
  shuffle(order, stream.fork('order'));
  let report: Readonly<Record<string, number>> = {};
  if (agent.consumes === 'decisions') report = await agent.fit(batch, { progress });
  else if (agent.consumes === 'transitions') {
    const steps = options.steps ?? log.n;
    for (let done = 0; done < steps; done += rowsAtOnce) {
      const rows = Int32Array.from(
        { length: Math.min(rowsAtOnce, steps - done) },
        (_, i) => order[(done + i) % log.n]!,
      );
      report = await agent.learn(some(batch, rows));
      progress(done + rows.length, steps, 'rows');
    }
  } else
    throw new TendrilError(
      'bad-setting',
      `agent "${definition.name}" learns from ${agent.consumes}, and a log of choices holds none; accepted with --log: ips, dr, cql, or an agent that learns from transitions`,
    );
  const sampled = order.slice(0, mostSampled);
  const { observations, actions, masks } = some(batch, sampled);
  const encoding: LogEncoding = {
    kind: 'log',
    ...reading,
    actions: log.actions,
    columns: log.columns,
    bounds,
    discount,
  };
  return {
    agent,
    model: packModel({ agent: definition.name, items: [], shoppers: [], bytes: await agent.save() }),
    manifest: {
      agent: definition.name,
      format: 1,
      createdAt: clock(),
      seed,
      settings: settings.value,
      data: {
        fingerprint: contentHash(
          JSON.stringify([encoding, [...log.action], [...log.reward], [...log.features]]),
        ),
        interactions: log.n,
        shoppers: new Set(log.shopper).size,
        items: log.actions.length,
      },
      metrics: {
        ...Object.fromEntries(Object.entries(report).map(([name, value]) => [`fit.${name}`, value])),
        seconds: (clock() - began) / 1000,
      },
      encoding: encoding as unknown as Manifest['encoding'],
    },
    sample: {
      observation,
      vocabulary: vocabularyOf(log.columns),
      actions: log.actions,
      observations,
      action: actions as Int32Array,
      propensity: Float64Array.from(sampled, (row) => log.propensity[row]!),
      reward: Float64Array.from(sampled, (row) => log.reward[row]!),
      ...(masks && { masks }),
    },
  };
}

/** A stored policy of `trainOnLog`, ready to act. Throws `bad-model`. */
export async function restoreOnLog(
  manifest: Omit<Manifest, 'version'>,
  model: Uint8Array,
  engine?: Engine,
): Promise<{ readonly agent: Agent; readonly encoding: LogEncoding }> {
  const encoding = manifest.encoding as unknown as LogEncoding;
  const definition = agentNamed(manifest.agent);
  const settings = readSettings(definition.settings, manifest.settings);
  if (!settings.ok)
    throw new TendrilError('bad-model', `the manifest of "${manifest.agent}": ${settings.error.message}`);
  const context = {
    observation: observationOf(encoding.columns, encoding.bounds),
    action: { kind: 'choice' as const, n: encoding.actions.length },
    rng: rng(manifest.seed),
    ...(engine && { engine }),
  };
  return { agent: await definition.restore(context, settings.value, openModel(model).bytes), encoding };
}

function some(batch: TransitionBatch, rows: Int32Array): TransitionBatch {
  const size = batch.observations.length / batch.n;
  const floats = (values: Float32Array, width = 1): Float32Array =>
    Float32Array.from(
      { length: rows.length * width },
      (_, i) => values[rows[Math.floor(i / width)]! * width + (i % width)]!,
    );
  const masks = (values: Uint8Array): Uint8Array => {
    const width = values.length / batch.n;
    const out = new Uint8Array(rows.length * width);
    rows.forEach((row, i) => {
      out.set(values.subarray(row * width, (row + 1) * width), i * width);
    });
    return out;
  };
  return {
    n: rows.length,
    observations: floats(batch.observations, size),
    actions: Int32Array.from(rows, (row) => batch.actions[row]!),
    rewards: floats(batch.rewards),
    nextObservations: floats(batch.nextObservations, size),
    discounts: floats(batch.discounts),
    terminated: Uint8Array.from(rows, (row) => batch.terminated[row]!),
    truncated: new Uint8Array(rows.length),
    logProbs: floats(batch.logProbs!),
    ...(batch.masks && { masks: masks(batch.masks) }),
    ...(batch.nextMasks && { nextMasks: masks(batch.nextMasks) }),
  };
}
