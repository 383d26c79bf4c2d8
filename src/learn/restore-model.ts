import { type Agent, type AgentContext, agentNamed, growModel } from '../agent/index.ts';
import {
  type Catalogue,
  catalogue,
  type Item,
  type ItemFeatures,
  type ItemGraph,
  readSettings,
  rng,
  TendrilError,
} from '../core/index.ts';
import type { Engine } from '../math/index.ts';
import type { Manifest } from '../registry/index.ts';
import { type Encoder, embeddingsOf, itemFeatures, itemGraph, observationOf } from '../state/index.ts';
import { openModel } from './model-file.ts';
import { shopperHash } from './shop-data.ts';
import type { ShopEncoding } from './train-on-shop.ts';

/** A stored model, ready to act. */
export interface RestoredModel {
  readonly agent: Agent;
  readonly encoder: Encoder;
  readonly encoding: ShopEncoding;
  /** The items in the model's numbers, which are not the shop's where an erasure took some from the log. */
  readonly items: Catalogue;
  /** Names of the categories in the model's numbers, from 1. */
  readonly categories?: readonly string[];
}

/**
 * Makes an agent of stored bytes; `item` tells what is known of an item today. Items of `all` that it was not taught are taken in
 * where the agent can (`AgentDefinition.grow`), with the numbers after those it knows. Throws `bad-model`.
 */
export async function restoreModel(
  { manifest, model }: { readonly manifest: Manifest; readonly model: Uint8Array },
  item: (itemId: string) => Item | undefined,
  engine?: Engine,
  all: readonly Item[] = [],
): Promise<RestoredModel> {
  const file = openModel(model);
  const { agent: name, shoppers } = file;
  const taught = manifest.encoding as unknown as ShopEncoding;
  if (name !== manifest.agent)
    throw new TendrilError(
      'bad-model',
      `the model is of agent "${name}", its manifest of "${manifest.agent}"`,
    );
  if (taught.kind !== 'shop' || taught.itemCount !== file.items.length) {
    throw new TendrilError(
      'bad-model',
      `version ${manifest.version} of "${name}" was not trained on a shop's log`,
    );
  }
  if ((taught.embedding ?? 0) * taught.itemCount !== (file.embeddings?.vectors.length ?? 0))
    throw new TendrilError(
      'bad-model',
      `version ${manifest.version} of "${name}" has not the embeddings of its items that it was taught with`,
    );
  const definition = agentNamed(name);
  const settings = readSettings(definition.settings, manifest.settings);
  if (!settings.ok)
    throw new TendrilError('bad-model', `the manifest of "${name}": ${settings.error.message}`);
  const known = new Set(file.items);
  const more = definition.grow && file.labels ? all.filter(({ itemId }) => !known.has(itemId)) : [];
  const items = catalogue([...file.items.map((itemId) => item(itemId) ?? { itemId }), ...more]);
  const encoding = { ...taught, itemCount: items.size };
  const labels = new Map(shoppers.map((hash, label) => [hash, label + 1]));
  let features: ItemFeatures | undefined;
  let graph: ItemGraph | undefined;
  const context: AgentContext = {
    observation: observationOf(encoding),
    action: { kind: 'slate', k: encoding.slate, n: items.size },
    // These read every title and every list: only for agents that look at them.
    get items() {
      if (!file.labels) {
        throw new TendrilError(
          'bad-model',
          `version ${manifest.version} of "${name}" was stored without the labels of its items, so today's catalogue may mean something else to it; train it again`,
        );
      }
      features ??= itemFeatures(items, encoding, file.labels, file.items.length);
      return features;
    },
    get graph() {
      graph ??= itemGraph(items);
      return graph;
    },
    rng: rng(manifest.seed),
    ...(engine && { engine }),
  };
  const bytes =
    more.length === 0
      ? file.bytes
      : growModel(definition, settings.value, file.bytes, {
          from: file.items.length,
          to: items.size,
          get features() {
            return context.items!;
          },
        });
  return {
    agent: await definition.restore(context, settings.value, bytes),
    encoder: {
      encoding,
      catalogue: items,
      labelOf: (shopper) => labels.get(shopperHash(shopper)) ?? 0,
      ...(file.embeddings && { embeddings: embeddingsOf(file.embeddings, items.size) }),
    },
    encoding,
    items,
    ...(file.labels && { categories: file.labels.categories }),
  };
}
