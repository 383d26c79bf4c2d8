import { type Agent, agentNamed } from '../agent/index.ts';
import { readSettings, rng, TendrilError } from '../core/index.ts';
import type { Engine } from '../math/index.ts';
import type { Manifest } from '../registry/index.ts';
import type { WorldDefinition } from '../world/index.ts';
import { openModel } from './model-file.ts';

/** A stored model of `trainInWorld`, ready to act in the world it was trained in. Throws `bad-model`. */
export async function restoreInWorld(
  { manifest, model }: { readonly manifest: Omit<Manifest, 'version'>; readonly model: Uint8Array },
  worldOf: WorldDefinition,
  engine?: Engine,
): Promise<{ readonly agent: Agent; readonly worldOptions: Readonly<Record<string, unknown>> }> {
  const { kind, world: id, options } = manifest.encoding;
  if (kind !== 'world' || id !== worldOf.id) {
    throw new TendrilError(
      'bad-model',
      `this version of "${manifest.agent}" was not trained in "${worldOf.id}"`,
    );
  }
  const worldOptions = options as Readonly<Record<string, unknown>>;
  const definition = agentNamed(manifest.agent);
  const settings = readSettings(definition.settings, manifest.settings);
  if (!settings.ok)
    throw new TendrilError('bad-model', `the manifest of "${manifest.agent}": ${settings.error.message}`);
  const world = worldOf.create(1, worldOptions);
  const context = {
    observation: world.observation,
    action: world.action,
    rng: rng(manifest.seed),
    ...(world.itemFeatures && { items: world.itemFeatures }),
    ...(engine && { engine }),
  };
  const agent = await definition.restore(context, settings.value, openModel(model).bytes);
  return { agent, worldOptions };
}
