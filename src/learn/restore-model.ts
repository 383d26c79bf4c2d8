import { type Agent, type AgentContext, agentNamed } from '../agent/index.ts';
import { readSettings, rng, TendrilError } from '../core/index.ts';
import type { Engine } from '../math/index.ts';
import type { Manifest } from '../registry/index.ts';
import { type CatalogueState, type Encoder, itemFeatures, observationOf } from '../state/index.ts';
import { openModel } from './model-file.ts';
import { shopperHash } from './shop-data.ts';
import type { ShopEncoding } from './train-on-shop.ts';

/** A stored model, ready to act in the shop it was trained for. */
export interface RestoredModel {
  readonly agent: Agent;
  readonly encoder: Encoder;
  readonly encoding: ShopEncoding;
}

/**
 * Makes an agent of stored bytes. The catalogue's first items must be the model's, in its order: fold it with
 * `catalogueOfLog(log, openModel(model).items)` where an erasure may have removed some from the log. Throws `bad-model`.
 */
export async function restoreModel(
  { manifest, model }: { readonly manifest: Manifest; readonly model: Uint8Array },
  catalogue: CatalogueState,
  engine?: Engine,
): Promise<RestoredModel> {
  const { agent: name, items, shoppers, bytes } = openModel(model);
  const encoding = manifest.encoding as unknown as ShopEncoding;
  if (name !== manifest.agent)
    throw new TendrilError(
      'bad-model',
      `the model is of agent "${name}", its manifest of "${manifest.agent}"`,
    );
  if (encoding.kind !== 'shop')
    throw new TendrilError(
      'bad-model',
      `version ${manifest.version} of "${name}" was trained in a world, not in a shop`,
    );
  const moved = items.findIndex((itemId, i) => catalogue.items[i]?.itemId !== itemId);
  if (moved >= 0) {
    throw new TendrilError(
      'bad-model',
      `item ${moved} is "${catalogue.items[moved]?.itemId}" in the catalogue and "${items[moved]}" in the model`,
    );
  }
  const definition = agentNamed(name);
  const settings = readSettings(definition.settings, manifest.settings);
  if (!settings.ok)
    throw new TendrilError('bad-model', `the manifest of "${name}": ${settings.error.message}`);
  const labels = new Map(shoppers.map((hash, label) => [hash, label + 1]));
  const context: AgentContext = {
    observation: observationOf(encoding.state),
    action: { kind: 'slate', k: encoding.slate, n: items.length },
    items: itemFeatures(catalogue, encoding.state),
    rng: rng(manifest.seed),
    ...(engine && { engine }),
  };
  return {
    agent: await definition.restore(context, settings.value, bytes),
    encoder: {
      encoding: encoding.state,
      catalogue,
      labelOf: (shopper) => labels.get(shopperHash(shopper)) ?? 0,
    },
    encoding,
  };
}
