import { agentNamed, type Policy } from '../agent/index.ts';
import { type Catalogue, type ItemFeatures, readSettings, rng, TendrilError } from '../core/index.ts';
import { openModel, type ShopEncoding, shopperHash } from '../learn/index.ts';
import type { ServedPolicy } from '../loop.ts';
import type { Engine } from '../math/index.ts';
import type { Manifest } from '../registry/index.ts';
import { encodeState, itemFeatures, observationOf } from '../state/index.ts';

/**
 * A policy from a stored model. The model numbers items as it was taught; the shop's catalogue may number them
 * otherwise (after an erasure, or where it was made elsewhere), so states are written in the model's numbers and its
 * scores are put back into the catalogue's. Throws `bad-model` where the bytes do not fit.
 */
export async function restorePolicy(
  manifest: Manifest,
  model: Uint8Array,
  catalogue: Catalogue,
  engine: () => Promise<Engine>,
): Promise<ServedPolicy> {
  const { items, shoppers, bytes } = openModel(model);
  const encoding = manifest.encoding as unknown as ShopEncoding;
  const definition = agentNamed(manifest.agent);
  const settings = readSettings(definition.settings, manifest.settings);
  if (!settings.ok)
    throw new TendrilError('bad-model', `the model of "${manifest.agent}": ${settings.error.message}`);
  const numbers = new Map(items.map((itemId, i) => [itemId, i]));
  const known = items.map((itemId) => catalogue.items[catalogue.indexOf(itemId) ?? -1] ?? { itemId });
  const own: Catalogue = { items: known, size: known.length, indexOf: (itemId) => numbers.get(itemId) };
  const features: ItemFeatures = itemFeatures(own, encoding);
  const context = {
    observation: observationOf(encoding),
    action: { kind: 'slate', k: encoding.slate, n: items.length } as const,
    items: features,
    rng: rng(manifest.seed),
    ...(definition.consumes === 'transitions' ? { engine: await engine() } : {}),
  };
  const agent = await definition.restore(context, settings.value, bytes);
  const labels = new Map(shoppers.map((hash, i) => [hash, i + 1]));
  const encoder = {
    encoding,
    catalogue: own,
    labelOf: (shopper: string) => labels.get(shopperHash(shopper)) ?? 0,
  };
  return {
    policy: renumbered(agent.policy(), items, catalogue),
    encode: (state, now, out) => encodeState(state, now, encoder, out),
  };
}

/** Scores in the catalogue's numbers; items the model does not know score -Infinity. */
function renumbered(policy: Policy, items: readonly string[], catalogue: Catalogue): Policy {
  const places = Int32Array.from(items, (itemId) => catalogue.indexOf(itemId) ?? -1);
  if (places.every((place, i) => place === i)) return policy;
  return {
    ...policy,
    async evaluate(observations, n) {
      const scores = await policy.evaluate(observations, n);
      const choices = catalogue.size;
      const values = new Float32Array(n * choices).fill(Number.NEGATIVE_INFINITY);
      for (let row = 0; row < n; row++) {
        places.forEach((place, i) => {
          if (place >= 0) values[row * choices + place] = scores.values[row * scores.choices + i]!;
        });
      }
      return { n, choices, values };
    },
  };
}
