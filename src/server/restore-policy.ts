import { agentNamed, type Policy } from '../agent/index.ts';
import type { Catalogue } from '../core/index.ts';
import type { ServedPolicy } from '../decide/index.ts';
import { restoreModel } from '../learn/index.ts';
import type { Engine } from '../math/index.ts';
import type { Manifest } from '../registry/index.ts';
import { encodeState } from '../state/index.ts';
import { warmPolicy } from './warm-policy.ts';

/**
 * A policy from a stored model. The model numbers items as it was taught; the shop's catalogue may number them
 * otherwise (after an erasure, or where the model was made elsewhere), so states are written in the model's numbers and
 * its scores are put back into the catalogue's. Products it was not taught are taken in where its agent can. A network has
 * compiled its graphs when this is done (`warmPolicy`). Throws `bad-model` where the bytes do not fit.
 */
export async function restorePolicy(
  manifest: Manifest,
  model: Uint8Array,
  catalogue: Catalogue,
  openEngine: () => Promise<Engine>,
): Promise<ServedPolicy> {
  const { needsEngine, grow } = agentNamed(manifest.agent);
  const engine = needsEngine ? await openEngine() : undefined;
  const itemOf = (itemId: string) => catalogue.items[catalogue.indexOf(itemId) ?? -1];
  const { agent, encoder, encoding, items, categories } = await restoreModel(
    { manifest, model },
    itemOf,
    engine,
    catalogue.items,
  );
  const count = Number(manifest.encoding.itemCount);
  /** How much there is to take in: products, and how many of those it was not taught are more than an id. */
  const [taught, untaught] = [items.items.slice(0, count), items.items.slice(count)];
  const toTakeIn = (): string =>
    `${catalogue.size} ${untaught.filter(({ itemId }) => Object.keys(itemOf(itemId) ?? {}).length > 1).length}`;
  const then = toTakeIn();
  const policy = renumbered(agent.policy(), items, catalogue);
  if (engine) await warmPolicy(policy);
  return {
    ...(grow && { stale: () => toTakeIn() !== then }),
    policy,
    encode: (state, now, out) => encodeState(state, now, encoder, out),
    repeats: encoding.repeats,
    known: taught.filter(({ itemId }) => catalogue.indexOf(itemId) !== undefined).length,
    ...(categories && { categories }),
  };
}

/** Scores in the catalogue's numbers; items the model does not know score -Infinity. */
function renumbered(policy: Policy, { items }: Catalogue, catalogue: Catalogue): Policy {
  const places = Int32Array.from(items, ({ itemId }) => catalogue.indexOf(itemId) ?? -1);
  if (places.every((place, i) => place === i)) return policy;
  // Its best choices would be in the model's numbers: decisions take them from all scores instead.
  const { best: _, ...rest } = policy;
  return {
    ...rest,
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
