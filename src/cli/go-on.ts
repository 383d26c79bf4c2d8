import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { checkpointFile } from '../adapters/index.ts';
import { agentNamed } from '../agent/index.ts';
import { TendrilError } from '../core/index.ts';
import {
  openModel,
  readShop,
  type ShopEncoding,
  type TrainedModel,
  type TrainOnShopOptions,
  trainOnShop,
} from '../learn/index.ts';
import type { Log } from '../log/index.ts';
import type { Manifest, Registry } from '../registry/index.ts';
import { asksFor } from './named-values.ts';
import { namingSettings, settingsGoingOn, wantedGoingOn } from './resume-settings.ts';
import type { Settings, TrainOptions } from './train-options.ts';

/** Where this agent's run leaves what it needs to go on; one that was left behind is told of, lest it be forgotten. */
export function checkpointOf(
  folder: string,
  agent: string,
  options: TrainOptions,
): ReturnType<typeof checkpointFile> {
  const path = join(folder, `${agent}.checkpoint`);
  if (!options.resume && existsSync(path))
    process.stderr.write(`tendril: ${path} is of a run that was killed: --resume goes on with it\n`);
  return checkpointFile(path, { seconds: options.checkpoint, now: Date.now, resume: options.resume });
}

export interface Stored {
  readonly manifest: Manifest;
  readonly model: Uint8Array;
}

/** An agent's newest version. */
export async function newest(registry: Registry, agent: string): Promise<Stored> {
  const [manifest] = await registry.list(agent);
  const stored = manifest && (await registry.get(agent, manifest.version));
  if (!stored) throw new TendrilError('bad-model', `no version of "${agent}" is stored yet; train it first`);
  return stored;
}

/** A version of a shop's agent, taught on what came since: with its settings and by its items and labels, but for what is given. */
export async function taughtOn(
  log: Log,
  { manifest, model: bytes }: Stored,
  {
    embeddings,
    settings,
    ...given
  }: Omit<TrainOnShopOptions, 'definition' | 'earlier' | 'settings'> & {
    readonly embeddings?: number;
    readonly settings: Settings;
  },
): Promise<TrainedModel> {
  const { agent, version } = manifest;
  const refuse = (code: 'bad-model' | 'bad-setting', message: string): never => {
    throw new TendrilError(code, message);
  };
  const model = openModel(bytes);
  const { labels, embeddings: taught } = model;
  if (!labels)
    return refuse(
      'bad-model',
      `version ${version} of "${agent}" was stored without the labels of its items: it cannot go on; accepted: the same without --resume`,
    );
  if (embeddings !== undefined && embeddings !== taught?.size)
    refuse(
      'bad-setting',
      `--embeddings ${embeddings}: version ${version} of "${agent}" goes on with ${taught?.size ?? 'none'}; accepted: the same, or without --resume`,
    );
  const goingOn = settingsGoingOn(manifest, settings);
  const { profile } = manifest.encoding as Partial<ShopEncoding>;
  const data = await readShop(log, {
    gaps: asksFor(goingOn, 'timeGaps'),
    sentiments: asksFor(goingOn, 'reviewSentiment'),
    known: model.items,
    labels,
    ...(profile && { profile }),
    ...(taught && { embeddings: taught }),
  });
  if (!data.sequences.items.some((item) => item < model.items.length))
    refuse(
      'bad-model',
      `version ${version} of "${agent}" knows no product that a shopper of this shop chose: it is of another shop; accepted: the same without --resume`,
    );
  const trained = await trainOnShop(log, data, {
    ...wantedGoingOn(manifest),
    ...given,
    settings: goingOn,
    definition: agentNamed(agent),
    earlier: model,
  }).catch((error) => {
    throw namingSettings(manifest, goingOn, error);
  });
  const trainedAs = manifest.taughtFrom === undefined ? version : manifest.trainedAs;
  return {
    ...trained,
    manifest: { ...trained.manifest, taughtFrom: version, ...(trainedAs !== undefined && { trainedAs }) },
  };
}
